"""Faults in the directory itself, which the probes must find."""

from lab import names
from lab.faults import break_probe, fix_probe

from . import directory_stage as stage
from .expectations import present

LICADMIN_DN = names.test_dn('licadmin')
ELSEWHERE_DN = f'CN=elsewhere,CN=System,{names.BASE_DN}'
FOR_ADMINISTRATORS_ONLY = 'O:DAG:DAD:P(A;;0xf01ff;;;DA)(A;;0xf01ff;;;SY)'


class AccountHidden(stage.DirectoryFault):
    fault = 'the account that installs packs is hidden from the agent'
    says = present('account_not_found', words=('hidden from the agent',))

    def break_it(self):
        with self.directory() as directory:
            self.before = directory.sddl(LICADMIN_DN)
            directory.set_sddl(LICADMIN_DN, FOR_ADMINISTRATORS_ONLY)

    def fix_it(self):
        with self.directory() as directory:
            directory.set_sddl(LICADMIN_DN, self.before)


class AccountRemoved(stage.DirectoryFault):
    fault = 'the account is removed from the group that makes it an administrator'
    says = present('not_member')

    def break_it(self):
        break_probe(self.dc, self.probe)

    def fix_it(self):
        fix_probe(self.dc, self.probe)


class AccountDisabled(stage.DisabledAccount):
    fault = 'the account that installs packs is disabled'
    says = present('account_disabled')
    dn = LICADMIN_DN


class WriteDenied(stage.PermissionsFault):
    fault = 'SYSTEM is denied write access to the licensing object'
    says = present('write_denied')
    variant = 'deny'


class OwnerChanged(stage.PermissionsFault):
    fault = 'Domain Admins own the licensing object'
    says = present('owner_not_system')
    variant = 'owner'


class ObjectGone(stage.PermissionsFault):
    fault = 'the licensing object is renamed'
    says = present('object_missing')

    def break_it(self):
        self.rename(names.LICENSING_DN, ELSEWHERE_DN)

    def fix_it(self):
        self.rename(ELSEWHERE_DN, names.LICENSING_DN)

    def rename(self, dn, new_dn):
        with self.directory() as directory:
            directory.rename(dn, new_dn)
