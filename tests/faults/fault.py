"""A row of the fault matrix, as a test: the agent is healthy, the fault starts, the agent reports it, the rest
keeps working, the fault ends, the agent is healthy again."""

import contextlib
import json
import re
import time
import urllib.error
import urllib.request

from lab.agent import Agent, Scraper, is_sanitized, wait_until
from lab.exports import Exports
from lab.exposition import Exposition

from .expectations import Verdict
from .usage import Memory

PATIENCE = 180  # of the test, in seconds; what is asserted is counted in runs
RUNS = 'cal_probe_runs_total'
WITNESS = 'license_compliance'


class Fault:
    """A mixin for a TestCase that has `self.scratch`. A row sets the attributes below and implements
    break_it() and fix_it(). An area implements networks(), which the agent watches; there is always
    another network, `other`, with a probe that the fault must not affect."""

    fault = None               # what is wrong, for people
    says = None                # what the agent must say, see expectations.py
    within = 3                 # so many runs of the probe may end until it does
    goes_on = '`/metrics` answers, the other network stays clear'
    healthy = Verdict('clear', 'member_nested')
    recovered = None           # what it says when the fault is gone; by default `healthy`
    probe = None               # the kind whose verdict and runs count
    interval = '2s'            # of every probe, and its timeout
    witness = True             # whether the fault leaves the other network alone
    arguments = ()             # of the agent, beside its configuration
    most_memory = None         # MB, of the agent's peak above rest until the repair
    log_file = None            # of the agent; by default in the scratch folder

    def break_it(self):
        raise NotImplementedError

    def fix_it(self):
        raise NotImplementedError

    def while_broken(self):
        """Asserts what else must hold while the fault is there."""

    def may_claim(self, family, labels):
        """Whether the agent may show this fact although the verdict is unknown."""
        return False

    def networks(self):
        raise NotImplementedError

    def environment(self):
        return {}

    def test(self):
        self.start_agent()
        wait_until('every probe has run', lambda: self.get('/-/ready')[0] == 200, PATIENCE)
        self.await_state(self.healthy)
        at_rest = Memory(self.agent.pid).resident
        with Scraper(self, self.look_at_witness) as scraper:
            self.said_after = self.measure(self.break_it, self.says, self.within)
            self.await_witness()
            self.while_broken()
            highest = Memory(self.agent.pid).peak
            grown = max(0.0, highest - at_rest)
            self.peak = f'{highest:.0f} MB, {grown:.0f} MB'
            if self.most_memory is not None and not is_sanitized():
                self.assertLessEqual(grown, self.most_memory)
            self.recovered_after = self.measure(self.fix_it, self.recovered or self.healthy,
                                                self.within)
        self.assertEqual([], scraper.failures)
        self.assertGreater(scraper.scrapes, 0)

    def start_agent(self):
        """Starts the agent; at the end of the test it must end well."""
        self.configuration = self.write_configuration()
        self.agent = Agent(self.configuration, self.log_file or self.scratch / 'agent.log',
                           self.environment(), self.probe, self.arguments)
        self.addCleanup(lambda: self.assertEqual(0, self.agent.stop()))

    def write_configuration(self):
        networks = self.networks()
        if self.witness:
            folder = self.scratch / 'witness'
            folder.mkdir(exist_ok=True)
            exports = Exports(folder)
            exports.write_inventory()
            networks = [*networks, {'name': 'other', 'probes': {
                WITNESS: {'inventory_file': str(exports.inventory), **self.timing}}}]
        file = self.scratch / 'cal_exporter.yml'
        file.write_text(json.dumps({'networks': networks}, ensure_ascii=False))
        return file

    @property
    def timing(self):
        return {'interval': self.interval, 'timeout': self.interval}

    def await_state(self, expected):
        wait_until(f'the agent says {expected}', lambda: expected.seen(self), PATIENCE,
                   lambda: self.explain())

    def explain(self):
        return f'it says {self.metrics().verdict(self.probe)}; log:\n{self.agent.log()[-3000:]}'

    def measure(self, act, expected, within):
        """Acts, waits until the agent says what is expected, and returns how long that took. A run
        that is counted may have ended before the act, another one was under way: the third is all
        of it after the act."""
        act()
        started = time.monotonic()
        before = self.runs()
        self.await_state(expected)
        elapsed = Elapsed(time.monotonic() - started, max(0, self.runs() - before))
        self.assertLessEqual(elapsed.runs, within, f'the agent is late: {elapsed}')
        return elapsed

    def get(self, path, patience=30):
        """Status and text of one of the agent's pages."""
        return self.agent.get(path, patience)

    def reload(self):
        """POST /-/reload, which may be refused."""
        request = urllib.request.Request(self.agent.url + '/-/reload', method='POST')
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(request, timeout=30).close()

    def metrics(self):
        return Exposition(self.get('/metrics')[1])

    @property
    def kind(self):
        """What the scraper looks at."""
        return self.probe

    def runs(self, network='ebs', probe=None):
        return self.metrics().value(RUNS, network=network, probe=probe or self.probe)

    def look_at_witness(self, metrics):
        """On every page of the whole test."""
        if self.witness:
            seen = metrics.verdict(WITNESS, 'other')
            if seen != ('clear', 'compliant'):
                raise ValueError(f'the other network is {seen}')

    def await_witness(self):
        """The other network's probe must not only be clear, it must go on running."""
        if self.witness:
            before = self.runs('other', WITNESS)
            wait_until('the other network goes on',
                       lambda: self.runs('other', WITNESS) >= before + 2, PATIENCE)

    def logged(self, pattern):
        return re.search(pattern, self.agent.log())


class Elapsed:
    """How long the agent took."""

    def __init__(self, seconds, runs):
        self.seconds = seconds
        self.runs = int(runs)

    def __str__(self):
        return f'{self.seconds:.1f} s, run {self.runs}' if self.runs else f'{self.seconds:.1f} s'
