"""The default endpoints: on a healthy network the verdict is clear, and each kind of fault on the path to the
Internet is reported."""

import pathlib
import re

from lab.certificates import Authority
from lab.servers import answer

from .case import WEB, InternetCase, certificates

RUNBOOK = pathlib.Path(__file__).parents[2] / 'probes' / 'internet_connectivity' / 'README.md'
NAMES = ('www.msftconnecttest.com', 'activation.sls.microsoft.com', 'go.microsoft.com')


class Defaults(InternetCase):
    def setUp(self):
        super().setUp()
        for name in NAMES:
            self.dns.names[name] = [WEB]
        self.internet.run('ip', 'addr', 'add', '198.51.100.11/32', 'dev', 'lo')
        self.dns.names['activation.sls.microsoft.com'] = ['198.51.100.11']

    def start_microsoft(self):
        self.start(WEB, 80, answer(200, 'Microsoft Connect Test'))
        self.start(WEB, 443, answer(302, Location='https://www.microsoft.com/'),
                   certificates().issue('go', 'DNS:go.microsoft.com'))
        private_root = Authority(self.scratch / 'microsoft', 'Microsoft Root Authority')
        self.start('198.51.100.11', 443, answer(403),
                   private_root.issue('sls', 'DNS:activation.sls.microsoft.com'))

    def test_they_are_clear_on_a_healthy_network(self):
        self.start_microsoft()
        found = self.check()
        self.assert_found(found, 'reachable', 'all 3 endpoints', *NAMES)
        self.assertEqual(0, found.exit_code)

    def test_one_that_no_longer_exists_is_reported_and_is_not_a_cause(self):
        self.start_microsoft()
        del self.dns.names['activation.sls.microsoft.com']
        self.assert_found(self.check(), 'reachable', '1 of 3', 'and the others are enough', 'NXDOMAIN')

    def test_all_of_them_have_to_answer_if_all_are_required(self):
        self.start_microsoft()
        del self.dns.names['activation.sls.microsoft.com']
        self.assert_found(self.check(require='all'), 'dns_not_found')

    def test_https_is_blocked_while_the_connectivity_test_of_windows_passes(self):
        self.start(WEB, 80, answer(200, 'Microsoft Connect Test'))
        found = self.check()
        self.assert_found(found, 'tcp_refused', '2 of 3', 'and none over HTTPS (port 443) is left')
        self.assertEqual('warning', found.severity)  # the server may have another path
        found = self.check(vantage='same_egress')
        self.assert_found(found, 'tcp_refused')
        self.assertEqual('critical', found.severity)

    def test_http_is_blocked_while_https_passes(self):
        self.start_microsoft()
        self.dns.names['www.msftconnecttest.com'] = ['198.51.100.11']
        self.assert_found(self.check(), 'tcp_refused', '1 of 3', 'and none over HTTP (port 80) is left')

    def test_nothing_answers(self):
        self.assert_found(self.check(), 'tcp_refused', '3 of 3')

    def test_a_captive_portal_answers_for_all(self):
        portal = certificates().issue('portal', 'DNS:portal.example.org')
        for address in (WEB, '198.51.100.11'):
            self.start(address, 80, answer(302, Location='http://portal.example.org/'))
            self.start(address, 443, answer(302, Location='http://portal.example.org/'), portal)
        found = self.check()
        self.assert_found(found, 'tls_name_mismatch', '3 of 3', 'http broken (HTTP 302')

    def test_an_open_alert_of_the_console_is_reported_with_them(self):
        self.start_microsoft()
        alerts = self.scratch / 'alerts.csv'
        alerts.write_text('title,severity,state\nGateway unreachable,Critical,Active\n')
        found = self.check(health_alerts_file=str(alerts))
        self.assert_found(found, 'health_alert_open', 'Gateway unreachable', 'all 3 endpoints')
        metrics = self.metrics(health_alerts_file=str(alerts))
        self.assertEqual(1, metrics.value('cal_health_alerts_open'))
        alerts.write_text('title,severity,state\nGateway unreachable,Critical,Resolved\n')
        self.assert_found(self.check(health_alerts_file=str(alerts)), 'reachable')

    def test_the_example_of_the_runbook_is_read(self):
        self.start_microsoft()
        example, = re.findall(r'```csv\n(.*?)```', RUNBOOK.read_text(), re.DOTALL)
        alerts = self.scratch / 'alerts.csv'
        alerts.write_text(example)
        found = self.check(health_alerts_file=str(alerts))
        self.assert_found(found, 'health_alert_open', 'Gateway does not answer', '2026-11-24')
        self.assertEqual(1, self.metrics(health_alerts_file=str(alerts)).value('cal_health_alerts_open'))
        alerts.write_text(example.splitlines()[0] + '\n')  # without an alert
        self.assert_found(self.check(health_alerts_file=str(alerts)), 'reachable')
