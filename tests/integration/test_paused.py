"""A network that the configuration pauses: no run, and everybody can see that."""

import json
import pathlib
import signal
import subprocess
import tempfile
import unittest

from lab import agent

KIND = 'internet_connectivity'


def network(name, **keys):
    return {'name': name, **keys, 'probes': {KIND: {
        'endpoints': [{'url': 'http://127.0.0.1:1/'}], 'interval': '1s', 'timeout': '1s'}}}


class Paused(unittest.TestCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.file = self.folder / 'cal_exporter.yml'

    def configure(self, *networks):
        self.file.write_text(json.dumps({'networks': networks}))

    def run_agent(self, *arguments):
        return subprocess.run([agent.binary(), *arguments, '--config.file', self.file],
                              capture_output=True, text=True, timeout=60)

    def test_a_reload_pauses_a_network_and_resumes_it(self):
        self.configure(network('north'), network('south'))
        running = agent.Agent(self.file, self.folder / 'log', kind=KIND)
        self.addCleanup(running.stop)
        for paused in (True, False):
            self.configure(network('north'), network('south', paused=paused))
            running.send(signal.SIGHUP)
            marked = '\ncal_network_paused{network="south"} 1\n'
            agent.wait_until('the reload', lambda: (marked in running.page()) == paused)
            page = running.page()
            self.assertIn('cal_probe_verdict{network="north"', page)
            self.assertEqual(not paused, 'cal_probe_verdict{network="south"' in page)
            self.assertEqual(paused, 'Paused, not watched: <b>south</b>' in running.get('/')[1])

    def test_a_check_leaves_it_out_and_says_so(self):
        self.configure(network('north'), network('south', paused=True))
        done = self.run_agent('check')
        self.assertEqual(1, done.returncode, done.stdout + done.stderr)
        self.assertNotIn('south', done.stdout)
        self.assertEqual('paused, not checked: south\n', done.stderr)

    def test_a_check_of_paused_networks_alone_is_not_all_clear(self):
        self.configure(network('south', paused=True))
        done = self.run_agent('check')
        self.assertEqual(3, done.returncode, done.stdout)
        self.assertIn('all networks are paused', done.stderr)

    def test_the_check_of_the_configuration_names_it(self):
        self.configure(network('north'), network('south', paused=True))
        done = self.run_agent('--config.check')
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn('paused, not checked: south\n', done.stdout)


if __name__ == '__main__':
    unittest.main()
