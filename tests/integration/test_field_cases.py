"""Inputs like those that people have (tests/data), and the right answer of the whole program to each. A file that
cannot be read is never clear."""

import json
import subprocess
import unittest

from lab.agent import binary

from .field_case import CLOCK, DATA, FieldCase

EVENTS = [
    ('garbage.txt', 'unknown', 'log_not_understood', ['line 1 is text']),
    ('otel_windowseventlog.jsonl', 'present', 'activation_failed',
     ['event 18 at 2026-11-25 09:00:00 UTC on LS1.corp.example.com',
      'the license server is not activated']),
    ('rcm.ndjson', 'present', 'users_refused',
     ['event 50282 at 2026-11-25 09:00:00 UTC on RDSH1.corp.example.com: the host has no license server',
      'event 50280 at 2026-11-25 09:00:01 UTC on RDSH1.corp.example.com: the host refuses users',
      'event 1128 at 2026-11-25 09:00:02 UTC on RDSH1.corp.example.com: the host refuses users',
      'event 1068 at 2026-11-25 09:00:03 UTC on RDSH1.corp.example.com: the host\'s licensing mode']),
    ('winlogbeat_userdata.ndjson', 'present', 'assignment_failed',
     ['0x80070005, access was denied', 'last for user CORP\\bob', '2 since 2026-11-25 09:00:00 UTC']),
    ('winlogbeat_ja.ndjson', 'present', 'assignment_failed',
     ['0x80070005, access was denied', 'for user CORP\\alice']),
]

EVTX = [
    ('ok_then_fail_exported.evtx', 'present', 'activation_failed',
     ['event 5 at 2026-11-25 09:00:00 UTC', 'last activation: 2026-11-16 09:00:00 UTC']),
    ('one_exported.evtx', 'present', 'activation_failed', ['event 5 at 2026-11-25 09:00:00 UTC']),
    # Five years ago, so that it is reported and no longer counts.
    ('forwarded_1069.evtx', 'clear', 'failure_expired',
     ['event 1069 at 2021-12-16 10:25:32 UTC on pki01.offsec.lan: the host\'s grace period is over']),
    ('4105_userdata.evtx', 'present', 'assignment_failed',
     ['event 4105', 'user CORP\\', '0x80070005, access was denied']),
]

TABLES = [
    ('license_compliance', {'key_packs_file': 'win51_enUS.csv'}, 'present', 'none_installed',
     ['100 licenses are not counted: expired between']),
    ('license_compliance', {'inventory_file': 'cr_only.csv'}, 'clear', 'compliant',
     ['EBS CAL Suite']),
    ('license_compliance', {'inventory_file': 'error_line.csv'}, 'unknown', 'inventory_unreadable',
     ['line 1: there is no column edition']),
    ('license_compliance', {'inventory_file': 'win51_enUS.csv'}, 'unknown', 'inventory_unreadable',
     ['line 1: there is no column edition']),
    ('license_compliance', {'key_packs_file': 'error_line.csv'}, 'unknown', 'inventory_unreadable',
     ['line 1: there is no column ProductVersionID']),
    ('pack_already_installed', {'history_file': 'error_line.csv', 'planned_key_file': 'next.key'},
     'unknown', 'history_unreadable', ['line 1: there is no column product_key']),
    ('pack_already_installed', {'history_file': 'win51_enUS.csv', 'planned_key_file': 'next.key'},
     'unknown', 'history_unreadable', ['line 1: there is no column product_key']),
]


class Files(FieldCase):
    def test_json_lines(self):
        for name, *answer, words in EVENTS:
            with self.subTest(name):
                self.assert_answer(self.events(self.copy(f'events/{name}')), *answer, *words)

    def test_a_series_of_files_by_each_of_its_names(self):
        for name in ('licensing_events-20261125.ndjson', 'licensing_events-20261125-1.ndjson'):
            self.copy(f'events/{name}')
        for source in ('licensing_events', 'licensing_events-*.ndjson', ''):
            with self.subTest(source):
                found = self.events(self.folder / source)
                self.assert_answer(found, 'present', 'assignment_failed',
                                   'event 4105 at 2026-11-25 09:00:00 UTC on LS1.corp.example.com')
                self.assertNotIn('since', found.summary)  # counted once

    def test_event_log_files(self):
        for name, *answer, words in EVTX:
            with self.subTest(name):
                self.assert_answer(self.events(self.copy(f'evtx/{name}'), 'evtx'), *answer, *words)

    def test_tables(self):
        for kind, files, *answer, words in TABLES:
            with self.subTest(str(files)):
                copies = {key: str(self.copy(f'inventory/{name}')) for key, name in files.items()}
                self.assert_answer(self.check(kind, **copies), *answer, *words)

    def test_security_descriptors(self):
        wrong = [line.split('\t') for line in (DATA / 'access/sddl-wrong.tsv').read_text().splitlines()
                 if line and not line.startswith('#')]
        for sddl, sid, mask, answer, *_ in wrong:
            with self.subTest(sddl):
                self.assertEqual(answer.split()[0], self.access(sddl, sid, mask))
        for sddl in (DATA / 'access/sddl-accepted-by-windows.txt').read_text().splitlines():
            with self.subTest(sddl):
                self.assertIn(self.access(sddl, 'AU', '0x1'), ('granted', 'denied', 'unknown'))

    def access(self, sddl, sid, mask):
        done = subprocess.run(
            [binary(), 'access-check', '--sddl', sddl, '--sid', sid, '--mask', mask,
             '--domain-sid', 'S-1-5-21-1-2-3'], capture_output=True, text=True, timeout=60)
        self.assertEqual('', done.stderr)
        return done.stdout.split()[0].rstrip(':').lower()

    def test_a_certificate_that_cannot_sign_is_refused(self):
        web = self.folder / 'web.yml'
        web.write_text(json.dumps({'tls_server_config': {
            'cert_file': str(DATA / 'network/10-keyEncipherment.crt'),
            'key_file': str(DATA / 'network/10-keyEncipherment.key')}}))
        config = self.folder / 'cal_exporter.yml'
        config.write_text('networks: [{name: a, probes: {internet_connectivity: {}}}]')
        done = subprocess.run([binary(), '--config.check', '--config.file', str(config),
                               '--web.config.file', str(web)],
                              capture_output=True, text=True, timeout=60, env=CLOCK)
        self.assertNotEqual(0, done.returncode)
        self.assertIn('does not allow digitalSignature', done.stdout + done.stderr)


if __name__ == '__main__':
    unittest.main()
