"""Fills a new domain with one account or group for each case in the tests."""

from . import names, rds
from .directory import LONG_AGO, Directory, file_time

_ENABLED = '512'
_DISABLED = '514'
_GLOBAL = '-2147483646'
_UNIVERSAL = '-2147483640'
_DOMAIN_ADMINS_RID = '512'

ODD_NAME_DN = f'CN=O\\, Brien \\+ Zoë,{names.TEST_OU}'

# Accounts that never sign in: all of them share one password that nobody knows.
PLAIN_USERS = ('licadmin', 'alice', 'bob', 'carol', 'erin', 'frank', 'hugo', 'ivy', 'kim', 'lena',
               'dora')


class Seed:
    """`Seed(dc).plant()` before the controller starts, in one transaction."""

    def __init__(self, dc):
        self._dc = dc
        self._directory = Directory(dc)

    def plant(self):
        with self._directory as directory:
            directory.add(names.TEST_OU, objectClass='organizationalUnit')
            self._user(names.MONITOR, password=self._dc.password_of(names.MONITOR))
            for name in PLAIN_USERS:
                self._user(name)
            self._memberships()
            self._unusable()
            self._cycles()
            self._odd_ones()
            directory.add(names.LICENSING_DN, objectClass='container')
            self._give_to_system(names.LICENSING_DN)
            rds.plant(directory, self._user_at)

    def _memberships(self):
        """licadmin ∈ Domain Admins ∈ Administrators, bob ∈ G3 ∈ G2 ∈ G1 ∈ Administrators, dora
        ∈ Administrators, and carol only by her primary group."""
        self._directory.add_member(names.DOMAIN_ADMINS_DN, names.test_dn('licadmin'))
        self._directory.add_member(names.ADMINISTRATORS_DN, names.test_dn('dora'))
        self._group('G3', [names.test_dn('bob')], _GLOBAL)
        self._group('G2', [names.test_dn('G3')])
        self._group('G1', [names.test_dn('G2')])
        self._directory.add_member(names.ADMINISTRATORS_DN, names.test_dn('G1'))
        self._directory.add_member(names.DOMAIN_ADMINS_DN, names.test_dn('carol'))
        self._directory.set(names.test_dn('carol'), 'primaryGroupID', _DOMAIN_ADMINS_RID)

    def _unusable(self):
        """Administrators who cannot sign in."""
        self._user('dave', enabled=False)
        self._user('gina', pwdLastSet='0')  # must change the password at the next sign-in
        self._directory.set(names.test_dn('erin'), 'accountExpires', file_time(LONG_AGO))
        self._directory.lock(names.test_dn('frank'))
        self._directory.age_password(names.test_dn('hugo'))
        self._group('Unusable', [names.test_dn(name)
                                 for name in ('dave', 'erin', 'frank', 'gina', 'hugo')])
        self._directory.add_member(names.ADMINISTRATORS_DN, names.test_dn('Unusable'))

    def _cycles(self):
        """kim ∈ C1 ⇄ C2, not in Administrators; lena ∈ D1 ⇄ D2 ∈ Administrators."""
        for first, second, user in (('C1', 'C2', 'kim'), ('D1', 'D2', 'lena')):
            self._group(first, [names.test_dn(user)])
            self._group(second, [names.test_dn(first)])
            self._directory.add_member(names.test_dn(first), names.test_dn(second))
        self._directory.add_member(names.ADMINISTRATORS_DN, names.test_dn('D2'))

    def _odd_ones(self):
        """A DN that needs escaping, a group with a name in another language, and a member of
        Administrators from another domain, for which the directory creates a foreign security
        principal."""
        self._directory.add(ODD_NAME_DN, objectClass='user', sAMAccountName='obrien',
                            userPrincipalName=f'obrien@{names.DNS_DOMAIN}',
                            userAccountControl=_ENABLED, **self._password())
        self._group('Lizenzprüfer', [ODD_NAME_DN, names.test_dn('ivy')])
        self._directory.add_member(names.ADMINISTRATORS_DN, f'<SID={names.FOREIGN_SID}>')

    def _give_to_system(self, dn):
        """Makes SYSTEM the owner, as the product's setup program does."""
        sddl = self._directory.sddl(dn)
        self._directory.set_sddl(dn, 'O:SY' + sddl[sddl.index('G:'):])

    def _user(self, name, **options):
        self._user_at(names.test_dn(name), name, **options)

    def _user_at(self, dn, name, password=None, enabled=True, **attributes):
        self._directory.add(
            dn, objectClass='user', sAMAccountName=name,
            userPrincipalName=f'{name}@{names.DNS_DOMAIN}',
            userAccountControl=_ENABLED if enabled else _DISABLED,
            **self._password(password), **attributes)

    def _group(self, name, members, kind=_UNIVERSAL):
        self._directory.add(names.test_dn(name), objectClass='group', sAMAccountName=name,
                            groupType=kind, member=members)

    def _password(self, password=None):
        quoted = f'"{password or self._dc.password_of("users")}"'
        return {'unicodePwd': quoted.encode('utf-16-le')}
