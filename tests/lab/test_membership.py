"""administrators_membership against every kind of account and group in the seed."""

from . import names
from .agent import Scraper
from .case import LabCase
from .faults import break_probe, fix_probe
from .seed import ODD_NAME_DN

MEMBERSHIP = 'administrators_membership'


class Accounts(LabCase):
    # account, verdict, reason, and the words in the summary or the evidence
    CASES = [
        ('EBS\\licadmin', 'clear', 'member_nested', 'licadmin → Domain Admins → Administrators'),
        ('EBS\\bob', 'clear', 'member_nested', 'bob → G3 → G2 → G1 → Administrators'),
        ('EBS\\dora', 'clear', 'member_direct', 'dora → Administrators'),
        ('EBS\\carol', 'clear', 'member_primary_group', 'Domain Admins → Administrators'),
        ('EBS\\lena', 'clear', 'member_nested', 'D2 → Administrators'),
        ('EBS\\alice', 'present', 'not_member', 'alice'),
        ('EBS\\kim', 'present', 'not_member', 'kim'),
        ('EBS\\obrien', 'present', 'not_member', 'obrien'),
        ('EBS\\nobody', 'present', 'account_not_found', 'nobody'),
        ('EBS\\dave', 'present', 'account_disabled', 'dave'),
        ('EBS\\frank', 'present', 'account_locked', 'frank'),
        ('EBS\\erin', 'present', 'account_expired', 'erin'),
        ('EBS\\hugo', 'present', 'password_expired', 'hugo'),
        ('EBS\\gina', 'present', 'password_expired', 'gina'),
        ('OTHER\\licadmin', 'unknown', 'other_domain', 'OTHER'),
    ]

    def test_each_account_gets_its_verdict_reason_and_evidence(self):
        for account, verdict, reason, words in self.CASES:
            with self.subTest(account):
                self.assert_found(self.check(account), verdict, reason, words)

    def test_an_account_may_be_given_by_upn_sid_and_distinguished_name(self):
        with self.directory() as directory:
            sid = directory.sid(names.test_dn('licadmin'))
        for account in (f'licadmin@{names.DNS_DOMAIN}', f'LICADMIN@{names.DNS_DOMAIN.upper()}',
                        sid, names.test_dn('licadmin'), 'ebs\\LicAdmin'):
            with self.subTest(account):
                self.assert_found(self.check(account), 'clear', 'member_nested')

    def test_a_name_with_filter_characters_is_looked_up_literally(self):
        for user in ('*', 'lic*', 'licadmin)(objectClass=*'):
            with self.subTest(user):
                self.assert_found(self.check(f'{user}@{names.DNS_DOMAIN}'), 'present', 'account_not_found')
                self.assert_found(self.check(f'EBS\\{user}'), 'unknown', 'name_not_usable')

    def test_the_worst_account_decides_and_all_are_evidence(self):
        found = self.check('EBS\\licadmin', 'EBS\\alice', 'OTHER\\x')
        self.assert_found(found, 'present', 'not_member', 'licadmin → Domain Admins', 'alice',
                          'OTHER')
        self.assertEqual(2, found.exit_code)

    def test_the_exit_code_distinguishes_member_from_unknown(self):
        self.assertEqual(0, self.check('EBS\\licadmin').exit_code)
        self.assertEqual(3, self.check('OTHER\\x').exit_code)

    def test_a_global_catalog_does_not_call_an_account_no_member(self):
        uri = [f'ldaps://{names.full_name(names.HOST)}:3269']
        self.assert_found(self.check('EBS\\alice', uri=uri), 'unknown', 'membership_not_seen',
                          'Global Catalog')

    def test_a_member_from_a_foreign_domain_without_a_visible_trust_is_a_doubt(self):
        self.assert_found(self.check(names.FOREIGN_SID), 'unknown', 'other_domain',
                          f'{names.FOREIGN_SID} → Administrators', 'trust')

    def test_a_foreign_sid_that_is_not_a_member_is_from_another_domain(self):
        self.assert_found(self.check('S-1-5-21-9-9-9-4321'), 'unknown', 'other_domain')


