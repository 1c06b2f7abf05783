// The functions are in Sources/GreenDiffusionC.
#include "greendiff.h"
