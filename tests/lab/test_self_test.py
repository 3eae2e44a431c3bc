"""`check --self-test`: with the rights that config/README.md lists, nothing is missing; each right that is
removed is reported with the command that grants it."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from . import names, rds
from .agent import binary
from .case import LabCase

NOBODY = 65534
USER_ACCOUNT_CONTROL = 'bf967a68-0de6-11d0-a285-00aa003049e2'
TOKEN_GROUPS = 'b7c69e6d-2cc7-11d2-854e-00a0c983f608'
PROTECTED = f'CN=AdminSDHolder,CN=System,{names.BASE_DN}'


class SelfTest(LabCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        # An unprivileged user may not be able to reach the build folder.
        cls.program = shutil.copy(binary(), folder.name)

    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        os.chmod(folder.name, 0o755)
        self.scratch = pathlib.Path(folder.name)
        self.files = self.scratch / 'files'
        self.files.mkdir()
        for file in ('history.csv', 'inventory.csv', 'events.jsonl'):
            (self.files / file).write_text('')

    def self_test(self, probes, password=None):
        """Exit code and text, as the user nobody."""
        secret = self.scratch / 'password'
        secret.write_text(password or self.dc.password_of(names.MONITOR))
        ca = self.scratch / 'ca.pem'
        ca.write_bytes(self.dc.ca_file.read_bytes())
        configuration = self.scratch / 'cal_exporter.yml'
        configuration.write_text(json.dumps({'networks': [{
            'name': 'ebs',
            'directory': {'uri': [f'ldaps://{names.full_name(names.HOST)}'], 'ca_file': str(ca),
                          'bind': {'user': f'{names.MONITOR}@{names.DNS_DOMAIN}',
                                   'password_file': str(secret)}},
            'probes': {name: {'interval': '60s', 'timeout': '30s', **options}
                       for name, options in probes.items()}}]}))
        state = self.scratch / 'state'
        state.mkdir(exist_ok=True)
        for path in (secret, state):
            os.chown(path, NOBODY, NOBODY)
        done = subprocess.run([self.program, 'check', '--self-test', '--config.file', configuration,
                               '--state.dir', state], capture_output=True, text=True, timeout=120,
                              user=NOBODY, group=NOBODY, extra_groups=[])
        return done.returncode, done.stdout + done.stderr

    def every_probe(self):
        return {
            'administrators_membership': {'accounts': ['EBS\\licadmin']},
            'directory_permissions': {},
            'internet_connectivity': {},
            'pack_already_installed': {'history_file': str(self.files / 'history.csv')},
            'license_compliance': {'inventory_file': str(self.files / 'inventory.csv'),
                                   'directory_users': True},
            'activation_events': {'source': {'jsonl': str(self.files / 'events.jsonl')}}}

    def monitor_sid(self):
        with self.directory() as directory:
            return directory.sid(names.test_dn(names.MONITOR))

    def deny(self, dn, rights, object_type=''):
        """Denies the agent's account rights on an object, until the end of the test."""
        kind = 'OD' if object_type else 'D'
        entry = f'({kind};;{rights};{object_type};;{self.monitor_sid()})'
        with self.directory() as directory:
            before = directory.sddl(dn)
            directory.set_sddl(dn, before.replace('(', f'{entry}(', 1))
        self.addCleanup(self.restore, dn, before)

    def restore(self, dn, sddl):
        with self.directory() as directory:
            directory.set_sddl(dn, sddl)

    def assert_lacks(self, tested, exit_code, right, command):
        code, text = tested
        self.assertEqual(exit_code, code, text)
        below = text.partition(right)[2]
        self.assertIn(f': {command}\n', below.partition('\n    ✓')[0], text)

    def test_an_ordinary_user_has_every_right(self):
        code, text = self.self_test(self.every_probe())
        self.assertEqual(0, code, text)
        self.assertIn('tested as user nobody on this host', text)
        for right in (f'bind to the directory as {names.MONITOR}@{names.DNS_DOMAIN}',
                      'read tokenGroups of EBS\\licadmin',
                      f'read the permissions of {names.LICENSING_DN} (READ_CONTROL)',
                      'read the licenses of users', f'read {self.files}/history.csv',
                      f'write {self.scratch}/state'):
            self.assertIn(f'    ✓ {right}', text)
        self.assertIn('internet_connectivity: needs no special rights', text)

    def test_a_bind_that_is_refused(self):
        self.assert_lacks(
            self.self_test({'directory_permissions': {}}, password='wrong'), 2,
            '✗ bind to the directory',
            f'Set-ADAccountPassword {names.MONITOR} -Reset')

    def test_a_server_that_is_down_says_nothing_about_rights(self):
        self.dc.stop()
        self.addCleanup(self.dc.start)
        code, text = self.self_test({'directory_permissions': {}})
        self.assertEqual(3, code, text)
        self.assertIn('? bind to the directory', text)

    def test_permissions_of_the_object(self):
        self.deny(names.LICENSING_DN, 'RC')
        self.assert_lacks(self.self_test({'directory_permissions': {}}), 2,
                          f'✗ read the permissions of {names.LICENSING_DN}',
                          f'dsacls "{names.LICENSING_DN}" /G "EBS\\{names.MONITOR}:GR"')

    def test_a_hidden_object_cannot_be_distinguished_from_a_missing_one(self):
        self.deny(names.LICENSING_DN, 'RPLCLORC')
        self.assert_lacks(self.self_test({'directory_permissions': {}}), 3,
                          f'? find {names.LICENSING_DN}',
                          f'dsacls "{names.LICENSING_DN}" /G "EBS\\{names.MONITOR}:GR"')

    def test_permissions_of_users_and_of_their_template(self):
        probe = {'directory_permissions': {'users': 'OU=Remote Desktop', 'trustees': ['self']}}
        code, text = self.self_test(probe)
        self.assertEqual(0, code, text)
        self.deny(PROTECTED, 'RC')
        self.assert_lacks(self.self_test(probe), 2, f'✗ read the permissions of {PROTECTED}',
                          f'dsacls "{PROTECTED}" /G "EBS\\{names.MONITOR}:RC"')

    def test_attributes_of_the_account(self):
        dn = names.test_dn('licadmin')
        self.deny(dn, 'RP', USER_ACCOUNT_CONTROL)
        self.deny(dn, 'RP', TOKEN_GROUPS)
        code, text = self.self_test({'administrators_membership': {'accounts': [dn]}})
        self.assertEqual(1, code, text)
        self.assertIn(f'! read the account restrictions of {dn}', text)
        self.assertIn(f'dsacls "{dn}" /G "EBS\\{names.MONITOR}:RP;Account Restrictions"', text)
        self.assertIn(f'! read tokenGroups of {dn}', text)
        self.assertIn(f"Add-ADGroupMember 'Windows Authorization Access Group' {names.MONITOR}", text)

    def test_licenses_of_users(self):
        self.deny(names.test_dn('alice'), 'RP', rds.PROPERTY_SET)
        self.assert_lacks(
            self.self_test({'license_compliance': {
                'inventory_file': str(self.files / 'inventory.csv'), 'directory_users': True}}),
            2, '✗ read the licenses of users',
            f'dsacls "{names.BASE_DN}" /I:S /G '
            f'"EBS\\{names.MONITOR}:RP;Terminal Server License Server;user"')

    def test_files(self):
        history = self.files / 'history.csv'
        probe = {'pack_already_installed': {'history_file': str(history)}}
        history.chmod(0o600)
        self.assert_lacks(self.self_test(probe), 2, f'✗ read {history}',
                          f'setfacl -m u:nobody:r {history}')
        self.files.chmod(0o700)
        self.assert_lacks(self.self_test(probe), 2, f'✗ read {history}',
                          f'setfacl -m u:nobody:x {self.files}')
        self.files.chmod(0o755)
        history.unlink()
        code, text = self.self_test(probe)
        self.assertEqual(3, code, text)
        self.assertIn(f'? read {history}\n        No such file or directory', text)

    def test_the_folder_of_the_state(self):
        (self.scratch / 'state').mkdir()
        (self.scratch / 'state').chmod(0o500)
        code, text = self.self_test({'internet_connectivity': {}})
        self.assertEqual(1, code, text)
        self.assertIn(f'install -d -m 750 -o nobody {self.scratch}/state', text)