class Groups(LabCase):
    def in_group(self, group, *accounts):
        return self.check(*accounts, probe={'group': group})

    def test_a_group_may_be_given_by_sid_name_and_distinguished_name(self):
        for group in ('S-1-5-32-544', 'Administrators', names.ADMINISTRATORS_DN,
                      f'{names.DOMAIN_SID}-512', 'Domain Admins', 'EBS\\Domain Admins',
                      names.DOMAIN_ADMINS_DN):
            with self.subTest(group):
                self.assertEqual('clear', self.in_group(group, 'EBS\\licadmin').verdict)
                self.assert_found(self.in_group(group, 'EBS\\alice'), 'present', 'not_member')

    def test_names_beyond_ascii_and_with_special_characters_work_on_both_sides(self):
        for group in ('Lizenzprüfer', names.test_dn('Lizenzprüfer')):
            for account in (ODD_NAME_DN, 'EBS\\obrien'):
                with self.subTest(f'{account} in {group}'):
                    self.assert_found(self.in_group(group, account), 'clear', 'member_direct',
                                      'Lizenzprüfer')

    def test_a_missing_group_is_not_taken_for_an_empty_one(self):
        for group in ('No such group', f'{names.DOMAIN_SID}-99999'):
            with self.subTest(group):
                self.assertEqual('unknown', self.in_group(group, 'EBS\\licadmin').verdict)

    def test_the_group_is_identified_by_its_sid_whatever_its_name(self):
        renamed = f'CN=Domänen-Admins,CN=Users,{names.BASE_DN}'
        with self.directory() as directory:
            directory.rename(names.DOMAIN_ADMINS_DN, renamed)
            directory.set(renamed, 'sAMAccountName', 'Domänen-Admins')
        self.addCleanup(self.restore_name, renamed)
        self.assert_found(self.check('EBS\\licadmin'), 'clear', 'member_nested',
                          'licadmin → Domänen-Admins → Administrators')
        self.assert_found(self.in_group(f'{names.DOMAIN_SID}-512', 'EBS\\licadmin'), 'clear',
                          'member_direct')

    def restore_name(self, renamed):
        with self.directory() as directory:
            directory.set(renamed, 'sAMAccountName', 'Domain Admins')
            directory.rename(renamed, names.DOMAIN_ADMINS_DN)


class Changes(LabCase):
    def test_break_and_fix_change_verdict_reason_and_evidence_while_serving(self):
        agent = self.serve()
        metrics = agent.wait_for('clear', 'member_nested')
        self.assertEqual(1, metrics.value('cal_account_member', account='EBS\\licadmin'))
        self.assertIn('licadmin → Domain Admins → Administrators', self.status_page(agent))
        with Scraper(agent) as scraper:
            break_probe(self.dc, MEMBERSHIP)
            self.addCleanup(fix_probe, self.dc, MEMBERSHIP)
            metrics = agent.wait_for('present', 'not_member')
            self.assertEqual(0, metrics.value('cal_account_member', account='EBS\\licadmin'))
            self.assertNotIn('licadmin → Domain Admins', self.status_page(agent))
            fix_probe(self.dc, MEMBERSHIP)
            agent.wait_for('clear', 'member_nested')
        self.assertIn('licadmin → Domain Admins → Administrators', self.status_page(agent))
        self.assertEqual([], scraper.failures)

    def test_an_account_that_is_locked_and_unlocked_while_serving_is_followed(self):
        agent = self.serve()
        metrics = agent.wait_for('clear', 'member_nested')
        self.assertEqual(1, metrics.value('cal_account_usable', account='EBS\\licadmin'))
        with self.directory() as directory:
            directory.lock(names.test_dn('licadmin'))
        self.addCleanup(self.unlock)
        metrics = agent.wait_for('present', 'account_locked')
        self.assertEqual(0, metrics.value('cal_account_usable', account='EBS\\licadmin'))
        self.assertEqual(1, metrics.value('cal_account_member', account='EBS\\licadmin'))
        self.unlock()
        agent.wait_for('clear', 'member_nested')

    def unlock(self):
        with self.directory() as directory:
            directory.unlock(names.test_dn('licadmin'))

    @staticmethod
    def status_page(agent):
        status, page = agent.get('/')
        assert status == 200, page
        return page
