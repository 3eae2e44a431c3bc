"""The examples in config/prometheus and config/alertmanager: the programs accept them, alerts are routed as
the comments say, and the template shows what a reader needs."""

import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import yaml

from lab.certificates import Authority
from lab.phone import Notification

PROJECT = pathlib.Path(__file__).parents[2]


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=120)
    return done.returncode, done.stdout, done.stderr


class Installed(unittest.TestCase):
    """The files as installed on a server, with the files that they reference."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        for source in ('prometheus', 'alertmanager'):
            shutil.copytree(PROJECT / 'config' / source, self.folder, dirs_exist_ok=True)


class Prometheus(Installed):
    def setUp(self):
        super().setUp()
        shutil.copytree(PROJECT / 'dashboards/rules', self.folder / 'rules')
        authority = Authority(self.folder / 'tls')
        for link, target in zip(('prometheus.pem', 'prometheus.key'),
                                authority.issue('client', 'DNS:x', usage='clientAuth')):
            (self.folder / 'tls' / link).symlink_to(target)
        for name in ('password', 'store-password'):
            (self.folder / 'tls' / name).touch()

    def test_promtool_accepts_every_configuration(self):
        for name, rules in (('prometheus.yml', 3), ('many_sites.yml', 5)):
            with self.subTest(name):
                code, said, wrong = run('promtool', 'check', 'config', self.folder / name)
                self.assertEqual(0, code, said + wrong)
                self.assertIn(f'{rules} rule files found', said)

    def test_promtool_accepts_the_files_of_sites(self):
        code, said, wrong = run('promtool', 'check', 'service-discovery',
                                self.folder / 'many_sites.yml', 'cal_exporter')
        self.assertEqual(0, code, said + wrong)
        labels = json.loads(said)[0]['labels']
        self.assertEqual('berlin', labels['site'])
        self.assertEqual('https', labels['__scheme__'])


class Alertmanager(Installed):
    def setUp(self):
        super().setUp()
        self.configuration = self.folder / 'alertmanager.yml'
        (self.folder / 'smtp-password').touch()
        (self.folder / 'slack-url').write_text('https://hooks.example.com/services/x')

    def test_amtool_accepts_it(self):
        code, said, wrong = run('amtool', 'check-config', self.configuration)
        self.assertEqual(0, code, said + wrong)
        self.assertIn('1 templates', said)

    def test_alerts_go_to_the_right_receivers(self):
        for labels, receiver in (
                ('network=ebs severity=warning', 'licensing_team'),
                ('network=ebs severity=critical', 'on_call'),
                ('site=berlin network=ebs severity=warning', 'berlin_team'),
                ('site=berlin network=ebs severity=critical', 'berlin_on_call'),
                ('alertname=CalAgentDown site=berlin severity=critical', 'monitoring_team'),
                ('alertname=CalReloadFailed severity=warning', 'monitoring_team'),
                ('alertname=CalSiteMissing site=berlin severity=critical', 'monitoring_team'),
                ('alertname=CalProbeRemoved site=berlin network=ebs', 'monitoring_team'),
                ('alertname=CalNetworkPaused site=berlin network=ebs', 'monitoring_team'),
                ('alertname=CalSharedCause severity=warning', 'provider'),
                ('alertname=CalWatchdog severity=none', 'dead_mans_switch'),
                ('alertname=Another', 'licensing_team')):
            with self.subTest(labels):
                code, said, wrong = run('amtool', 'config', 'routes', 'test', *labels.split(),
                                        f'--config.file={self.configuration}')
                self.assertEqual((0, receiver), (code, said.strip()), wrong)

    def test_every_receiver_is_notified_when_an_alert_is_resolved(self):
        for receiver in yaml.safe_load(self.configuration.read_text())['receivers']:
            for kind, ways in receiver.items():
                if kind != 'name' and receiver['name'] != 'dead_mans_switch':
                    self.assertTrue(all(way['send_resolved'] for way in ways), receiver)



def an_alert(number, status='firing', severity='warning', **labels):
    return {'status': status, 'startsAt': '2026-11-24T02:10:00Z', 'endsAt': '2026-11-24T03:00:00Z',
            'labels': {'severity': severity, **(labels or {'network': 'ebs'})},
            'annotations': {'summary': f'It is {number}.', 'description': 'Reason: r',
                            'runbook_url': f'http://agent1:10105/runbooks/{number}',
                            'dashboard_url': '/d/cal-network?var-network=ebs'}}


class Template(Installed):
    """What test_receivers.py does not show: which of several alerts a subject names, and the lab's phone."""

    def render(self, name, *alerts, status='firing', labels=None):
        data = self.folder / 'data.json'
        data.write_text(json.dumps({'status': status, 'alerts': alerts, 'externalURL': 'http://am',
                                    'commonLabels': labels or {'network': 'ebs'}}))
        code, said, wrong = run('amtool', 'template', 'render', f'--template.data={data}',
                                f'--template.glob={self.folder / "cal_exporter.tmpl"}',
                                '--template.type=text',
                                '--template.text={{ template "%s" . }}' % name)
        self.assertEqual(0, code, wrong)
        return said.strip()

    def test_the_subject_names_the_worst_that_fires_and_never_what_is_over(self):
        over = an_alert(0, 'resolved', 'critical')
        for alerts, subject in (
                ([an_alert(1)], '[WARNING] ebs: It is 1.'),
                ([over, an_alert(1)], '[WARNING] ebs: It is 1.'),
                ([an_alert(1), an_alert(2, severity='critical'), over],
                 '[CRITICAL] ebs: It is 2. (2 alerts)'),
                ([an_alert(1, severity='critical'), an_alert(2, severity='critical')],
                 '[CRITICAL] ebs: It is 1. (2 alerts)')):
            with self.subTest(subject):
                self.assertEqual(subject, self.render('cal.subject', *alerts))
                runbook = subject.partition('It is ')[2][0]
                self.assertEqual(f'http://agent1:10105/runbooks/{runbook}',
                                 self.render('cal.link', *alerts))
        self.assertEqual('[RESOLVED] ebs: over: It is 0.',
                         self.render('cal.subject', over, status='resolved'))

    def test_the_subject_names_the_place(self):
        for labels, place in (({'site': 'berlin', 'network': 'ebs'}, 'berlin/ebs'),
                              ({'site': 'berlin', 'instance': 'agent1:10105'}, 'berlin/agent1:10105'),
                              ({'instance': 'agent1:10105'}, 'agent1:10105'),
                              ({'cause': 'tls_expired', 'object': 'host'}, 'host'),
                              ({'site': 'berlin'}, 'berlin'), ({'x': 'y'}, 'monitoring')):
            with self.subTest(place):
                self.assertEqual(f'[WARNING] {place}: It is 1.',
                                 self.render('cal.subject', an_alert(1, **labels), labels=labels))

    def test_the_phone_of_the_lab_shows_what_the_templates_do(self):
        over = an_alert(0, 'resolved')
        shown = str(Notification(0.0, 'on_call', 'firing', 'ebs', [an_alert(1), over]))
        self.assertIn('  firing since 2026-11-24 02:10 UTC: It is 1.\n    Reason: r\n', shown)
        self.assertTrue(shown.endswith('  over: It is 0.\n    From 2026-11-24 02:10 UTC to 2026-11-24 03:00 UTC; '
                                       'nothing is left to repair.'), shown)

    def test_an_alert_without_a_runbook_shows_none_and_links_to_alertmanager(self):
        alert = an_alert(1)
        del alert['annotations']['runbook_url']
        self.assertNotIn('Runbook', self.render('cal.text', alert))
        self.assertEqual('http://am', self.render('cal.link', alert))
