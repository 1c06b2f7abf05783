#include "gd_cycles.h"

#include <errno.h>

#if defined(__linux__)
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

int gd_cycles_open(int thread) {
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_HARDWARE,
        .size = sizeof attributes,
        .config = PERF_COUNT_HW_CPU_CYCLES,
        .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
        .inherit = 1,
        // What the usual setting of perf_event_paranoid allows without privileges.
        .exclude_kernel = 1,
        .exclude_hv = 1,
    };
    long counter = syscall(SYS_perf_event_open, &attributes, thread, -1, -1, PERF_FLAG_FD_CLOEXEC);
    return counter < 0 ? -errno : (int)counter;
}

int gd_cycles_read(int counter, uint64_t *cycles) {
    struct {
        uint64_t count, enabled, running;
    } values;
    ssize_t bytes = read(counter, &values, sizeof values);
    if (bytes < 0) return -errno;
    if (bytes != sizeof values || values.running == 0) return -ENODATA;
    double share = (double)values.enabled / (double)values.running;
    *cycles = values.enabled == values.running ? values.count : (uint64_t)((double)values.count * share);
    return 0;
}

void gd_cycles_close(int counter) { close(counter); }
#else
int gd_cycles_open(int thread) {
    (void)thread;
    return -ENOSYS;
}

int gd_cycles_read(int counter, uint64_t *cycles) {
    (void)counter, (void)cycles;
    return -ENOSYS;
}

void gd_cycles_close(int counter) { (void)counter; }
#endif
