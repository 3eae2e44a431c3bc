"""The alerts in dashboards/rules: Prometheus accepts them, each has tests, and each has what a reader needs."""

import functools
import pathlib
import re
import subprocess
import unittest

import yaml

PROJECT = pathlib.Path(__file__).parents[2]
FOLDER = PROJECT / 'dashboards/rules'
RULES = sorted(FOLDER.glob('*.yml'))
ROSTER = PROJECT / 'config/prometheus/roster.yml'
TESTS = sorted((FOLDER / 'test').glob('*.yml'))
# Not about a network: they have no runbook.
OF_THE_AGENT = {'CalAgentDown', 'CalReloadFailed'}
OF_ALL = {'CalNoAgent', 'CalSiteMissing', 'CalWatchdog', 'CalSharedCause'}
WITHOUT_RUNBOOK = OF_THE_AGENT | OF_ALL | {'CalProbeRemoved', 'CalNetworkPaused'}  # no probe, no page
COMMAND = re.compile(r'`[^`]* |systemctl|cal_exporter --|PowerShell|Get-\w+|dsacls')


@functools.cache
def rules():
    return [rule for file in RULES for group in yaml.safe_load(file.read_text())['groups']
            for rule in group['rules']]


def alerts():
    return [rule for rule in rules() if 'alert' in rule]


def promtool(*arguments):
    done = subprocess.run(['promtool', *map(str, arguments)], capture_output=True, text=True,
                          timeout=120)
    return done.returncode, done.stdout + done.stderr


class Rules(unittest.TestCase):
    def test_prometheus_accepts_them(self):
        code, said = promtool('check', 'rules', ROSTER, *RULES)
        self.assertEqual(0, code, said)

    def test_their_promtool_tests_pass(self):
        self.assertTrue(TESTS)
        for file in TESTS:
            with self.subTest(file.name):
                code, said = promtool('test', 'rules', file)
                self.assertEqual(0, code, said)

    def test_each_alert_fires_in_a_test_and_neither_just_before_nor_after(self):
        seen = {}  # alert and severity: whether it fires at each time of a test, in order
        for test in (test for file in TESTS for test in yaml.safe_load(file.read_text())['tests']):
            for alert in alerts():
                key = alert['alert'], alert['labels']['severity']
                checks = [any(expected['exp_labels']['severity'] == key[1]
                              for expected in check['exp_alerts'])
                          for check in test.get('alert_rule_test', []) if check['alertname'] == key[0]]
                if any(checks):
                    seen.setdefault(key, []).append(checks)
        for alert in alerts():
            key = alert['alert'], alert['labels']['severity']
            with self.subTest(key):
                if key[0] == 'CalWatchdog':
                    self.assertEqual([[True]], seen[key])
                else:
                    self.assertTrue(any(not checks[0] and not checks[-1] for checks in seen.get(key, [])),
                                    f'{key[0]} ({key[1]}) has no test that starts and ends without it and '
                                    'fires between; add one to dashboards/rules/test/*.yml')

    def test_they_name_only_metrics_that_the_agent_has(self):
        code = ''.join(file.read_text() for folder in ('agent', 'probes')
                       for file in (PROJECT / folder).rglob('*.[ch]*'))
        known = set(re.findall(r'"(cal_[a-z_]+)"', code))
        text = ''.join(file.read_text() for file in RULES)
        text = re.sub(r'\w+:cal_[a-z_]+:\w+', '', text)  # recorded ones
        asked = set(re.findall(r'\b(cal_[a-z_]+)(?=[{\[ )])', text)) - {'cal_exporter', 'cal_roster'}
        self.assertGreater(len(asked), 20)
        self.assertEqual(set(), asked - known)


class Conventions(unittest.TestCase):
    def each(self):
        for alert in alerts():
            with self.subTest(f'{alert["alert"]} {alert["labels"]["severity"]}'):
                yield alert, alert['annotations']

    def test_names_and_severities(self):
        for alert, _ in self.each():
            self.assertRegex(alert['alert'], r'^Cal([A-Z][a-z]+)+$')
            self.assertIn(alert['labels']['severity'], ('warning', 'critical', 'none'))
            self.assertEqual({'severity'}, alert['labels'].keys())

    def test_each_has_the_reason_the_evidence_and_the_first_step(self):
        for alert, annotations in self.each():
            if alert['alert'] != 'CalSharedCause':  # its summary has the number
                self.assertRegex(annotations['summary'], r'^[A-Z][^{}]+\.$')
            self.assertRegex(annotations['description'],
                             r'(?s)Reason:.+\nEvidence:.+\nFirst step: '
                             r'([A-Z].+\.|\{\{ with .+ \}\}.+\{\{ else \}\}[A-Z].+\.\{\{ end \}\}( [A-Z].+\.)?)$')

    def test_links_lead_to_a_runbook_and_a_dashboard_that_exist(self):
        runbooks = {folder.name for folder in (PROJECT / 'probes').iterdir()
                    if (folder / f'{folder.name}.cpp').exists()}
        for alert, annotations in self.each():
            self.assertRegex(annotations['dashboard_url'], r'^/d/cal-(network|agent|overview)\?var-')
            if alert['alert'] in WITHOUT_RUNBOOK:
                self.assertNotIn('runbook_url', annotations)
                continue
            page, _, query = annotations['runbook_url'].rpartition('/runbooks/')[2].partition('?')
            self.assertEqual('network={{ $labels.network | urlquery }}', query)
            self.assertIn(page, runbooks | {'{{ $labels.probe }}'})

    def test_no_alert_depends_on_the_growth_of_a_counter(self):
        # A counter that starts high, when the agent first reads an old log, does not grow.
        for alert, _ in self.each():
            self.assertNotRegex(alert['expr'], r'\b(increase|rate|irate|delta)\(')

    def test_each_is_in_the_readme(self):
        readme = (FOLDER / 'README.md').read_text()
        for alert, _ in self.each():
            self.assertTrue(f'`{alert["alert"]}`' in readme,
                            f'add {alert["alert"]} to the table in dashboards/rules/README.md')

    def test_none_contains_a_command(self):
        for _, annotations in self.each():
            self.assertNotRegex(annotations['description'], COMMAND)

    def test_alerts_about_a_network_keep_the_site_and_drop_the_agent(self):
        for alert, _ in self.each():
            if alert['alert'] in OF_THE_AGENT | OF_ALL:
                continue
            for labels in re.findall(r'\bby \(([^)]*)\)', alert['expr']):
                self.assertEqual(['site', 'network'], labels.split(', ')[:2], alert['expr'])
                self.assertNotIn('instance', labels)
            self.assertTrue(' by (' in alert['expr'] or ':cal_' in alert['expr'], alert['expr'])

    def test_every_comparison_of_series_includes_the_site(self):
        for rule in rules():
            for labels in re.findall(r'\bon \(([^)]*)\)', rule['expr']):
                self.assertEqual('site', labels.split(', ')[0], rule['expr'])
