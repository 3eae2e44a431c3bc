"""The base of the tests with a real Alertmanager that has the shipped configuration. Alerts are posted to it as
Prometheus does, without a Prometheus."""

import json
import pathlib
import re
import shutil
import tempfile
import unittest
import urllib.request

import yaml

from lab import monitoring
from lab.notifying import CONFIG, RULES
from lab.stand_ins import MailStandIn, WebStandIn

SOON = {'group_wait': '1s', 'group_interval': '2s'}


def shipped_alerts():
    """(name, severity) of every alert of the rules."""
    return [(rule['alert'], rule['labels']['severity']) for file in RULES
            for group in yaml.safe_load(file.read_text())['groups'] for rule in group['rules']
            if 'alert' in rule]


def alert(name, severity='warning', *, ended=False, **labels):
    """As Prometheus sends it: it started at 02:10, and ended at 03:00 or goes on."""
    times = {'startsAt': '2026-11-24T02:10:00Z'}
    if ended:
        times['endsAt'] = '2026-11-24T03:00:00Z'
    return {'labels': {'alertname': name, 'severity': severity, **labels}, **times,
            'annotations': {
                'summary': f'{name} is so.',
                'description': 'Reason: tls_expired.\nEvidence: <host> & more.\n'
                               'First step: Renew the certificate.',
                'runbook_url': f'https://cal.example.com/runbooks/{name}?network=ebs',
                'dashboard_url': '/d/cal-network?var-site=north&var-network=ebs'}}


class AlertmanagerCase(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        shutil.copytree(CONFIG / 'alertmanager', self.folder, dirs_exist_ok=True)
        self.web, self.mail = WebStandIn(), MailStandIn()
        self.addCleanup(self.web.close)
        self.addCleanup(self.mail.close)
        (self.folder / 'smtp-password').touch()
        (self.folder / 'slack-url').write_text(f'{self.web.url}/slack')
        (self.folder / 'pagerduty-key').write_text('key')
        self.alertmanager = monitoring.Alertmanager(self.folder)
        self.addCleanup(self.alertmanager.stop)
        self.alertmanager.start(yaml.safe_dump(self._configuration()).replace(
            '/etc/prometheus', str(self.folder)))

    def _configuration(self):
        """The shipped one, with our stand-ins behind the addresses, and shorter times."""
        shipped = yaml.safe_load((CONFIG / 'alertmanager/alertmanager.yml').read_text())
        shipped['global'] |= {'smtp_smarthost': self.mail.address, 'smtp_require_tls': False,
                              'pagerduty_url': f'{self.web.url}/pagerduty'}
        for receiver in shipped['receivers']:
            for webhook in receiver.get('webhook_configs', []):
                webhook['url'] = re.sub('^https://[^/]+', self.web.url, webhook['url'])
        shipped['route'] |= SOON
        for route in shipped['route']['routes']:
            route.pop('group_interval', None)
        return shipped

    def post(self, *alerts):
        request = urllib.request.Request(
            f'{self.alertmanager.url}/api/v2/alerts', json.dumps(alerts).encode(),
            {'Content-Type': 'application/json'})
        with urllib.request.urlopen(request, timeout=30) as answer:
            self.assertEqual(200, answer.status)
