"""`repair` against a real directory: each plan is applied exactly, the next run agrees with its prediction, and
the undo gives back what was there, byte for byte. The commands are for Windows; repairs.py has what each of
them means for Samba. test_repair_each_fault.py has the faults of `./run break`."""

import json
import pathlib
import re
import subprocess
import tempfile

from samba.ndr import ndr_pack

from . import names, rds
from .agent import binary
from .case import LabCase
from .faults import break_probe, fix_probe
from .rds_faults import LicenseServerGroup, UserPermissions
from .repairs import DirectoryRepairs

class RepairCase(LabCase):
    """Repairs what `self.KIND` finds, step by step."""

    OPTIONS = {}

    def plan(self, *accounts):
        done = subprocess.run([binary(), 'repair', '--format', 'json', '--config.file',
                               str(self.configure(*accounts, probe=self.OPTIONS))],
                              capture_output=True, text=True, timeout=120)
        plans = json.loads(done.stdout)['plans']
        return [step for plan in plans for step in plan['steps']]

    def assert_repaired(self, state, *accounts):
        """Applies each step that has a command, alternatives one after the other, then every undo. `state` reads
        what the undo has to give back. Returns the steps."""
        steps = [step for step in self.plan(*accounts) if step['command']]
        undone = []
        for step in steps:
            before = state()
            if step['is_alternative'] and undone and undone[-1][0]['undo']:
                self._undo(*undone.pop(), state)
                before = state()
            DirectoryRepairs(self.dc).apply(step, step['command'])
            self.assertEqual(step['expected'], self.check(*accounts).reason, step['text'])
            undone.append((step, before))
        for step, before in reversed(undone):
            if step['undo']:
                self._undo(step, before, state)
        return steps

    def _undo(self, step, before, state):
        DirectoryRepairs(self.dc).apply(step, step['undo'])
        self.assertEqual(before, state(), step['text'])


class Accounts(RepairCase):
    OPTIONS = {'licensing_server': 'EBS\\DC1$'}

    def state_of(self, account):
        def state():
            dn = names.test_dn(account)
            with self.directory() as directory:
                return [directory.get(dn, 'userAccountControl'),
                        directory.get(dn, 'accountExpires'),
                        directory.get(dn, 'pwdLastSet') == '0',
                        directory.values(dn, 'memberOf')]
        return state

    def test_an_account_that_lost_its_group_is_a_member_again(self):
        self.addCleanup(fix_probe, self.dc, self.KIND)
        break_probe(self.dc, self.KIND)
        steps = self.assert_repaired(self.state_of('licadmin'), 'EBS\\licadmin')
        self.assertEqual(['member_direct', 'member_nested'], [step['expected'] for step in steps])
        self.assertNotIn('MemberTimeToLive', str(steps))  # which this forest does not have
        self.assertNotIn('Domain Admins', '\n'.join(step['setup'] for step in steps))
        self.assert_found(self.check('EBS\\licadmin'), 'present', 'not_member')

    def test_without_a_licensing_server_that_is_a_domain_controller_only_its_own_group_is_changed(self):
        self.addCleanup(fix_probe, self.dc, self.KIND)
        break_probe(self.dc, self.KIND)
        for server, words in (('EBS\\LS1$', 'is not a domain controller'), ('EBS\\nobody$', 'is not known'),
                              (None, 'is not known')):
            with self.subTest(server):
                self.OPTIONS = {'licensing_server': server} if server else {}
                advice, step = self.plan('EBS\\licadmin')
                self.assertEqual('', advice['command'])
                self.assertEqual('Add-LocalGroupMember -SID $administrators -Member $account\n', step['command'])
                self.assertIn(words, step['beside'][0])
                self.assertEqual('', step['expected'])

    def test_a_license_server_that_lost_its_group_is_a_member_again(self):
        fault = LicenseServerGroup(self.dc)
        self.addCleanup(fault.fix_it)
        fault.break_it('removed')

        def state():
            with self.directory() as directory:
                return directory.values(rds.SERVER_DN, 'memberOf')

        account = {'account': 'EBS\\LS1$', 'group': rds.LICENSE_SERVERS}
        steps = self.assert_repaired(state, account)
        self.assertEqual(['member_direct'], [step['expected'] for step in steps])
        self.assert_found(self.check(account), 'present', 'not_member')

    def test_an_account_that_cannot_log_on_can(self):
        for account, command in (('dave', 'Enable-ADAccount'), ('frank', 'Unlock-ADAccount'),
                                 ('erin', 'accountExpires'), ('hugo', 'Password'),
                                 ('gina', 'Password')):
            with self.subTest(account):
                steps = self.assert_repaired(self.state_of(account), f'EBS\\{account}')
                self.assertIn(command, steps[0]['command'])


