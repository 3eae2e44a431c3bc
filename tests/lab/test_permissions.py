"""directory_permissions against every way in which `./run break` spoils the licensing container."""

from . import names
from .agent import PERMISSIONS, Scraper
from .case import LabCase
from .faults import break_probe, fix_probe

SHOWN_TO_ADMINISTRATORS_ONLY = 'O:SYG:DAD:P(A;;0xf01ff;;;DA)(A;;0xf01ff;;;SY)'


class Permissions(LabCase):
    # variant of the fault, verdict, reason, exit code of `check`, words of the evidence
    CASES = [
        ('owner', 'present', 'owner_not_system', 1, 'Domain Admins'),
        ('deny', 'present', 'write_denied', 2, '(D;;WP;;;SY)'),
        ('remove', 'present', 'write_denied', 2, 'WP'),
        ('ace-only', 'clear', 'granted_through_group', 1, 'Administrators'),
        ('attribute', 'present', 'write_partly_denied', 1, 'bf967950-0de6-11d0-a285-00aa003049e2'),
    ]

    def look(self, **probe):
        return self.check(kind=PERMISSIONS, probe=probe)

    def test_as_seeded_system_owns_the_container_and_may_write_it(self):
        found = self.look()
        self.assert_found(found, 'clear', 'owner_and_rights_ok')
        self.assertEqual(0, found.exit_code)

    def test_each_fault_gets_its_verdict_reason_and_evidence(self):
        self.addCleanup(fix_probe, self.dc, PERMISSIONS)
        for variant, verdict, reason, exit_code, words in self.CASES:
            with self.subTest(variant):
                break_probe(self.dc, PERMISSIONS, variant)
                found = self.look()
                self.assert_found(found, verdict, reason, words)
                self.assertEqual(exit_code, found.exit_code)
        fix_probe(self.dc, PERMISSIONS)
        self.assert_found(self.look(), 'clear', 'owner_and_rights_ok')

    def test_an_object_that_is_not_there_is_told_from_a_hidden_one(self):
        self.assert_found(self.look(object='CN=nothing,CN=System'), 'present', 'object_missing')
        with self.directory() as directory:
            before = directory.sddl(names.LICENSING_DN)
            directory.set_sddl(names.LICENSING_DN, SHOWN_TO_ADMINISTRATORS_ONLY)
        self.addCleanup(self.set_sddl, before)
        self.assertEqual('unknown', self.look().verdict)

    def set_sddl(self, sddl):
        with self.directory() as directory:
            directory.set_sddl(names.LICENSING_DN, sddl)

    def test_break_and_fix_change_the_verdict_while_serving(self):
        agent = self.serve(kind=PERMISSIONS)
        metrics = agent.wait_for('clear', 'owner_and_rights_ok')
        self.assertEqual(1, self.written(metrics))
        with Scraper(agent) as scraper:
            break_probe(self.dc, PERMISSIONS, 'deny')
            self.addCleanup(fix_probe, self.dc, PERMISSIONS)
            self.assertEqual(0, self.written(agent.wait_for('present', 'write_denied')))
            fix_probe(self.dc, PERMISSIONS)
            self.assertEqual(1, self.written(agent.wait_for('clear', 'owner_and_rights_ok')))
        self.assertEqual([], scraper.failures)

    @staticmethod
    def written(metrics):
        return metrics.value('cal_directory_right_granted', trustee='system_token', right='write')
