"""license_compliance counts the users in a real directory: across pages, and 10,000 of them in memory that
does not grow with their number. (`faults/slow_load.py` has 50,000.)"""

import json
import pathlib
import re
import time

from . import agent, names, rds
from .case import LabCase
from .directory import LONG_AGO, Directory, generalized_time

COMPLIANCE = 'license_compliance'
PAGE = 1000
MANY = 10_000
USERS_OU = f'OU=Licensed,{names.BASE_DN}'
# Only one page of entries is in memory at a time; 10,000 entries would be about 10 MB.
MOST_GROWTH_KB = 4096


class DirectoryUsers(LabCase):
    KIND = COMPLIANCE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = 0
        with Directory(cls.dc) as directory:
            directory.add(USERS_OU, objectClass='organizationalUnit')
            # Licenses count in the directory only where users may write them: one who is sampled.
            directory.set_sddl(USERS_OU, directory.sddl(USERS_OU) + rds.SELF_ENTRY)
            directory.add(f'CN=enabled,{USERS_OU}', objectClass='user', sAMAccountName='enabled',
                          userAccountControl='544')

    def add_users(self, total):
        """Adds users until there are this many. Every tenth license has expired."""
        for begin in range(self.users, total, 5000):
            with Directory(self.dc, batch=True) as directory:
                for number in range(begin, min(begin + 5000, total)):
                    self.add_user(directory, number)
        type(self).users = total

    @staticmethod
    def add_user(directory, number):
        expires = LONG_AGO if number % 10 == 9 else time.time() + 365 * 86400
        directory.add(f'CN=u{number},{USERS_OU}', objectClass='user', sAMAccountName=f'u{number}',
                      userAccountControl='546', msTSExpireDate=generalized_time(expires),
                      msTSLicenseVersion='393218', msTSManagingLS=f'LS{number % 2}')

    def options(self, issued):
        """The probe's options, with key packs that count this many licenses as issued."""
        packs = self.scratch / 'key_packs.json'
        packs.write_text(json.dumps({
            'KeyPackId': 5, 'ProductType': 1, 'ProductVersionID': 6, 'TotalLicenses': 12_000,
            'IssuedLicenses': issued, 'ExpirationDate': '2038-01-01T00:00:00Z'}))
        return {'key_packs_file': str(packs), 'directory_users': True, 'interval': '10m',
                'timeout': '9m'}

    def assert_counted(self, total):
        """Starts an agent and checks its counts; returns its maximum memory in kB."""
        in_force = total - total // 10
        running = self.serve(probe=self.options(in_force))
        metrics = running.wait_for('clear', 'compliant', patience=600)
        counted = metrics.value('cal_licenses_assigned', edition='directory')
        self.assertEqual(in_force, counted)
        status = (pathlib.Path('/proc') / str(running.pid) / 'status').read_text()
        return int(re.search(r'VmHWM:\s+(\d+) kB', status)[1])

    def test_users_are_counted_across_pages_and_in_constant_memory(self):
        self.add_users(PAGE)
        few = self.assert_counted(PAGE)
        self.add_users(PAGE + 1)
        self.assert_counted(PAGE + 1)
        self.add_users(MANY)
        many = self.assert_counted(MANY)
        # A sanitizer keeps freed memory, so only a build without one can show this.
        if not agent.is_sanitized():
            self.assertLess(many - few, MOST_GROWTH_KB)
        found = self.check(probe=self.options(7))
        self.assert_found(found, 'clear', 'compliant',
                          '9000 users hold a per-user license in force, 1000 more only expired ones',
                          'version 393218, license server LS0: 5000 in force, 0 expired',
                          'version 393218, license server LS1: 4000 in force, 1000 expired',
                          'the key packs count 7 per-user licenses as issued')
        print(f'{MANY} users: {found.seconds:.1f} s, at most {many} kB; {PAGE}: {few} kB')
