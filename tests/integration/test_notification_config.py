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
        for name in ('prometheus.yml', 'many_sites.yml'):
            with self.subTest(name):
                code, said, wrong = run('promtool', 'check', 'config', self.folder / name)
                self.assertEqual(0, code, said + wrong)
                self.assertIn('1 rule files found', said)

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
                ('network=berlin severity=warning', 'berlin_team'),
                ('network=berlin severity=critical', 'berlin_on_call'),
                ('alertname=CalAgentDown severity=critical', 'monitoring_team'),
                ('alertname=CalReloadFailed severity=warning', 'monitoring_team'),
                ('alertname=Another', 'licensing_team')):
            with self.subTest(labels):
                code, said, wrong = run('amtool', 'config', 'routes', 'test', *labels.split(),
                                        f'--config.file={self.configuration}')
                self.assertEqual((0, receiver), (code, said.strip()), wrong)

    def test_every_receiver_is_notified_when_an_alert_is_resolved(self):
        for receiver in yaml.safe_load(self.configuration.read_text())['receivers']:
            for kind, ways in receiver.items():
                if kind != 'name':
                    self.assertTrue(all(way['send_resolved'] for way in ways), receiver)


ALERT = {
    'status': 'firing', 'labels': {'severity': 'critical'},
    'annotations': {'summary': 'It is so.', 'runbook_url': 'http://agent1:10105/runbooks/x',
                    'dashboard_url': '/d/cal-network?var-network=ebs',
                    'description': 'Reason: r\nEvidence: <e>\nFirst step: f'}}


class Template(Installed):
    def render(self, name, *alerts, status='firing', labels=None, kind='text'):
        data = self.folder / 'data.json'
        data.write_text(json.dumps({'status': status, 'alerts': alerts,
                                    'commonLabels': labels or {'network': 'ebs'}}))
        code, said, wrong = run('amtool', 'template', 'render', f'--template.data={data}',
                                f'--template.glob={self.folder / "cal_exporter.tmpl"}',
                                f'--template.type={kind}',
                                '--template.text={{ template "%s" . }}' % name)
        self.assertEqual(0, code, wrong)
        return said.strip()

    def test_the_subject(self):
        self.assertEqual('[CRITICAL] ebs: It is so.', self.render('cal.subject', ALERT))
        self.assertEqual('[CRITICAL] ebs: It is so. (2 alerts)',
                         self.render('cal.subject', ALERT, ALERT))
        self.assertEqual('[RESOLVED] ebs: It is so.',
                         self.render('cal.subject', ALERT, status='resolved'))
        self.assertEqual('[CRITICAL] agent1:10105: It is so.', self.render(
            'cal.subject', ALERT, labels={'instance': 'agent1:10105'}))

    def test_the_text_has_cause_evidence_step_and_links(self):
        text = '''It is so.
Reason: r
Evidence: <e>
First step: f
Runbook: http://agent1:10105/runbooks/x
Dashboard: https://grafana.example.com/d/cal-network?var-network=ebs'''
        resolved = {**ALERT, 'status': 'resolved'}
        self.assertEqual(f'{text}\n\nResolved: {text}', self.render('cal.text', ALERT, resolved))

    def test_the_mail_escapes_what_it_shows(self):
        mail = self.render('cal.html', ALERT, kind='html')
        self.assertIn('<h3>It is so.</h3>', mail)
        self.assertIn('Evidence: &lt;e&gt;', mail)
        self.assertIn('<a href="http://agent1:10105/runbooks/x">', mail)
        self.assertIn('<a href="https://grafana.example.com/d/cal-network?var-network=ebs">', mail)

    def test_an_alert_without_a_runbook_shows_none(self):
        annotations = {**ALERT['annotations']}
        del annotations['runbook_url']
        self.assertNotIn('Runbook', self.render('cal.text', {**ALERT, 'annotations': annotations}))
        self.assertEqual('http://agent1:10105/runbooks/x', self.render('cal.link', ALERT))
