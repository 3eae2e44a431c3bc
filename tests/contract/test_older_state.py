"""The program continues with the state folder of 0.1.0, and keeps a copy of state that it cannot use."""

import datetime
import json
import pathlib
import shutil
import tempfile
import unittest

from contract.documents import sealed
from contract.test_contract import FIXTURE
from lab.agent import Agent, wait_until
from lab.event_lines import event_line

STATE = 'ebs.activation_events.state'
NEW_EVENT = event_line(5, 1000, datetime.datetime(2026, 11, 27, tzinfo=datetime.timezone.utc),
                       ['0x80004005', 'x'], computer='srv1.ebs.example.com')


def missing(after, before, path='state'):
    """What a reader of `before` does not find in `after`, or finds with another type."""
    if before is None or after is None:
        return []
    if not isinstance(after, type(before)):
        return [f'{path} is {after!r}']
    if isinstance(before, dict):
        return [gap for key, value in before.items() for gap in
                (missing_in_value(after[key], value, f'{path}.{key}') if key in after else [f'{path}.{key}'])]
    if isinstance(before, list):  # a tuple
        if len(after) < len(before):
            return [f'{path} has {len(after)} values']
        return [gap for at, value in enumerate(before) for gap in missing(after[at], value, f'{path}[{at}]')]
    return []


def missing_in_value(after, before, path):
    has_rows = isinstance(before, list) and isinstance(after, list) and before and isinstance(before[0], (dict, list))
    if not has_rows:
        return missing(after, before, path)
    return [gap for row in after for gap in missing(row, before[0], f'{path}[]')]


class OlderState(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.state = self.folder / 'state'
        self.state.mkdir()
        shutil.copyfile(FIXTURE / 'state' / 'events.jsonl', self.folder / 'events.jsonl')
        shutil.copyfile(FIXTURE / 'state' / STATE, self.state / STATE)
        self.before = self.saved()
        (self.folder / 'cal_exporter.yml').write_text(json.dumps({'networks': [{
            'name': 'ebs', 'probes': {'activation_events': {
                'source': {'jsonl': 'events.jsonl'}, 'interval': '1s', 'timeout': '1s'}}}]}))

    def saved(self):
        return json.loads((self.state / STATE).read_text().partition('\n')[2])

    def run_agent(self):
        """What it shows after a run, and its log."""
        agent = Agent(self.folder / 'cal_exporter.yml', self.folder / 'agent.log',
                      kind='activation_events', arguments=['--state.dir', str(self.state)])
        try:
            wait_until('a run', lambda: agent.get('/-/ready')[0] == 200)
            return agent.metrics(), agent.log()
        finally:
            agent.stop()

    def counts(self, metrics):
        return {(labels['source'], labels['event_id'], labels['cause']): value for labels, value
                in metrics.samples('cal_license_events_total') if value}

    def counts_before(self):
        return {tuple(key): value for key, value in self.before['counts'] if value}

    def assert_set_aside(self, content, reason):
        (self.state / STATE).write_text(content)
        _, log = self.run_agent()
        self.assertIn(reason, log)
        self.assertIn('set_aside_as', log)
        self.assertEqual(content, (self.state / f'{STATE}.set-aside-1').read_text())

    def test_nothing_is_counted_again(self):
        metrics, log = self.run_agent()
        self.assertEqual(self.counts_before(), self.counts(metrics))
        for family, key in (('cal_events_gap_total', 'gap'),
                            ('cal_events_unparsed_total', 'unparsed')):
            self.assertEqual(self.before[key], metrics.value(family))
        self.assertEqual(self.before['last_success'] // 10**9,
                         metrics.value('cal_activation_last_success_timestamp_seconds') // 1)
        self.assertNotIn('set_aside_as', log)

    def test_a_new_event_is_counted_on_top(self):
        with open(self.folder / 'events.jsonl', 'a') as events:
            events.write(NEW_EVENT)
        metrics, _ = self.run_agent()
        expected = self.counts_before()
        key = ('ebs_cal', '5', 'other')
        expected[key] = expected.get(key, 0) + 1
        self.assertEqual(expected, self.counts(metrics))
        for kind in ('failures', 'hints'):
            self.assert_saved_as_before(kind)

    def assert_saved_as_before(self, kind):
        """Each is there with what it had; a newer version may have added keys."""
        saved = self.saved()[kind]
        for before in self.before[kind]:
            self.assertTrue(any(before.items() <= after.items() for after in saved), before)

    def test_keys_that_are_not_known_are_skipped(self):
        self.before['added'] = {'by': ['a', 'later', 'version']}
        for failure in self.before['failures']:
            failure['added'] = 1
        (self.state / STATE).write_text(sealed(1, json.dumps(self.before)))
        metrics, log = self.run_agent()
        self.assertEqual(self.counts_before(), self.counts(metrics))
        self.assertNotIn('set_aside_as', log)

    def test_what_is_saved_has_all_that_0_1_0_reads(self):
        with open(self.folder / 'events.jsonl', 'a') as events:
            events.write(NEW_EVENT)
        self.run_agent()
        head = (self.state / STATE).read_text().split()[:3]
        self.assertEqual(['cal_exporter', 'state', '1'], head)
        self.assertEqual([], missing(self.saved(), self.before))

    def test_state_of_a_newer_version_is_set_aside(self):
        self.assert_set_aside(sealed(1000, json.dumps(self.before)), 'newer version')

    def test_state_that_the_probe_does_not_understand_is_set_aside(self):
        self.before['failures'][0]['cause'] = 'of_a_later_version'
        self.assert_set_aside(sealed(1, json.dumps(self.before)), 'does not understand')


if __name__ == '__main__':
    unittest.main()
