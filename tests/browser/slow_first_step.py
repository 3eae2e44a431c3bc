"""From an alert on a phone: the page that its link opens shows what is wrong, what to do, and the first step of the
repair plan without scrolling, for every fault that `./run break` makes."""

import json

from lab import agent
from lab.activation import ActivationService
from lab.agent import wait_until
from lab.case import LabCase
from lab.exports import Exports
from lab.faults import FAULTS, break_probe, fix_probe
from lab.running import RunningLab

from .case import browser

PHONE = (390, 844)
RUNS = 'cal_probe_runs_total'

# What is shown and is no fault: an endpoint with https has no portal, the other two are normal.
NO_FAULTS = {('rds', 'internet_connectivity', 'portal'), ('rds', 'session_host_licensing', 'drained')}

# What is only seen beside what was before it.
NEED_BEFORE = {('rds', 'session_host_licensing', 'reset')}

# The lower edges of what was found, of what to do, and of the first step of the plan; null for what is not there.
LOWER_EDGES = """(() => {
    const edge = element => element ? Math.ceil(element.getBoundingClientRect().bottom) : null;
    const paragraphs = [...document.querySelectorAll('.runbook > .card > p')];
    return JSON.stringify([
        edge(document.querySelector('.runbook > .card > h1')),
        edge(paragraphs.find(each => each.textContent.startsWith('What to do:'))),
        edge(document.querySelector('ol.plan strong'))]);
})()"""


class Faults:
    def setUp(self):
        super().setUp()
        lab = RunningLab(self.dc.folder)
        Exports(self.dc.folder).write()
        lab.events.file.unlink(missing_ok=True)
        fix_probe(self.dc, 'internet_connectivity', self.profile)  # starts the activation service
        self.addCleanup(ActivationService(self.dc.folder).stop)
        self.agent = agent.Agent(lab.lab_configuration(self.profile), self.scratch / 'agent.log',
                                 arguments=['--state.dir', str(self.scratch / 'state')])
        self.addCleanup(self.agent.stop)
        wait_until('every probe ran', lambda: self.agent.get('/-/ready')[0] == 200)
        self.page = browser().new_page()
        self.addCleanup(self.page.close)

    def wait_for_two_runs(self, probe):
        """A run that is in progress may still see the previous state."""
        wanted = self.agent.metrics().value(RUNS, probe=probe) + 2
        wait_until(f'two runs of {probe}',
                   lambda: self.agent.metrics().value(RUNS, probe=probe) >= wanted)

    def test_the_first_step_is_in_sight(self):
        for probe, fault in FAULTS[self.profile].items():
            for variant in fault.variants:
                with self.subTest(probe=probe, variant=variant):
                    self.addCleanup(fix_probe, self.dc, probe, self.profile)
                    if (self.profile, probe, variant) in NEED_BEFORE:
                        self.wait_for_two_runs(probe)
                    break_probe(self.dc, probe, variant, self.profile)
                    self.wait_for_two_runs(probe)
                    self.page.open(f'{self.agent.url}/runbooks/{probe}?network={self.network}',
                                   *PHONE)
                    found, step, plan = json.loads(self.page.evaluate(LOWER_EDGES))
                    shown = self.page.text()[:1000]
                    fix_probe(self.dc, probe, self.profile)
                    self.assertIsNotNone(found, shown)
                    if (self.profile, probe, variant) in NO_FAULTS:
                        self.assertEqual((None, None), (step, plan), shown)
                        continue
                    self.assertTrue(step or plan, shown)
                    self.assertLessEqual(max(found, step or 0, plan or 0), PHONE[1], shown)
                    self.assertRegex(shown, r'Since 20[-0-9]+ [0-9:]+ UTC \([^)]+ ago\)')


class OfActivation(Faults, LabCase):
    profile = 'ebs'
    network = 'ebs'


class OfRemoteDesktop(Faults, LabCase):
    profile = 'rds'
    network = 'rds'
