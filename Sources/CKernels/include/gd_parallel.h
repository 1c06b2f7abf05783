#pragma once

#include <stdint.h>

/// The things first ..< end of a loop.
typedef struct {
    int64_t first, end;
} gd_share;

/// One share of a loop, on thread `thread` of 0 ..< threads: the place of its scratch memory, and nothing else may depend on it.
typedef void gd_loop_body(gd_share share, int thread, void *context);

/// `threads`, or fewer: 8 a processor of the machine and 1024 in all. More would only take turns, and their memory.
int32_t gd_useful_threads(int32_t threads);

/// Calls `body` for shares that cover 0 ..< count once, on at most so many useful threads, and returns when all are done. Shares are cut
/// alike for any course of events, but any thread may get any of them at any time.
///
/// - grain: the fewest things that are worth a share of their own.
void gd_parallel_for(int64_t count, int64_t grain, int32_t threads, gd_loop_body *body, void *context);

/// Calls `body(context)` on this thread while a team of `threads` OpenMP threads stands by for its loops. Without it every loop
/// gathers a team of its own, which costs a wake-up. A team in a team is the outer one.
void gd_with_team(int32_t threads, void (*body)(void *context), void *context);
