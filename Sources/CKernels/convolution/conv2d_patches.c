#define gather_element float
#define gather_patches gd_f32_gather_patches

#include "gather_patches.h"
