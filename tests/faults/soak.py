"""The soak: an agent with all probes at intervals of a second, while the lab breaks and heals all the
time. What it uses must not grow, and no interval may be missed but for a fault.

    python3 -m faults.soak RESULTS.md NAME MINUTES      NAME is that of the build: release or asan
"""

import pathlib
import sys
import time

from . import document, usage
from .soak_world import UNTOUCHED, SoakWorld

QUIET = 8.0    # seconds in which all is well, after each fault
WARM_UP = 0.2  # of the time, before growth is judged
MOST_GROWTH_KB = {'release': 1024, 'asan': 16 * 1024}  # a sanitizer keeps books of its own
SLACK = 1      # threads and descriptors more; runs less, at the edges of a time that is measured


class Soak:
    """What was seen in a world, fault after fault."""

    def __init__(self, world):
        self.world = world
        self.times = []   # of the readings, each at the end of a quiet time
        self.usages = []
        self.faults = 0
        self.missed = 0   # intervals without a run in quiet times, of all probes
        self.delayed = 0  # the same, where a run before took too long: the machine was slow
        self.quiet_runs = 0

    def run(self, seconds):
        self.begun = time.monotonic()
        self.runs_at_begin = self.world.counts()[0][UNTOUCHED]
        while time.monotonic() - self.begun < seconds:
            for fault in self.world.faults:
                self.world.break_and_heal(*fault)
                self.faults += 1
                self.be_quiet()
                if time.monotonic() - self.begun >= seconds:
                    break
            self.world.reload()
        self.seconds = time.monotonic() - self.begun
        self.runs_untouched = self.world.counts()[0][UNTOUCHED] - self.runs_at_begin

    def be_quiet(self):
        (before, late_before), begun = self.world.counts(), time.monotonic()
        time.sleep(QUIET - 1)
        self.usages.append(usage.resting(self.world.agent.pid))  # the last second
        (after, late_after), elapsed = self.world.counts(), time.monotonic() - begun
        self.times.append(time.monotonic() - self.begun)
        for probe, runs in after.items():
            self.quiet_runs += runs - before[probe]
            missed = max(0, int(elapsed) - SLACK - (runs - before[probe]))
            if late_after[probe] > late_before[probe]:
                self.delayed += missed
            else:
                self.missed += missed

    @property
    def missed_untouched(self):
        return max(0, int(self.seconds) - SLACK - self.runs_untouched)

    def judged(self, name):
        """The readings after the warm-up."""
        first = next(i for i, when in enumerate(self.times) if when >= WARM_UP * self.seconds)
        return self.times[first:], [getattr(one, name) for one in self.usages[first:]]


def report(name, soak, exit_code, log):
    """The part of the document, and whether all is as it must be."""
    times, private = soak.judged('private_kb')
    grown = usage.growth(times, private)
    threads, descriptors = soak.judged('threads')[1], soak.judged('descriptors')[1]
    complaints = log.count('ERROR: ') + log.count('runtime error: ')  # of a sanitizer
    rows = [
        ('private memory grows by (line through all readings)',
         f'{grown:+.0f} kB of {private[0]:,} kB', f'at most {MOST_GROWTH_KB[name]:,} kB',
         grown <= MOST_GROWTH_KB[name]),
        ('threads at rest, first and last', f'{threads[0]}, {threads[-1]}', 'no more',
         threads[-1] <= threads[0] + SLACK),
        ('descriptors at rest, first and last', f'{descriptors[0]}, {descriptors[-1]}', 'no more',
         descriptors[-1] <= descriptors[0] + SLACK),
        ('intervals missed while all was well, all probes',
         f'{soak.missed} beside {soak.quiet_runs:,} runs; {soak.delayed} more after a run that '
         'took too long', '0', soak.missed == 0),
        ('intervals missed by the probe that no fault touches',
         f'{soak.missed_untouched} beside {soak.runs_untouched:,} runs', '0',
         soak.missed_untouched == 0),
        ('exit code; complaints of a sanitizer', f'{exit_code}; {complaints}', '0; 0',
         exit_code == 0 and complaints == 0),
    ]
    lines = [f'## Soak, {name}', '',
             f'{soak.seconds / 60:.1f} minutes, {soak.faults} faults; the first '
             f'{WARM_UP:.0%} is warm-up. ' + document.conditions(), '',
             '| what | seen | wanted | |', '|---|---|---|---|']
    lines += [f'| {what} | {seen} | {wanted} | {"pass" if ok else "**fail**"} |'
              for what, seen, wanted, ok in rows]
    return '\n'.join(lines), all(ok for *_, ok in rows)


def main(file, name, minutes):
    world = SoakWorld()
    soak = Soak(world)
    try:
        soak.run(float(minutes) * 60)
    finally:
        exit_code, log = world.close()
    text, passed = report(name, soak, exit_code, log)
    print(text)
    document.replace_part(pathlib.Path(file), f'soak {name}', text)
    return 0 if passed else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
