"""Whether the machine is idle: before a sample is taken, and after it, whether it was while the sample ran."""

import os
import time

# Reads of the run queue that must all find nobody but the reader.
READS, READ_INTERVAL = 4, 0.002
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
    """Waits for an idle machine, and judges afterwards whether a sample had it for itself."""

    def __init__(self, limit_seconds=120, tolerated_share=0.05, read=read_stat, sleep=time.sleep, clock=time.monotonic):
        self.limit_seconds, self.tolerated_share = limit_seconds, tolerated_share
        self.read, self.sleep, self.clock = read, sleep, clock
        self.waited_seconds = 0.0
        self.discarded = 0

    def wait(self):
        """Returns when nobody else ran at several moments in a row; raises BusyMachine after the limit."""
        start, quiet = self.clock(), 0
        while True:
            others = runnable(self.read()) - 1
            quiet = quiet + 1 if others <= 0 else 0
            if quiet >= READS:
                break
            elapsed = self.clock() - start
            if elapsed > self.limit_seconds:
                raise BusyMachine(
                    f"other processes kept the processors busy for {elapsed:.0f} s ({others} runnable now): end them and go on "
                    "with --resume, or wait longer with --idle-limit")
            self.sleep(READ_INTERVAL)
        self.waited_seconds += max(0.0, self.clock() - start - READS * READ_INTERVAL)

    def disturbed(self, before, after, wall_seconds, own_seconds):
        """Whether others took more of the sample's processor time than is tolerated; `before`, `after` are of /proc/stat."""
        others = busy_seconds(after) - busy_seconds(before) - own_seconds
        # The kernel counts whole ticks on every processor.
        allowed = max(self.tolerated_share * wall_seconds, 3 / TICK)
        if others > allowed:
            self.discarded += 1
            return True
        return False
