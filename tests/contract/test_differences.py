"""The comparison itself: what it accepts, and what it reports."""

import unittest

from contract.differences import differences, entries_since, items_of

BEFORE = ['cal_probe_verdict: gauge {network, probe, verdict}', 'check --format: human|json',
          'directory.uri', 'activation_events log_missing: unknown warning',
          'exit code check (a cause is present): 2']
CHANGELOG = '''# Changelog

## 0.3.0 (unreleased)

{newest}
## 0.2.0 (2026-12-24)

{newer}
## 0.1.0 (2026-11-25)

- [CHANGE] `cal_probe_verdict` `check --format` `directory.uri` are of the past.
'''


def compared(now, newest='', newer='', before=None):
    changelog = CHANGELOG.format(newest=newest, newer=newer)
    return differences(items_of(before or BEFORE), items_of(now),
                       entries_since(changelog, '0.1.0'))


def changed(before, after):
    return [after if line == before else line for line in BEFORE if (after or line != before)]


class Differences(unittest.TestCase):
    def assert_needs(self, now, mark, item):
        """There must be one difference, which only an entry with that mark and that item accepts."""
        found = compared(now)
        self.assertEqual(1, len(found), found)
        self.assertIn(f'[{mark}] ... `{item}`', found[0])
        entry = f'- [{mark}] The item `{item}` is different.\n'
        self.assertEqual([], compared(now, newest=entry))
        self.assertEqual([], compared(now, newer=entry))
        for useless in (f'- [FIX] `{item}`\n', f'- [{mark}] {item}\n', f'`{item}`\n',
                        f'- [{mark}] `another_item`\n'):
            self.assertEqual(found, compared(now, newest=useless), useless)

    def test_equal_contracts(self):
        self.assertEqual([], compared(BEFORE))
        self.assertEqual([], compared(BEFORE[::-1]))

    def test_a_family_with_other_labels(self):
        self.assert_needs(changed(BEFORE[0], 'cal_probe_verdict: gauge {probe, verdict}'),
                          'CHANGE', 'cal_probe_verdict')

    def test_a_family_of_another_type(self):
        self.assert_needs(
            changed(BEFORE[0], 'cal_probe_verdict: counter {network, probe, verdict}'),
            'CHANGE', 'cal_probe_verdict')

    def test_a_removed_flag(self):
        now = changed(BEFORE[1], None)
        self.assert_needs(now, 'CHANGE', 'check --format')
        self.assertTrue(compared(now, newest='- [FEATURE] `check --format`\n'))

    def test_a_flag_with_fewer_words(self):
        self.assert_needs(changed(BEFORE[1], 'check --format: human'), 'CHANGE', 'check --format')

    def test_an_added_configuration_key(self):
        self.assert_needs([*BEFORE, 'directory.page_size'], 'FEATURE', 'directory.page_size')

    def test_another_severity_of_a_reason(self):
        self.assert_needs(changed(BEFORE[3], 'activation_events log_missing: unknown critical'),
                          'CHANGE', 'activation_events log_missing')

    def test_another_exit_code(self):
        self.assert_needs(changed(BEFORE[4], 'exit code check (a cause is present): 4'),
                          'CHANGE', 'exit code check')

    def test_a_rename_needs_both(self):
        now = changed(BEFORE[2], 'directory.uris')
        self.assertEqual(2, len(compared(now)))
        self.assertEqual([], compared(
            now, newest='- [CHANGE] `directory.uri` is now\n  called `directory.uris`.\n'))

    def test_the_name_of_something_new_accepts_its_parts(self):
        now = [*BEFORE, 'new_probe no_server: present critical', 'new_probe.max_age']
        self.assertEqual(2, len(compared(now)))
        self.assertEqual([], compared(now, newest='- [FEATURE] `new_probe`: a question.\n'))

    def test_the_name_of_something_that_exists_accepts_no_part(self):
        now = [*BEFORE, 'activation_events log_rotated: unknown warning']
        self.assertEqual(1, len(compared(now, newest='- [FEATURE] `activation_events`.\n')))

    def test_the_name_of_something_removed_accepts_its_parts(self):
        before = [*BEFORE, 'old_probe no_server: present critical', 'old_probe.max_age']
        self.assertEqual(2, len(compared(BEFORE, before=before)))
        self.assertEqual([], compared(BEFORE, '- [CHANGE] `old_probe` is gone.\n', before=before))

    def test_words_of_a_key_may_be_separate(self):
        now = [*BEFORE, 'activation_events log_rotated: unknown warning']
        self.assertEqual([], compared(
            now, newest='- [FEATURE] `activation_events` has the reason `log_rotated`.\n'))

    def test_two_items_with_one_name(self):
        with self.assertRaises(ValueError):
            items_of(['a: 1', 'a: 2'])


if __name__ == '__main__':
    unittest.main()
