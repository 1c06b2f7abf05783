#include "gd_parallel.h"

#include <omp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

// OpenMP gives the threads, one parallel region for many loops; the loops are shared here. Each thread has shares of its own, in the
// order of the loop, and when they are done takes what others have left: a thread that another process keeps from running holds up no
// more than the share it is in. Nobody waits for a thread that has nothing to do, and nobody spins for longer than `spin_nanoseconds`
// (docs/adr/0015-teams.md).

enum { shares_a_thread = 8, most_threads = 1024, threads_a_processor = 8, spin_nanoseconds = 40000, most_nanoseconds = 200000, pauses_a_look = 16 };

// The shares that a thread has left: the next one, the end, and the number of threads that may take part, 16 bits each. One word, so
// that whoever takes a share has seen the loop that it belongs to.
typedef struct {
    _Alignas(64) _Atomic uint64_t left;
} queue;

// What threads sleep on when spinning has not helped.
typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    _Atomic int sleepers;
} bed;

typedef struct {
    int size;
    // The loop. Read with a share in hand only: it ends after its last share.
    gd_loop_body *body;
    void *context;
    int64_t count, length;
    // Loops begun, odd when the team goes home; shares that are not done; threads that may still look at the team.
    _Alignas(64) _Atomic uint32_t loops;
    _Alignas(64) _Atomic uint32_t unfinished;
    _Atomic int present;
    bed idle, owner;
    queue *queues;
} team;

static _Thread_local team *current;
// Whether this thread is in a share: a loop in a loop is not shared.
static _Thread_local int working;

int32_t gd_useful_threads(int32_t threads) {
    static _Atomic int32_t most;
    int32_t limit = atomic_load_explicit(&most, memory_order_relaxed);
    if (limit == 0) {
        const long processors = sysconf(_SC_NPROCESSORS_ONLN);
        limit = processors > most_threads / threads_a_processor ? most_threads
            : (int32_t)(processors > 1 ? processors : 1) * threads_a_processor;
        atomic_store_explicit(&most, limit, memory_order_relaxed);
    }
    return threads < limit ? threads : limit;
}

