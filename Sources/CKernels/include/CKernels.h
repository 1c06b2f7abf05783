#pragma once

/// Largest number of OpenMP threads that this process would use by default.
int gd_max_threads(void);
