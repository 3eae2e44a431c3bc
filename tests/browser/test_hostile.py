"""Hostile content on the pages of a real agent: an event and a license name of a megabyte each, with
markup, control characters and marks that reverse text, and a certificate."""

import json
import pathlib
import socket
import tempfile
import unittest

from lab import agent
from lab.agent import wait_until
from lab.certificates import Authority
from lab.event_lines import EventLog
from lab.servers import TcpServer, answer

from .case import PageChecks

IMG = '<img src=x onerror=alert(1)>'
STEERING = '\x1b[2J\x07\x7f\u202e\u2066\u200f'
# Both ends are hostile: a page may omit the middle of a text.
MEGABYTE = f'{IMG}"\'{STEERING}</main><script>alert(2)</script>' + 'A' * 1_000_000 + IMG
CERTIFIED = IMG.replace('<', '\\<').replace('>', '\\>')  # a subject in the format of RFC 2253
MOST_BYTES = 200_000


class Hostile(PageChecks, unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        EventLog(self.folder).append(5, '0xcfff1299', MEGABYTE)
        (self.folder / 'inventory.json').write_text(json.dumps({'value': [{
            'edition': MEGABYTE, 'kind': 'universal', 'installed': 0, 'assigned_users': 3, 'assigned_devices': 0}]}))
        configuration = self.folder / 'cal_exporter.yml'
        configuration.write_text(json.dumps({
            'defaults': {'interval': '3s', 'timeout': '3s'},
            'networks': [{'name': 'ebs', 'probes': {
                'activation_events': {'source': {'jsonl': 'events.jsonl'}},
                'license_compliance': {'inventory_file': 'inventory.json'},
                'internet_connectivity': {'endpoints': [self.serve_with_markup()],
                                          'ca_file': 'tls/ca.pem', 'vantage': 'same_egress'}}}]}))
        self.agent = agent.Agent(configuration, self.folder / 'agent.log',
                                 arguments=['--state.dir', str(self.folder / 'state')])
        self.addCleanup(lambda: self.assertEqual(0, self.agent.stop()))
        wait_until('every probe ran', lambda: self.agent.get('/-/ready')[0] == 200,
                   explain=self.agent.log)
        self.open_tab()

    def serve_with_markup(self):
        """The URL of a server whose certificate has markup as its subject and its issuer."""
        authority = Authority(self.folder / 'tls', IMG)
        listener = socket.create_server(('127.0.0.1', 0))
        server = TcpServer(listener, answer(200), authority.issue(IMG, 'IP:127.0.0.1'))
        self.addCleanup(server.close)
        return f'https://127.0.0.1:{listener.getsockname()[1]}/'

    def test_it_stays_text_and_the_pages_stay_small(self):
        for path, shown in [('/', IMG), ('/probes/ebs/activation_events', IMG),
                            ('/probes/ebs/license_compliance', IMG),
                            ('/runbooks/license_compliance', IMG),
                            ('/probes/ebs/internet_connectivity', f'certificate CN={CERTIFIED}')]:
            with self.subTest(path):
                self.assert_in_order(path, shown)
                self.assertEqual(0, self.page.evaluate(
                    'document.querySelectorAll("img, main script").length'))
                for mark in STEERING:
                    if mark not in '[2J':
                        self.assertNotIn(mark, self.page.text())
                self.assertLess(len(self.agent.get(path)[1]), MOST_BYTES)
