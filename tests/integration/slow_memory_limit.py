"""The agent within the memory that its unit allows, under all floods at once: directory servers that send without
end, clients that do not read a large /metrics, and clients that stop within a request."""

import contextlib
import json
import os
import pathlib
import re
import resource
import socket
import tempfile
import unittest
import urllib.parse

from lab import agent
from lab.certificates import Authority
from lab.flooding import FLOODS, FloodingServer
from lab.memory_cgroup import MemoryCgroup

UNIT = pathlib.Path(__file__).parents[2] / 'config/debian/cal_exporter.service'
MB = 1_000_000
NETWORKS, ENDPOINTS = 40, 50  # their text of /metrics is too large to be kept
SLOW_READERS, UNFINISHED = 500, 1500
RUNS = 5


def allowed():
    number, unit = re.search(r'^MemoryMax=(\d+)([MG])$', UNIT.read_text(), re.MULTILINE).groups()
    return int(number) << {'M': 20, 'G': 30}[unit]


class MemoryLimit(unittest.TestCase):
    def setUp(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        folder = tempfile.TemporaryDirectory(prefix='cal-memory-')
        self.addCleanup(folder.cleanup)
        self.scratch = pathlib.Path(folder.name)
        self.authority = Authority(self.scratch)
        self.cgroup = MemoryCgroup('cal-exporter-test', allowed())
        self.addCleanup(self.cgroup.remove)

    def flooded(self, i, flood):
        server = FloodingServer(f'127.0.0.{30 + i}', flood, self.authority)
        self.addCleanup(server.close)
        return {'name': f'flood-{i}',
                'directory': {'uri': server.uri, 'ca_file': str(self.authority.certificate),
                              'start_tls': server.uri.startswith('ldap:'),
                              'bind': {'user': 'cal@ebs.example.com', 'password_file': 'password'}},
                'probes': {'administrators_membership': {'accounts': ['EBS\\licadmin']},
                           'directory_permissions': {'trustees': ['system']}}}

    @staticmethod
    def with_endpoints(i):
        return {'name': f'many-{i}', 'probes': {'internet_connectivity': {
            'proxy': 'none', 'endpoints': [f'tcp://127.1.{i}.{n}:9' for n in range(1, ENDPOINTS + 1)]}}}

    def start_agent(self, networks):
        (self.scratch / 'password').write_text('secret')
        file = self.scratch / 'cal_exporter.yml'
        file.write_text(json.dumps({'defaults': {'interval': '2s', 'timeout': '2s'}, 'networks': networks}))
        wrapper = self.scratch / 'in-cgroup'
        wrapper.write_text(f'#!/bin/sh\necho $$ >{self.cgroup.processes}\nexec {agent.binary()} "$@"\n')
        wrapper.chmod(0o755)
        before = os.environ['CAL_EXPORTER']
        os.environ['CAL_EXPORTER'] = str(wrapper)
        self.addCleanup(os.environ.__setitem__, 'CAL_EXPORTER', before)
        running = agent.Agent(file, self.scratch / 'agent.log',
                              arguments=['--state.dir', str(self.scratch / 'state')])
        self.addCleanup(lambda: self.assertEqual(0, running.stop()))
        return running

    def test_all_floods_at_once_stay_far_below_the_limit(self):
        networks = [self.flooded(i, flood) for i, flood in enumerate(list(FLOODS) * 2)]
        running = self.start_agent(networks + [self.with_endpoints(i) for i in range(NETWORKS)])
        url = urllib.parse.urlsplit(running.url)
        open_clients = []
        self.addCleanup(lambda: [client.close() for client in open_clients])

        def flood_of_clients(count, sent):
            for _ in range(count):
                client = socket.create_connection((url.hostname, url.port), 60)
                open_clients.append(client)
                with contextlib.suppress(OSError):
                    client.sendall(sent)

        def every_network_ran(times):
            metrics = running.metrics()
            return all(metrics.value('cal_probe_runs_total', network=network['name'],
                                     probe='administrators_membership') >= times for network in networks)
        for round_ in range(1, RUNS + 1):
            flood_of_clients(SLOW_READERS // RUNS, b'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n')
            flood_of_clients(UNFINISHED // RUNS, b'GET /metrics HTTP/1.1\r\nHo')
            agent.wait_until('every network is flooded again', lambda r=round_: every_network_ran(r), 120)
        print(f'highest: {self.cgroup.highest() / MB:.0f} MB of {allowed() / MB:.0f} MB; '
              f'/metrics has {len(running.page()) / MB:.1f} MB', flush=True)
        self.assertEqual(0, self.cgroup.killed())
        if not agent.is_sanitized():
            self.assertLess(self.cgroup.highest(), allowed() / 2)


if __name__ == '__main__':
    unittest.main()
