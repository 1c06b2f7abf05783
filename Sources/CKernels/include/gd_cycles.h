#pragma once

#include <stdint.h>

/// Opens a hardware counter of the user-mode CPU cycles of the thread `thread` (0: the calling one) and of every thread that it starts
/// from now on. Returns a file descriptor, or minus the system's error number.
int gd_cycles_open(int thread);

/// The cycles since the counter was opened, scaled up where it shared the hardware with others. Returns 0, or minus the system's error
/// number; minus ENODATA where the counter never ran.
int gd_cycles_read(int counter, uint64_t *cycles);

void gd_cycles_close(int counter);
