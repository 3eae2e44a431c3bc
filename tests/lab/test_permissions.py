"""directory_permissions against the security descriptors of a real directory."""

import datetime
import re
import time

from . import names
from .agent import Scraper
from .case import LabCase
from .faults import break_probe, fix_probe

PERMISSIONS = 'directory_permissions'


class Variants(LabCase):
    KIND = PERMISSIONS

    # variant, verdict, severity, reason, the words in the summary or the evidence
    CASES = [
        ('owner', 'present', 'warning', 'owner_not_system', ['Domain Admins', 'expected']),
        ('deny', 'present', 'critical', 'write_denied', ['► (D;;WP;;;SY)', 'write by SYSTEM with its groups']),
        ('remove', 'present', 'critical', 'write_denied', ['no entry grants', 'missing: ']),
        ('ace-only', 'clear', 'warning', 'granted_through_group', ['write by SYSTEM alone: denied']),
        ('attribute', 'present', 'warning', 'write_partly_denied',
         ['bf967950-0de6-11d0-a285-00aa003049e2']),
    ]

    def test_each_variant_has_its_reason_and_evidence_and_recovers(self):
        for variant, verdict, severity, reason, words in self.CASES:
            with self.subTest(variant):
                self.addCleanup(fix_probe, self.dc, PERMISSIONS)
                break_probe(self.dc, PERMISSIONS, variant)
                found = self.check()
                self.assert_found(found, verdict, reason, *words)
                self.assertEqual(severity, found.severity)
                fix_probe(self.dc, PERMISSIONS)
                self.assert_found(self.check(), 'clear', 'owner_and_rights_ok')

    def test_the_last_write_of_the_permissions_is_shown_with_its_time_and_domain_controller(self):
        self.addCleanup(fix_probe, self.dc, PERMISSIONS)
        before = time.time()
        break_probe(self.dc, PERMISSIONS, 'deny')
        evidence = self.check().evidence
        found = re.search(rf'^permissions last changed: {names.LICENSING_DN}: (.*) UTC, written on (\w+), version \d+$',
                          evidence, re.IGNORECASE | re.MULTILINE)
        self.assertIsNotNone(found, evidence)
        written = datetime.datetime.fromisoformat(found[1] + '+00:00').timestamp()
        self.assertAlmostEqual(before, written, delta=60)
        self.assertEqual(names.HOST, found[2].lower())
        # Inheritance leaves no trace, so the containers above are listed, too.
        self.assertIn(f'permissions last changed: {names.BASE_DN}: '.lower(), evidence.lower())

    def test_break_and_fix_show_while_serving(self):
        agent = self.serve()
        metrics = agent.wait_for('clear', 'owner_and_rights_ok')
        self.assertEqual(1, metrics.value('cal_directory_owner_matches'))
        with Scraper(agent) as scraper:
            self.addCleanup(fix_probe, self.dc, PERMISSIONS)
            for variant, verdict, _, reason, _ in self.CASES:
                break_probe(self.dc, PERMISSIONS, variant)
                metrics = agent.wait_for(verdict, reason)
                write = metrics.value('cal_directory_right_granted', trustee='system_token',
                                      right='write')
                self.assertEqual(0 if reason == 'write_denied' else 1, write)
                fix_probe(self.dc, PERMISSIONS)
                agent.wait_for('clear', 'owner_and_rights_ok')
        self.assertEqual([], scraper.failures)


class Objects(LabCase):
    KIND = PERMISSIONS

    def put_first(self, entries):
        """Inserts entries before those of the licensing object, until the end of the test."""
        with self.directory() as directory:
            before = directory.sddl(names.LICENSING_DN)
            directory.set_sddl(names.LICENSING_DN, before.replace('(', f'{entries}(', 1))
        self.addCleanup(self.restore, names.LICENSING_DN, before)

    def restore(self, dn, sddl):
        with self.directory() as directory:
            directory.set_sddl(dn, sddl)

    def test_an_object_that_does_not_exist_is_missing(self):
        found = self.check(probe={'object': 'CN=NoSuchConfig,CN=System'})
        self.assert_found(found, 'present', 'object_missing', 'CN=NoSuchConfig')
        self.assertEqual(2, found.exit_code)

    def test_an_object_in_a_missing_container_is_unknown(self):
        found = self.check(probe={'object': 'CN=x,CN=NoSuchContainer'})
        self.assert_found(found, 'unknown', 'object_not_visible')

    def test_without_read_control_the_descriptor_is_not_readable(self):
        with self.directory() as directory:
            monitor = directory.sid(names.test_dn(names.MONITOR))
        self.put_first(f'(D;;RC;;;{monitor})')
        self.assert_found(self.check(), 'unknown', 'descriptor_not_readable')

    def test_an_object_that_is_hidden_from_the_agent_is_not_visible(self):
        with self.directory() as directory:
            monitor = directory.sid(names.test_dn(names.MONITOR))
        self.put_first(f'(D;;RPLCLORC;;;{monitor})')
        self.assert_found(self.check(), 'unknown', 'object_not_visible')

    def test_a_name_with_special_characters_is_found(self):
        name = r'CN=Büro\, Nord \+ \"Süd\",CN=System'
        dn = f'{name},{names.BASE_DN}'
        with self.directory() as directory:
            directory.add(dn, objectClass='container')
            directory.set_sddl(dn, 'O:SYG:SYD:P(A;;GA;;;SY)(A;;RPLCLORC;;;AU)')
        self.addCleanup(self.delete, dn)
        self.assert_found(self.check(probe={'object': name}), 'clear', 'owner_and_rights_ok')

    def delete(self, dn):
        with self.directory() as directory:
            directory.delete(dn)

    def test_any_object_and_any_trustee_can_be_checked(self):
        license_servers = 'S-1-5-32-561'
        found = self.check(probe={
            'object': names.test_dn('alice'),
            'trustees': [{'sid': license_servers, 'extra_sids': ['S-1-5-11'], 'name': 'servers',
                          'object_type': '5805bc62-bdc9-4428-a5e2-856a0f4c185e'}]})
        self.assert_found(found, 'clear', 'owner_and_rights_ok', 'write by servers: granted')

    def test_a_long_list_of_entries_is_read_and_judged(self):
        entries = ''.join(f'(A;;RP;;;{names.DOMAIN_SID}-{rid})' for rid in range(5000, 6500))
        self.put_first(entries)
        self.assert_found(self.check(), 'clear', 'owner_and_rights_ok')
