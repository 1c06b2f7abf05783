"""Whether the machine is idle: before a sample is taken, and after it, whether it was while the sample ran."""

import os
import time

# Reads of the run queue that must all find nobody but the reader.
READS, READ_INTERVAL = 4, 0.002
# The shares of the best rates of arithmetic and of copies that count as full speed; how often a slow machine is asked again.
FULL_SPEED, SLOW_INTERVAL = (0.9, 0.5), 0.05
# Seconds for which a check stands.
RECENT = 0.05
TICK = os.sysconf("SC_CLK_TCK")


class BusyMachine(Exception):
    """The machine did not become idle in time."""


def runnable(stat):
    """The processes that run or want to, of the text of /proc/stat."""
    return next(int(line.split()[1]) for line in stat.splitlines() if line.startswith("procs_running"))


def busy_seconds(stat):
    """Processor seconds that were spent on anything, or taken by other guests of the host, of the text of /proc/stat."""
    user, nice, system, _, _, interrupt, soft_interrupt, steal = map(int, stat.splitlines()[0].split()[1:9])
    return (user + nice + system + interrupt + soft_interrupt + steal) / TICK


def read_stat():
    with open("/proc/stat", encoding="ascii") as file:
        return file.read()


class IdleCheck:
    """Waits for an idle machine at full speed, and judges whether a sample had it for itself.

    `speed` tells the rates of arithmetic and of copies at this moment; None checks processes alone. Other guests of a
    host take processor time, caches and memory without a trace in /proc/stat: then these rates fall."""

    def __init__(
            self, limit_seconds=120, tolerated_share=0.05, speed=None, read=read_stat, sleep=time.sleep, clock=time.monotonic):
        self.limit_seconds, self.tolerated_share, self.speed = limit_seconds, tolerated_share, speed
        self.read, self.sleep, self.clock = read, sleep, clock
        self.waited_seconds = 0.0
        self.discarded = 0
        self.best_speed = None
        self.checked_at = None
        self.patience = 0.0

    def begin(self, patience):
        """Starts a case for which to wait so many seconds in all while the machine is slow: it may stay slow for good."""
        self.patience = patience

    def wait(self):
        """Returns when nobody else runs and the machine has its full speed, had both just now, or was waited for long enough.

        Raises BusyMachine where other processes run beyond the limit."""
        if self.checked_at is not None and self.clock() - self.checked_at < RECENT:
            return
        start = self.clock()
        while not self.at_full_speed() and self.clock() - start < self.patience:
            self.sleep(SLOW_INTERVAL)
        waited = max(0.0, self.clock() - start - READS * READ_INTERVAL)
        self.patience -= waited
        self.waited_seconds += waited

    def at_full_speed(self):
        """Whether the machine, once nobody else runs, is about as fast as it ever was."""
        self.wait_for_others()
        if self.speed:
            speed = self.speed()
            self.best_speed = [max(pair) for pair in zip(speed, self.best_speed or speed)]
            if any(now < share * best for now, share, best in zip(speed, FULL_SPEED, self.best_speed)):
                return False
        self.checked_at = self.clock()
        return True

    def wait_for_others(self):
        """Returns when nobody else ran at several moments in a row."""
        start, quiet = self.clock(), 0
        while True:
            others = runnable(self.read()) - 1
            quiet = quiet + 1 if others <= 0 else 0
            if quiet >= READS:
                return
            elapsed = self.clock() - start
            if elapsed > self.limit_seconds:
                raise BusyMachine(
                    f"other processes kept the processors busy for {elapsed:.0f} s ({others} runnable now): end them and go on "
                    "with --resume, or wait longer with --idle-limit")
            self.sleep(READ_INTERVAL)

    def undisturbed(self, before, after, wall_seconds, own_seconds):
        """Whether a sample had the machine for itself; `before` and `after` are of /proc/stat."""
        others = busy_seconds(after) - busy_seconds(before) - own_seconds
        # The kernel counts whole ticks on every processor.
        allowed = max(self.tolerated_share * wall_seconds, 3 / TICK)
        if others <= allowed and (self.at_full_speed() or self.patience <= 0):
            return True
        self.discarded += 1
        return False
