"""Many networks whose directory servers send without end, beside a healthy one."""

import json
import pathlib

from . import agent
from .agent import wait_until
from .case import LabCase
from .certificates import Authority
from .flooding import FLOODS, FloodingServer

MB = 1 << 20
MOST_MEMORY = 64 * MB
RUNS = 10


class FloodingServers(LabCase):
    def setUp(self):
        super().setUp()
        self.file = self.scratch / 'cal_exporter.yml'
        self.authority = Authority(self.scratch)
        # So long that the healthy one answers in time beside the floods on a slow machine, too.
        self.configuration = json.loads(agent.configuration(
            self.dc, probe={'interval': '10s', 'timeout': '10s'}))

    def highest_memory(self, pid):
        status = pathlib.Path(f'/proc/{pid}/status').read_text()
        return int(status.split('VmHWM:')[1].split()[0]) * 1024

    def run_agent(self):
        running = agent.Agent(self.file, self.scratch / 'agent.log')
        self.addCleanup(lambda: self.assertEqual(0, running.stop()))
        running.wait_for('clear', 'member_nested')
        return running

    def hostile(self, i, server):
        network = json.loads(json.dumps(self.configuration['networks'][0]))
        network['name'] = f'hostile-{i}'
        for probe in network['probes'].values():
            probe.update({'interval': '2s', 'timeout': '2s'})
        # Each has its own account: with one account, binds that fail would delay those of the healthy network.
        bind = network['directory']['bind'] | {'user': f'cal-monitor@hostile-{i}.example.com'}
        network['directory'].update({'uri': [server.uri], 'ca_file': str(self.authority.certificate),
                                     'start_tls': server.uri.startswith('ldap:'), 'bind': bind})
        return network

    def test_memory_is_bounded_and_the_healthy_network_is_as_before(self):
        self.file.write_text(json.dumps(self.configuration))
        alone = self.run_agent()
        wait_until('runs', lambda: alone.metrics().value(
            'cal_probe_runs_total', network='ebs') >= 3)
        before = self.highest_memory(alone.pid)
        alone.stop()
        for i, flood in enumerate(list(FLOODS) * 2):
            server = FloodingServer(f'127.0.0.{30 + i}', flood, self.authority)
            self.addCleanup(server.close)
            self.configuration['networks'].append(self.hostile(i, server))
        self.file.write_text(json.dumps(self.configuration))
        running = self.run_agent()
        runs = {'ebs': 3} | {f'hostile-{i}': RUNS for i in range(2 * len(FLOODS))}
        wait_until('every network ran', lambda: all(
            running.metrics().value('cal_probe_runs_total', network=name) >= least
            for name, least in runs.items()), patience=200)
        metrics = running.metrics()
        self.assertEqual(1, metrics.value('cal_probe_verdict', network='ebs', verdict='clear'))
        self.assertEqual(0, metrics.value('cal_probe_unknown_total', network='ebs'))
        for i in range(2 * len(FLOODS)):
            self.assertEqual(1, metrics.value('cal_probe_verdict', network=f'hostile-{i}',
                                              verdict='unknown'))
        grown = self.highest_memory(running.pid) - before
        print(f'memory above rest: {grown / MB:.1f} MB', flush=True)
        if not agent.is_sanitized():
            self.assertLess(grown, MOST_MEMORY)
