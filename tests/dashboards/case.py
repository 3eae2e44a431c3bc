"""The base of these tests: a lab's agent, a Prometheus that scrapes it, the dashboards, and which panel is for
which scenario."""

import json

from lab import agent
from lab.agent import wait_until
from lab.monitoring import Prometheus
from lab.test_diagnosis import LabOnDisk

from .asking import Asking
from .files import NAMES, source

CAUSES = source('words').CAUSES

PATIENCE = 120
ANY = None

# The panels (and queries) that have data only in a certain scenario; all others must have data whenever an
# EBS network is healthy.
CAUSE, FAILED, SUCCEEDED = 'a cause was found', 'an activation failed', 'an activation succeeded'
SESSION_HOSTS = 'session hosts, and a key pack that ends'
FARM = 'session_host_licensing watches a farm'
REFUSING_FROM = 'a session host will refuse users'
SCENARIO_OF = {
    ('overview', 'Networks, most certain cause first', 'D'): FAILED,  # last failure
    ('overview', 'Networks, most certain cause first', 'H'): SESSION_HOSTS,  # end of a pack
    ('overview', 'Networks by cause', ANY): CAUSE,
    ('overview', 'Diagnosis', ANY): CAUSE,
    ('overview', 'Verdicts', ANY): CAUSE,
    ('overview', 'Packs that end next', ANY): SESSION_HOSTS,
    ('network', 'Last failure', ANY): FAILED,
    ('network', 'Events', ANY): FAILED,
    ('network', 'Events in the time range', ANY): FAILED,
    ('network', 'Last success', ANY): SUCCEEDED,
    ('network', 'Time until grace periods end', ANY): SESSION_HOSTS,
    ('network', 'Next pack ends', ANY): SESSION_HOSTS,
    ('farm', 'Refuse users from', ANY): REFUSING_FROM,
    ('farm', 'Next pack ends', ANY): SESSION_HOSTS,
}


def scenario_of(name, title, letter=ANY):
    return (SCENARIO_OF.get((name, title, letter)) or SCENARIO_OF.get((name, title, ANY))
            or (FARM if name == 'farm' else ANY))


class Scraped:
    """For a LabCase: an agent, a Prometheus that scrapes it, and the dashboards."""

    labels = {}  # of the target

    def serve_and_scrape(self, network, configuration, *arguments):
        """Returns when the network is shown as healthy."""
        self.agent = agent.Agent(
            configuration, self.scratch / 'agent.log',
            arguments=['--state.dir', str(self.scratch / 'state'), *arguments])
        self.addCleanup(self.agent.stop)
        self.prometheus = Prometheus(self.scratch)
        self.addCleanup(self.prometheus.stop)
        self.prometheus.start(json.dumps({
            'global': {'scrape_interval': '1s', 'scrape_timeout': '1s'},
            'scrape_configs': [{'job_name': 'cal_exporter', 'static_configs': [
                {'targets': [self.agent.url.removeprefix('http://')], 'labels': self.labels}]}]}))
        self.overview, self.network, self.farm, self.own = [
            Asking(self.prometheus, name, network=network) for name in NAMES]
        self.wait_for_cause('none')

    def assert_shown(self, scenarios, but=frozenset()):
        """Waits until no panel with one of these scenarios is empty."""
        def all_shown():
            self.missing = [
                each for asked in (self.overview, self.network, self.farm, self.own)
                for each in asked.empty(lambda title, letter: title not in but and scenario_of(
                    asked.name, title, letter) in scenarios)]
            return not self.missing
        wait_until(f'panels show {scenarios}', all_shown, PATIENCE, lambda: str(self.missing))

    def wait_for_cause(self, cause):
        self.wait_for(self.network, 'Most likely cause', list(CAUSES).index(cause))

    def wait_for(self, asked, title, value):
        wait_until(f'{title} is {value}', lambda: asked.value(title) == value, PATIENCE,
                   lambda: f'it is {asked.value(title)}; {self.agent.log()[-2000:]}')


class EbsCase(Scraped, LabOnDisk):
    labels = {'site': 'berlin'}

    def setUp(self):
        super().setUp()
        self.serve_and_scrape('ebs', self.configuration,
                              '--web.external-url', 'https://cal.example.com/x/')