static inline void pause_briefly(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// Waits until (*word == value) is `wanted`: awake for so long, then asleep.
static void wait_for(_Atomic uint32_t *word, uint32_t value, int wanted, bed *b, int64_t awake) {
    for (int64_t end = nanoseconds() + awake; nanoseconds() < end;)
        for (int i = 0; i < pauses_a_look; i++) {
            if ((atomic_load_explicit(word, memory_order_acquire) == value) == wanted) return;
            pause_briefly();
        }
    pthread_mutex_lock(&b->mutex);
    atomic_fetch_add(&b->sleepers, 1);
    while ((atomic_load(word) == value) != wanted) pthread_cond_wait(&b->changed, &b->mutex);
    atomic_fetch_sub(&b->sleepers, 1);
    pthread_mutex_unlock(&b->mutex);
}

// After a change of the word: whoever has not seen it counts as a sleeper by now, or will look once more.
static void wake(bed *b) {
    if (atomic_load(&b->sleepers) == 0) return;
    pthread_mutex_lock(&b->mutex);
    pthread_mutex_unlock(&b->mutex);
    pthread_cond_broadcast(&b->changed);
}

// The next share of a queue, or -1.
static int64_t take(queue *q, int thread) {
    uint64_t left = atomic_load_explicit(&q->left, memory_order_acquire);
    while ((left & 0xffff) < (left >> 16 & 0xffff) && thread < (int)(left >> 32))
        if (atomic_compare_exchange_weak_explicit(&q->left, &left, left + 1, memory_order_acquire, memory_order_acquire))
            return left & 0xffff;
    return -1;
}

// Takes shares until none is left: its own, then those of the threads after it.
static void work(team *t, int thread) {
    working = 1;
    for (int i = 0; i < t->size; i++)
        for (int64_t share; (share = take(&t->queues[(thread + i) % t->size], thread)) >= 0;) {
            const int64_t first = share * t->length, left = t->count - first;
            t->body((gd_share){first, first + (left < t->length ? left : t->length)}, thread, t->context);
            if (atomic_fetch_sub(&t->unfinished, 1) == 1) wake(&t->owner);
        }
    working = 0;
}

static void serve(team *t, int thread) {
    for (uint32_t seen = 0;;) {
        wait_for(&t->loops, seen, 0, &t->idle, spin_nanoseconds);
        seen = atomic_load(&t->loops);
        if (seen & 1) break;
        work(t, thread);
    }
    atomic_fetch_sub(&t->present, 1);
}

// Cuts count things into shares of equal length: a few for each thread, so that there is something to take over.
static int64_t share_count(int64_t count, int64_t grain, int threads, int64_t *length) {
    int64_t shares = count / (grain > 1 ? grain : 1);
    if (shares > shares_a_thread * threads) shares = shares_a_thread * threads;
    if (shares > threads) shares -= shares % threads;
    if (shares < 1) shares = 1;
    *length = (count + shares - 1) / shares;
    // Long shares of small things begin at lines of the cache.
    if (*length >= 1024) *length = (*length + 15) / 16 * 16;
    return (count + *length - 1) / *length;
}

static void run_loop(team *t, int threads, int64_t shares) {
    atomic_store_explicit(&t->unfinished, (uint32_t)shares, memory_order_relaxed);
    for (int i = 0; i < threads; i++) {
        const uint64_t first = (uint64_t)(shares * i / threads), end = (uint64_t)(shares * (i + 1) / threads);
        atomic_store_explicit(&t->queues[i].left, (uint64_t)threads << 32 | end << 16 | first, memory_order_release);
    }
    atomic_fetch_add(&t->loops, 2);
    wake(&t->idle);
    const int64_t start = nanoseconds();
    work(t, 0);
    // The others are about as far: it is worth waiting awake for as long as the own part took.
    const int64_t taken = nanoseconds() - start;
    wait_for(
        &t->unfinished, 0, 1, &t->owner,
        taken < spin_nanoseconds ? spin_nanoseconds : taken > most_nanoseconds ? most_nanoseconds : taken);
}

typedef struct {
    int64_t count, grain;
    int32_t threads;
    gd_loop_body *body;
    void *context;
} loop;

static void run_alone(void *context) {
    const loop *l = context;
    gd_parallel_for(l->count, l->grain, l->threads, l->body, l->context);
}

void gd_parallel_for(int64_t count, int64_t grain, int32_t threads, gd_loop_body *body, void *context) {
    if (count <= 0) return;
    threads = gd_useful_threads(threads);
    if (current && threads > current->size) threads = current->size;
    int64_t length = count;
    const int64_t shares = threads > 1 && !working ? share_count(count, grain, threads, &length) : 1;
    if (shares == 1) {
        body((gd_share){0, count}, 0, context);
    } else if (current) {
        current->body = body, current->context = context, current->count = count, current->length = length;
        run_loop(current, threads, shares);
    } else {
        gd_with_team(threads, run_alone, &(loop){count, grain, threads, body, context});
    }
}

static void open_bed(bed *b) {
    pthread_mutex_init(&b->mutex, NULL);
    pthread_cond_init(&b->changed, NULL);
}

static void close_bed(bed *b) {
    pthread_cond_destroy(&b->changed);
    pthread_mutex_destroy(&b->mutex);
}

static void lead(team *t, void (*body)(void *context), void *context) {
    current = t;
    body(context);
    current = NULL;
    atomic_fetch_add(&t->loops, 1);
    wake(&t->idle);
}

void gd_with_team(int32_t threads, void (*body)(void *context), void *context) {
    threads = gd_useful_threads(threads);
    if (threads <= 1 || current || working) {
        body(context);
        return;
    }
    queue queues[most_threads];
    team t = {.size = threads, .queues = queues};
    for (int i = 0; i < threads; i++) atomic_init(&queues[i].left, 0);
    open_bed(&t.idle), open_bed(&t.owner);
#if defined(_OPENMP)
    // Threads between regions sleep at once: loops are short and regions are long.
    kmp_set_blocktime(0);
#endif
#pragma omp parallel num_threads(threads)
    {
        if (omp_get_thread_num() == 0)
            lead(&t, body, context);
        else
            serve(&t, omp_get_thread_num());
    }
    close_bed(&t.owner), close_bed(&t.idle);
    // The region has ended; this tells it to tools that do not know OpenMP.
    atomic_load(&t.present);
}
