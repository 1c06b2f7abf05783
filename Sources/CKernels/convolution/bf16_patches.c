#include "gd_bf16.h"

#define gather_element gd_bf16
#define gather_patches gd_bf16_gather_patches

#include "gather_patches.h"
