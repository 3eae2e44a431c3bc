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
# In 30 minutes some 10,000 runs are judged: a leak of 1 kB a run is 10 MB. A sanitizer's allocator keeps
# more of what was freed.
MOST_GROWTH_KB = {'release': 1024, 'asan': 8192}
SLACK = 1      # descriptors and threads more


class Soak:
    """What was seen in a world, fault after fault."""

    def __init__(self, world, name):
        self.world = world
        self.name = name
        self.times = []        # of the readings, each at the end of a quiet time
        self.usages = []
        self.histories_kb = []
        self.faults = 0
        self.missed = 0        # intervals without a run in quiet times, of all probes
        self.delayed = 0       # the same, where a run took longer than its interval: the machine was slow
        self.quiet_runs = 0
        self.failure = None    # what ended it early
        self.begun = time.monotonic()
        self.at_begin = self.untouched = world.runs()[UNTOUCHED]

    def run(self, seconds):
        """What goes wrong is kept in `failure`, so that what was seen until then is not lost."""
        try:
            while self.seconds < seconds:
                for fault in self.world.faults:
                    self.world.break_and_heal(*fault)
                    self.faults += 1
                    self.be_quiet()
                    self.tell(*fault)
                    if self.seconds >= seconds:
                        break
                self.world.reload()
        except Exception as error:
            self.fail(error)

    def fail(self, error):
        self.failure = self.failure or f'{type(error).__name__}: {error}'

    @property
    def seconds(self):
        return time.monotonic() - self.begun

    def be_quiet(self):
        before = self.world.runs()
        time.sleep(QUIET - 1)
        self.usages.append(usage.resting(self.world.agent.pid))  # the last second
        self.histories_kb.append(self.world.history_kb())
        self.times.append(self.seconds)
        after = self.world.runs()
        self.untouched = after[UNTOUCHED]
        for probe, runs in after.items():
            self.quiet_runs += runs.count - before[probe].count
            missed = runs.missed_since(before[probe])
            if runs.overruns > before[probe].overruns:
                self.delayed += missed
            else:
                self.missed += missed

    def tell(self, probe, variant):
        now = self.usages[-1]
        print(f'{self.name} {self.seconds / 60:5.1f} min  {probe}: {variant}; '
              f'{now.private_kb:,} kB, of these histories {self.histories_kb[-1]:,.0f}; '
              f'{now.threads} threads, {now.descriptors} descriptors; '
              f'{self.missed} missed, {self.delayed} delayed', flush=True)

    @property
    def missed_untouched(self):
        return self.untouched.missed_since(self.at_begin)

    def judged(self, values):
        """Those of the readings after the warm-up."""
        return [value for when, value in zip(self.times, values)
                if when >= WARM_UP * self.times[-1]]


def rows_of_growth(soak):
    times = soak.judged(soak.times)
    usages = soak.judged(soak.usages)
    histories = soak.judged(soak.histories_kb)
    private = [one.private_kb for one in usages]
    beside = [whole - history for whole, history in zip(private, histories)]
    grown, most = usage.growth(times, beside), MOST_GROWTH_KB[soak.name]
    yield ('private memory beside the histories grows by (line through all readings)',
           f'{grown:+.0f} kB of {beside[0]:,.0f} kB', f'at most {most:,} kB', grown <= most)
    yield ('histories, which grow with every fault up to a bound, first and last',
           f'{histories[0]:,.0f} kB, {histories[-1]:,.0f} kB', 'at most 1,792 kB',
           histories[-1] <= 1792)
    for what in ('threads', 'descriptors'):
        first, last = [getattr(usages[i], what) for i in (0, -1)]
        yield f'{what} at rest, first and last', f'{first}, {last}', 'no more', last <= first + SLACK


def report(soak, exit_code, log):
    """The part of the document, and whether all is as it must be."""
    complaints = log.count('ERROR: ') + log.count('runtime error: ')  # of a sanitizer
    rows = list(rows_of_growth(soak)) if len(set(soak.judged(soak.times))) > 1 else []
    rows += [
        ('intervals missed while all was well, all probes',
         f'{soak.missed} beside {soak.quiet_runs:,} runs; {soak.delayed} more where a run took longer '
         'than its interval', '0', soak.missed == 0),
        ('intervals missed by the probe that no fault touches',
         f'{soak.missed_untouched} beside {soak.untouched.count - soak.at_begin.count:,} runs', '0',
         soak.missed_untouched == 0),
        ('exit code; complaints of a sanitizer', f'{exit_code}; {complaints}', '0; 0',
         exit_code == 0 and complaints == 0),
        ('goes on to the end', (soak.failure or 'yes').splitlines()[0][:200].replace('|', '/'), 'yes',
         soak.failure is None and soak.faults > 0),
    ]
    lines = [f'## Soak, {soak.name}', '',
             f'{soak.seconds / 60:.1f} minutes, {soak.faults} faults; the first '
             f'{WARM_UP:.0%} is warm-up. ' + document.conditions(), '',
             '| what | seen | wanted | |', '|---|---|---|---|']
    lines += [f'| {what} | {seen} | {wanted} | {"pass" if ok else "**fail**"} |'
              for what, seen, wanted, ok in rows]
    return '\n'.join(lines), all(ok for *_, ok in rows)


def main(file, name, minutes):
    world = SoakWorld()
    soak = Soak(world, name)
    soak.run(float(minutes) * 60)
    try:
        exit_code, log = world.close()
    except Exception as error:
        soak.fail(error)
        exit_code, log = 'none', world.agent.log()
    text, passed = report(soak, exit_code, log)
    print(text + (f'\n\n{soak.failure}' if soak.failure else ''))
    document.replace_part(pathlib.Path(file), f'soak {name}', text)
    return 0 if passed else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
