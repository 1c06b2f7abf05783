// Includes EACH_ELEMENT once for floats and once for bfloat16. There
//
//     element                    is the type of what is stored
//     named(f)                   is the name of this type's function f
//     load(p), store(p, v)       read and write a vector of them as floats
//     load_some, store_some      do so for the first lanes, see simd_elements.h

#define element float
#define named(function) function##_f32
#define load load_f32
#define store store_f32
#define load_some load_some_f32
#define store_some store_some_f32
#include EACH_ELEMENT
#undef element
#undef named
#undef load
#undef store
#undef load_some
#undef store_some

#define element gd_bf16
#define named(function) function##_bf16
#define load load_bf16
#define store store_bf16
#define load_some load_some_bf16
#define store_some store_some_bf16
#include EACH_ELEMENT
#undef element
#undef named
#undef load
#undef store
#undef load_some
#undef store_some

#undef EACH_ELEMENT
