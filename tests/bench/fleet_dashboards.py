"""What it costs Prometheus when somebody opens a dashboard: everything that Grafana asks for all panels,
variables and annotations at the default time range, also for the panels below the end of the screen."""

import functools
import os
import pathlib

from dashboards.asking import Asking
from dashboards.files import DASHBOARDS, NAMES
from dashboards.lint import panels_of
from dashboards.view import AsGrafana
from fleet_history import OF_ALL, store_past
from lab import monitoring

ROUNDS = 5
TARGET = 2  # seconds of a processor
# Compaction would be measured, too; and an older dashboard is measured to its end.
OPTIONS = ('--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h', '--query.timeout=10m')


class CountingPrometheus(monitoring.Prometheus):
    """Counts the samples that its queries read."""

    answers_within = 600
    samples = 0

    def _ask(self, what, **parameters):
        data = super()._ask(what, stats='all', **parameters)
        if 'stats' in data:
            self.samples += data['stats']['samples']['totalQueryableSamples']
        return data


def opened(asking):
    """{what: a function that asks for it}, in the order in which Grafana does."""
    return {'variables': asking.choices, 'annotations': asking.annotations,
            **{panel['title']: functools.partial(asking.ask, panel)
               for panel in panels_of(asking.dashboard)}}


def processor_seconds(pid):
    """What the kernel counted for a process, user and system."""
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


class Cost:
    """Of a dashboard that is opened once. `parts` is {what: (samples, processor seconds)}."""

    def __init__(self, prometheus, asking):
        self.parts = {}
        for what, ask in opened(asking).items():
            prometheus.samples, before = 0, processor_seconds(prometheus.pid())
            ask()
            self.parts[what] = prometheus.samples, processor_seconds(prometheus.pid()) - before
        self.samples, self.seconds = map(sum, zip(*self.parts.values(), strict=True))

    def dearest(self):
        return max(self.parts, key=lambda what: self.parts[what][::-1])


def shown_by(name, agents):
    """{what a dashboard is opened for: its variables}"""
    def one(agent):
        return {'network': agent.site, 'instance': agent.address}
    if name == 'farm':
        return {'one network': one(agents[-1])}
    only = {'one network': one(agents[0])}
    return {'all networks': {}, **only} if name in OF_ALL else only


def measure(prometheus, agents, end, dashboards):
    """Yields (dashboard, what it is opened for, its median cost)."""
    view = functools.partial(AsGrafana, end=end)
    for name in [each for each in NAMES if (dashboards / f'{each}.json').exists()]:
        for shown, variables in shown_by(name, agents).items():
            costs = [Cost(prometheus, Asking(prometheus, name, view, dashboards, **variables))
                     for _ in range(ROUNDS)]
            yield name, shown, sorted(costs, key=lambda cost: cost.seconds)[ROUNDS // 2]


def report(folder, agents, started, end, baseline):
    """`folder` is that of a Prometheus that scraped the agents and does not run."""
    compared = [each for each in (baseline, DASHBOARDS) if each]
    store_past(folder, compared, agents, started)
    prometheus = CountingPrometheus(folder)
    prometheus.start('global: {}', *OPTIONS)
    try:
        for dashboards in compared:
            print(f"\n{'baseline' if dashboards == baseline else 'dashboard':<26}{'samples':>12}{'processor':>12}"
                  f"{'target':>9}          dearest")
            for name, shown, cost in measure(prometheus, agents, end, dashboards):
                _print_line(f'{name}, {shown}', cost)
    finally:
        prometheus.stop()


def _print_line(what, cost):
    holds = 'holds' if cost.seconds < TARGET else 'MISSES'
    dearest = cost.dearest()
    samples, seconds = cost.parts[dearest]
    print(f'{what:<26}{cost.samples:>12,}{cost.seconds:>10.2f} s    < {TARGET} s {holds:<8} '
          f'{dearest}: {samples:,} samples, {seconds:.2f} s', flush=True)
