"""The base of these tests: an agent's host with one link to the Internet, which is another network namespace.
All changes end with the test."""

import functools
import json
import pathlib
import subprocess
import tempfile
import unittest

from lab import agent
from lab.certificates import Authority
from lab.exposition import Exposition
from lab.servers import DnsServer, TcpServer, answer

from .network import Network, run

LINK = 'agent0'
AGENT, GATEWAY = '10.77.0.1', '10.77.0.2'
AGENT_V6, GATEWAY_V6 = 'fd77::1', 'fd77::2'
WEB, WEB_V6 = '198.51.100.10', '2001:db8::10'  # behind the gateway
HOST = 'license.example.com'
URL = f'https://{HOST}/'


@functools.cache
def certificates():
    """An authority for all tests of this process, in a temporary folder."""
    folder = tempfile.TemporaryDirectory(prefix='cal-integration-')
    authority = Authority(folder.name, 'A private root')
    authority.folder = folder
    return authority


@functools.cache
def good_certificate():
    return certificates().issue('good', f'DNS:{HOST},IP:{WEB},IP:{WEB_V6}')


class InternetCase(unittest.TestCase):
    """At the start of each test the agent's host can reach `self.internet`, where a name server answers and
    nothing else listens."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.scratch = pathlib.Path(folder.name)
        self.internet = Network()
        self.addCleanup(self.internet.close)
        self._join()
        self.dns = self.start_dns(GATEWAY)

    def _join(self):
        self.internet.run('ip', 'link', 'add', 'peer0', 'type', 'veth',
                          'peer', 'name', LINK, 'netns', '1')
        self.addCleanup(self._leave)
        for address in (f'{GATEWAY}/24', f'{GATEWAY_V6}/64'):
            self.internet.run('ip', 'addr', 'add', address, 'dev', 'peer0', *_at_once(address))
        for address in (f'{WEB}/32', f'{WEB_V6}/128'):
            self.internet.run('ip', 'addr', 'add', address, 'dev', 'lo', *_at_once(address))
        self.internet.run('ip', 'link', 'set', 'peer0', 'up')
        run('ip', 'link', 'set', LINK, 'up')
        for address in (f'{AGENT}/24', f'{AGENT_V6}/64'):
            run('ip', 'addr', 'add', address, 'dev', LINK, *_at_once(address))
        run('ip', 'route', 'add', 'default', 'via', GATEWAY)
        run('ip', 'route', 'add', 'default', 'via', GATEWAY_V6)

    @staticmethod
    def _leave():
        subprocess.run(['ip', 'link', 'del', LINK], capture_output=True, check=False)

    def start_dns(self, address):
        dns = DnsServer(self.internet.listen_udp(address, 53), {HOST: [WEB]})
        self.addCleanup(dns.close)
        return dns

    def start(self, address, port, behave, certificate=None):
        server = TcpServer(self.internet.listen(address, port), behave, certificate)
        self.addCleanup(server.close)
        return server

    def start_https(self, behave=answer(200), certificate=None):
        return self.start(WEB, 443, behave, certificate or good_certificate())

    def write_system_file(self, path, text):
        """Writes the file until the end of the test; it belongs to this namespace, not to the machine."""
        file = pathlib.Path(path)
        self.addCleanup(file.write_text, file.read_text())
        file.write_text(text)

    def configure(self, *endpoints, **options):
        """Writes the agent's configuration: a probe with these endpoints, or without any. A value of None
        removes a key of the defaults."""
        probe = {'interval': '60s', 'timeout': '10s', 'proxy': 'none', 'name_servers': [GATEWAY],
                 'ca_file': str(certificates().certificate), **options}
        if endpoints:
            probe['endpoints'] = list(endpoints)
        probe = {key: value for key, value in probe.items() if value is not None}
        file = self.scratch / 'cal_exporter.yml'
        file.write_text(json.dumps({'networks': [{
            'name': 'ebs', 'probes': {'internet_connectivity': probe}}]}))
        return file

    def check(self, *endpoints, environment=None, **options):
        return agent.check(self.configure(*endpoints, **options), environment)

    def metrics(self, *endpoints, **options):
        done = subprocess.run([agent.binary(), 'check', '--config.file',
                               str(self.configure(*endpoints, **options)),
                               '--format', 'prometheus'],
                              capture_output=True, text=True, timeout=120)
        return Exposition(done.stdout)

    def assert_found(self, found, reason, *words):
        """All `words` must be in the summary or the evidence."""
        verdict = {'reachable': 'clear', 'answer_not_proven': 'unknown'}.get(reason, 'present')
        self.assertEqual((verdict, reason), (found.verdict, found.reason), str(found))
        self.assertIn('seen from ', found.summary)
        for word in words:
            self.assertIn(word, str(found))


def _at_once(address):
    """Skips duplicate address detection, which delays the use of an IPv6 address by a second."""
    return ['nodad'] if ':' in address else []
