"""The resources that a process uses, and whether they grow."""

import pathlib
import re
import statistics
import time

_SECOND_OF_READINGS = 20


class Usage:
    """The use at one moment."""

    def __init__(self, pid):
        process = pathlib.Path('/proc') / str(pid)
        rollup = (process / 'smaps_rollup').read_text()
        self.private_kb = int(re.search(r'^Private_Dirty:\s+(\d+) kB', rollup, re.MULTILINE)[1])
        self.threads = len(list((process / 'task').iterdir()))
        self.descriptors = len(list((process / 'fd').iterdir()))


class Memory:
    """Resident memory in MB: now, and at its highest since the start."""

    def __init__(self, pid):
        status = (pathlib.Path('/proc') / str(pid) / 'status').read_text()
        self.resident, self.peak = (
            int(re.search(rf'^{name}:\s+(\d+) kB', status, re.MULTILINE)[1]) / 1024
            for name in ('VmRSS', 'VmHWM'))


def resting(pid):
    """The minimum of each within a second: the use without current runs."""
    readings = []
    for _ in range(_SECOND_OF_READINGS):
        readings.append(Usage(pid))
        time.sleep(1 / _SECOND_OF_READINGS)
    least = readings[0]
    for name in vars(least):
        setattr(least, name, min(getattr(reading, name) for reading in readings))
    return least


def growth(times, values):
    """By how much a straight line through all values rises from the first time to the last."""
    slope, _ = statistics.linear_regression(times, values)
    return slope * (times[-1] - times[0])