class Delegation(RepairCase):
    KIND = 'directory_permissions'
    OPTIONS = {'users': 'OU=Remote Desktop', 'trustees': ['self']}

    def state(self):
        with self.directory() as directory:
            return [ndr_pack(directory.descriptor(dn))
                    for dn in (rds.OU, *map(rds.user_dn, (*rds.USERS, rds.PROTECTED_USER)))]

    def check(self, *accounts, **options):
        return super().check(*accounts, probe=self.OPTIONS, **options)

    def test_self_is_delegated_on_the_ou_and_the_undo_is_exact(self):
        fault = UserPermissions(self.dc)
        self.addCleanup(fault.fix_it)
        fault.break_it('self')
        self.assert_found(self.check(), 'present', 'users_not_writable')
        steps = self.assert_repaired(self.state)
        self.assertEqual(['users_writable'], [step['expected'] for step in steps])
        self.assert_found(self.check(), 'present', 'users_not_writable')

    def test_adminsdholder_is_advice(self):
        fault = UserPermissions(self.dc)
        self.addCleanup(fault.fix_it)
        fault.break_it('protected')
        steps = self.plan()
        self.assertEqual(['', ''], [step['command'] for step in steps])
        self.assertIn('AdminSDHolder', steps[1]['text'])


class Permissions(RepairCase):
    KIND = 'directory_permissions'

    def descriptor(self):
        with self.directory() as directory:
            return ndr_pack(directory.descriptor(names.LICENSING_DN))

    def test_each_fault_of_the_object_is_repaired_and_the_undo_is_exact(self):
        for variant, commands in (('owner', 1), ('deny', 1), ('remove', 2), ('ace-only', 2),
                                  ('attribute', 1)):
            with self.subTest(variant):
                self.addCleanup(fix_probe, self.dc, self.KIND)
                break_probe(self.dc, self.KIND, variant)
                found = self.check()
                steps = self.assert_repaired(self.descriptor)
                self.assertEqual(commands, len(steps))
                self.assertEqual('owner_and_rights_ok', steps[-1]['expected'])
                self.assertEqual(found.reason, self.check().reason)  # all is undone
                fix_probe(self.dc, self.KIND)

    def test_verify_compares_with_the_plan_and_preflight_ends_with_it(self):
        self.addCleanup(fix_probe, self.dc, self.KIND)
        break_probe(self.dc, self.KIND, 'deny')
        configuration = str(self.configure())

        def ask(*arguments):
            return subprocess.run([binary(), *arguments, '--config.file', configuration],
                                  capture_output=True, text=True, timeout=120).stdout
        with tempfile.NamedTemporaryFile('w', suffix='.json') as report:
            report.write(ask('check', '--format', 'json'))
            report.flush()
            self.assertNotIn('Write-Descriptor', pathlib.Path(report.name).read_text())
            self.assertIn('predicted owner_and_rights_ok, and nothing changed',
                          ask('verify', '--baseline', report.name))
            answer, _, plan = ask('preflight').partition('What repairs it:')
            self.assertIn('No: the activation would fail now.', answer)
            self.assertIn('Write-Descriptor $after', plan)
            fix_probe(self.dc, self.KIND)
            self.assertIn(f'{self.KIND}: as the repair plan predicted.', ask('verify', '--baseline', report.name))
            self.assertNotIn('What repairs it', ask('preflight'))

    def test_what_is_inherited_is_repaired_where_it_is_set(self):
        container = 'CN=System,' + names.BASE_DN
        with self.directory() as directory:
            before = directory.sddl(container)
            object_before = directory.sddl(names.LICENSING_DN)
            directory.set_sddl(container, before.replace('(', '(D;CI;WP;;;SY)(', 1))
            directory.set_sddl(names.LICENSING_DN, re.sub(r'\(A;;[A-Z]+;;;(SY|BA)\)', '', object_before))
        self.addCleanup(self.restore, names.LICENSING_DN, object_before)
        self.addCleanup(self.restore, container, before)
        self.assert_found(self.check(), 'present', 'write_denied')

        def state():
            with self.directory() as directory:
                return [ndr_pack(directory.descriptor(dn)) for dn in (container, names.LICENSING_DN)]

        steps = self.assert_repaired(state)
        self.assertIn(f'{container} passes', '\n'.join(step['text'] for step in steps))
        self.assertEqual('owner_and_rights_ok', steps[-1]['expected'])
        self.assert_found(self.check(), 'present', 'write_denied')

    def restore(self, dn, sddl):
        with self.directory() as directory:
            directory.set_sddl(dn, sddl)
