"""Conventions for Grafana dashboards: the 17 rules of dashboard-linter, and our own."""

import copy
import json
import re
import unittest

import yaml

from .files import DASHBOARDS, FOLDER, NAMES, dashboard, source
from .lint import RULES, panels_of

PROVISIONING = FOLDER / 'grafana'


def excluded(rule):
    """(title of the dashboard, beginning of the message) that .lint excludes from a rule."""
    entries = yaml.safe_load((DASHBOARDS / '.lint').read_text())['exclusions'].get(rule, {})
    return [(each['dashboard'], f'{each["panel"]}, target {each["targetIdx"]}')
            for each in entries.get('entries', [])]


def change(dashboard, path, value):
    """Sets the element at `path` (keys and indexes) to the value."""
    *parents, last = path
    for key in parents:
        dashboard = dashboard[key]
    dashboard[last] = value


def mappings_of(dashboard):
    for panel in panels_of(dashboard):
        yield from panel['fieldConfig']['defaults']['mappings']
        for override in panel['fieldConfig']['overrides']:
            for each in override['properties']:
                if each['id'] == 'mappings':
                    yield from each['value']


# A violation of each rule, in the network dashboard.
FIRST = ('panels', 0)
QUERY = (*FIRST, 'targets', 0)
VIOLATIONS = {
    'template-datasource-rule': (('templating', 'list', 0, 'label'), 'Source'),
    'template-job-rule': (('templating', 'list', 1, 'allValue'), '.*'),
    'template-instance-rule': (('templating', 'list', 2, 'multi'), False),
    'template-label-promql-rule': (('templating', 'list', 1, 'query'), {'query': 'up'}),
    'template-on-time-change-reload-rule': (('templating', 'list', 2, 'refresh'), 1),
    'panel-datasource-rule': ((*FIRST, 'datasource', 'uid'), 'prometheus'),
    'panel-title-description-rule': ((*FIRST, 'description'), ''),
    'panel-units-rule': ((*FIRST, 'fieldConfig', 'defaults', 'unit'), 'seconds'),
    'panel-no-targets-rule': ((*FIRST, 'targets'), []),
    'target-logql-rule': ((*QUERY, 'datasource', 'type'), 'loki'),
    'target-logql-auto-rule': ((*QUERY, 'datasource', 'type'), 'loki'),
    'target-promql-rule': ((*QUERY, 'expr'), 'sum(up'),
    'target-rate-interval-rule': ((*QUERY, 'expr'), 'rate(process_cpu_seconds_total[5m])'),
    'target-job-rule': ((*QUERY, 'expr'), 'up{instance=~"$instance"}'),
    'target-instance-rule': ((*QUERY, 'expr'), 'cal_probe_verdict'),
    'target-counter-agg-rule': ((*QUERY, 'expr'), 'sum(cal_events_gap_total{})'),
    'uneditable-dashboard-rule': (('editable',), True),
}


class Conventions(unittest.TestCase):
    def test_every_rule_holds(self):
        for name in NAMES:
            made = dashboard(name)
            for rule, violations in RULES.items():
                allowed = [beginning for title, beginning in excluded(rule) if title == made['title']]
                with self.subTest(dashboard=name, rule=rule):
                    self.assertEqual(allowed, [
                        next((each for each in allowed if message.startswith(each)), message)
                        for message in violations(made)])

    def test_every_rule_finds_its_violation(self):
        self.assertEqual(RULES.keys(), VIOLATIONS.keys())
        good = dashboard('network')
        for rule, (path, value) in VIOLATIONS.items():
            with self.subTest(rule):
                bad = copy.deepcopy(good)
                change(bad, path, value)
                self.assertGreater(len(list(RULES[rule](bad))), len(list(RULES[rule](good))))

    def test_two_agents_on_one_network_do_not_double_a_sum(self):
        """A sum or count of what a network has is over one value per network: max, min or group by comes first."""
        doubled = re.compile(r'\b(?:sum|count)(?: by \([^)]*\))? ?\(\s*(?:1 - |increase\(|rate\()*'
                             r'cal_\w+\{[^}]*network=~')
        self.assertTrue(doubled.search('sum by (cause) (increase(cal_events_total{network=~"$network"}'))
        for name in NAMES:
            for panel in panels_of(dashboard(name)):
                for target in panel.get('targets', []):
                    with self.subTest(dashboard=name, panel=panel['title']):
                        self.assertNotRegex(target['expr'], doubled)

    def test_the_files_match_their_source(self):
        made = source('__main__')
        for file in made.DASHBOARDS:
            self.assertTrue((DASHBOARDS / file).read_text() == made.text_of(file),
                            f'{file} differs from its source: cd dashboards && python3 -m source')

    def test_the_uids_that_links_and_alerts_use_exist(self):
        self.assertEqual(['cal-overview', 'cal-network', 'cal-farm', 'cal-agent'],
                         [dashboard(name)['uid'] for name in NAMES])
        for name in NAMES:
            for uid in re.findall(r'"/d/([^/?"]+)', json.dumps(dashboard(name))):
                self.assertIn(uid, [dashboard(each)['uid'] for each in NAMES])

    def test_every_colored_value_has_a_word(self):
        for name in NAMES:
            words = [word for mapping in mappings_of(dashboard(name))
                     for word in mapping['options'].values()]
            self.assertTrue(words)
            for word in words:
                self.assertTrue(word['text'], word)

    def test_panels_do_not_overlap(self):
        for name in NAMES:
            taken = set()
            for panel in dashboard(name)['panels']:
                at = panel['gridPos']
                cells = {(x, y) for x in range(at['x'], at['x'] + at['w'])
                         for y in range(at['y'], at['y'] + at['h'])}
                self.assertLessEqual(at['x'] + at['w'], 24, panel['title'])
                self.assertFalse(taken & cells, panel['title'])
                taken |= cells

    def test_panel_ids_are_unique(self):
        for name in NAMES:
            ids = [panel['id'] for panel in panels_of(dashboard(name))]
            self.assertEqual(len(ids), len(set(ids)))


class Provisioning(unittest.TestCase):
    """The files that README.md copies to /etc/grafana/provisioning."""

    def test_the_provider_reads_the_folder_that_is_copied_with_it(self):
        provider, = yaml.safe_load((PROVISIONING / 'dashboards' / 'cal_exporter.yml')
                                   .read_text())['providers']
        self.assertEqual('file', provider['type'])
        copied = provider['options']['path'].removeprefix('/etc/grafana/provisioning/')
        self.assertEqual(DASHBOARDS, PROVISIONING / copied)

    def test_the_data_source_is_a_prometheus(self):
        source, = yaml.safe_load((PROVISIONING / 'datasources' / 'cal_exporter.yml')
                                 .read_text())['datasources']
        self.assertEqual('prometheus', source['type'])


if __name__ == '__main__':
    unittest.main()
