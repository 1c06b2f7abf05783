#pragma once

/// The name of the first instruction set that this build needs and this CPU lacks, or NULL when it has them all.
/// Built without vector flags: call it before any code of another module runs.
const char *gd_cpu_missing_feature(void);

/// How many processors the affinity of this process allows it, at least 1.
int gd_cpu_allowed_count(void);

/// The compiler that built this, e.g. "Clang 21.0.0".
const char *gd_compiler_version(void);

/// The file of the program or library that has this code in it, as it was loaded; NULL where that is not known.
const char *gd_image_path(void);
