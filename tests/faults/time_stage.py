"""A separate clock for the agent, which affects only times that are shown."""

import time

from lab.agent import wait_until
from lab.clock import another_clock

from .fault import PATIENCE

LAST_RUN = 'cal_probe_last_run_timestamp_seconds'
DAY = 86400


class _Jump:
    """A mixin before the area's class."""

    witness = False  # its files are as old as the others
    goes_on = 'probes keep running, and their results have the time of the new clock'
    offset = None    # in days

    def environment(self):
        self.clock = self.scratch / 'clock'
        self.set_clock(0)
        return {**super().environment(),
                **another_clock(FAKETIME_TIMESTAMP_FILE=str(self.clock), FAKETIME_NO_CACHE='1')}

    def set_clock(self, days):
        fresh = self.clock.with_suffix('.new')
        fresh.write_text(f'{days:+d}d\n')
        fresh.replace(self.clock)

    def break_it(self):
        self.set_clock(self.offset)

    def fix_it(self):
        self.set_clock(0)

    def while_broken(self):
        wait_until('a run has the time of the new clock', lambda: self.distance() < DAY / 2,
                   PATIENCE)

    def distance(self):
        """The time since the last run by the new clock."""
        last = self.metrics().value(LAST_RUN, probe=self.probe, network='ebs')
        return abs(last - time.time() - self.offset * DAY)


class Forward(_Jump):
    offset = 1


class Back(_Jump):
    offset = -1
