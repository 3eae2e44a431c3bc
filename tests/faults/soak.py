"""The soak test: an agent runs all probes at intervals of a second, while faults come and go in the lab. Its
resource use must not grow, and no interval may be missed except during a fault.

    python3 -m faults.soak RESULTS.md NAME MINUTES      NAME is the build: release or asan
"""

import pathlib
import sys
import time

from . import document, usage
from .soak_world import UNTOUCHED, SoakWorld

QUIET = 8.0    # seconds in which all is well, after each fault
WARM_UP = 0.2  # of the time, before growth is judged
# 30 minutes have about 10,000 runs after the warm-up: a leak of 50 bytes per run is 500 kB. A sanitizer's
# allocator keeps more freed memory; LeakSanitizer finds leaks there.
MOST_GROWTH_KB = {'release': 512, 'asan': 8192}
MOST_HISTORY_KB = 7 * 256  # the agent's bound for each of its probes
MOST_DELAYED = 0.01        # of the runs in quiet times: a machine is slow now and then
LEAST_READINGS = 10
LEAST_MINUTES = 30         # for the document
SLACK = 1      # descriptors and threads more


class Soak:
    """The observations in a world, fault after fault."""

    def __init__(self, world, name):
        self.world = world
        self.name = name
        self.times = []        # of the readings, each at the end of a quiet time
        self.usages = []
        self.histories_kb = []
        self.faults = 0
        self.missed = 0        # intervals without a run in quiet times, of all probes
        self.delayed = 0       # the same, if a run took longer than its interval: the machine was slow
        self.quiet_runs = 0
        self.failure = None    # what ended it early
        self.begun = time.monotonic()
        self.at_begin = self.untouched = world.runs()[UNTOUCHED]

    def run(self, seconds):
        """Stores an error in `failure`, so that earlier observations are not lost."""
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
        """The readings after the warm-up."""
        return [value for when, value in zip(self.times, values)
                if when >= WARM_UP * self.times[-1]]


def rows_of_growth(soak):
    times = soak.judged(soak.times)
    if len(times) < LEAST_READINGS:
        yield 'readings at rest', f'{len(times)}', f'at least {LEAST_READINGS}, to judge growth', False
        return
    usages = soak.judged(soak.usages)
    histories = soak.judged(soak.histories_kb)
    private = [one.private_kb for one in usages]
    beside = [whole - history for whole, history in zip(private, histories)]
    grown, most = usage.growth(times, beside), MOST_GROWTH_KB[soak.name]
    yield ('growth of private memory without histories (line through all readings)',
           f'{grown:+.0f} kB of {beside[0]:,.0f} kB', f'at most {most:,} kB', grown <= most)
    yield ('histories, which grow with every fault up to a limit, first and last',
           f'{histories[0]:,.0f} kB, {histories[-1]:,.0f} kB', f'at most {MOST_HISTORY_KB:,} kB',
           histories[-1] <= MOST_HISTORY_KB)
    for what in ('threads', 'descriptors'):
        first, last = [getattr(usages[i], what) for i in (0, -1)]
        yield f'{what} at rest, first and last', f'{first}, {last}', 'no more', last <= first + SLACK


def report(soak, exit_code, log):
    """The part of the document, and whether all limits were kept."""
    complaints = log.count('ERROR: ') + log.count('runtime error: ')  # of a sanitizer
    rows = list(rows_of_growth(soak))
    rows += [
        ('intervals missed while healthy, all probes',
         f'{soak.missed} in {soak.quiet_runs:,} runs', '0', soak.missed == 0),
        ('the same, if a run took longer than its interval', f'{soak.delayed}',
         f'at most {MOST_DELAYED:.0%} of the runs', soak.delayed <= MOST_DELAYED * soak.quiet_runs),
        ('intervals missed by the probe that no fault affects',
         f'{soak.missed_untouched} in {soak.untouched.count - soak.at_begin.count:,} runs', '0',
         soak.missed_untouched == 0),
        ('exit code; sanitizer errors', f'{exit_code}; {complaints}', '0; 0',
         exit_code == 0 and complaints == 0),
        ('runs to the end', (soak.failure or 'yes').splitlines()[0][:200].replace('|', '/'), 'yes',
         soak.failure is None and soak.faults > 0),
    ]
    lines = [f'## Soak, {soak.name}', '',
             f'{soak.seconds / 60:.1f} minutes, {soak.faults} faults; the first '
             f'{WARM_UP:.0%} is warm-up. ' + document.conditions(), '',
             '| what | measured | required | |', '|---|---|---|---|']
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
    if float(minutes) >= LEAST_MINUTES:
        document.replace_part(pathlib.Path(file), f'soak {name}', text)
    return 0 if passed else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
