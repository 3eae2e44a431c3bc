"""A running agent gets another configuration, by SIGHUP and by POST /-/reload."""

import json
import signal
import urllib.error
import urllib.request

from . import agent
from .agent import Scraper, wait_until
from .case import LabCase

SUCCESS = 'cal_exporter_config_last_reload_successful'
RUNS = 'cal_probe_runs_total'
PERMISSIONS = 'directory_permissions'


class Reload(LabCase):
    def write(self, *accounts, **extra):
        """Two probes, of which only the first depends on `accounts`."""
        configuration = json.loads(agent.configuration(
            self.dc, accounts, probe={'interval': '3s', 'timeout': '3s'}))
        configuration['networks'][0]['probes'][PERMISSIONS] = {'interval': '3s', 'timeout': '3s'}
        self.file.write_text(json.dumps({**configuration, **extra}, ensure_ascii=False))

    def setUp(self):
        super().setUp()
        self.file = self.scratch / 'cal_exporter.yml'
        self.write('EBS\\licadmin')
        self.running = agent.Agent(self.file, self.scratch / 'agent.log')
        self.addCleanup(lambda: self.assertEqual(0, self.running.stop()))
        self.running.wait_for('clear', 'member_nested')

    def post(self):
        request = urllib.request.Request(self.running.url + '/-/reload', method='POST')
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def wait_for_success(self, value):
        wait_until(f'{SUCCESS} {value}', lambda: self.running.metrics().value(SUCCESS) == value)

    def test_a_file_with_an_error_changes_nothing_and_is_explained(self):
        with Scraper(self.running) as scraper:
            self.write('EBS\\alice', nettworks=[])
            status, text = self.post()
            self.assertEqual(500, status)
            self.assertIn("unknown key 'nettworks'; did you mean 'networks'?", text)
            self.wait_for_success(0)
            self.running.send(signal.SIGHUP)
            before = self.running.metrics().value(RUNS, probe=agent.MEMBERSHIP)
            wait_until('two more runs', lambda: self.running.metrics().value(
                RUNS, probe=agent.MEMBERSHIP) >= before + 2)
            self.assertEqual(('clear', 'member_nested'), self.running.verdict())
            self.write('EBS\\alice')
            self.running.send(signal.SIGHUP)
            self.running.wait_for('present', 'not_member')
            self.wait_for_success(1)
        self.assertEqual([], scraper.failures)

    def test_only_the_probes_that_changed_are_restarted(self):
        wait_until('several runs', lambda: self.running.metrics().value(
            RUNS, probe=PERMISSIONS) >= 3)
        before = self.running.metrics().value(RUNS, probe=PERMISSIONS)
        self.write('EBS\\alice')
        self.assertEqual((200, 'reloaded\n'), self.post())
        metrics = self.running.wait_for('present', 'not_member')
        self.assertGreaterEqual(metrics.value(RUNS, probe=PERMISSIONS), before)
        self.assertLess(metrics.value(RUNS, probe=agent.MEMBERSHIP), before)
