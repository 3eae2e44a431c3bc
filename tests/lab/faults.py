"""The faults that `./run break` injects into the lab and `./run fix` removes, one row per probe; those of
the profile `rds` are in rds_faults.py. A fault changes only the lab, never the agent, whose probe must
find it."""

import pathlib
import re

from . import names, rds_faults, sddl
from .activation import HEALTHY, ActivationService
from .directory import Directory
from .event_lines import EventLog
from .exports import Exports


class AdministratorsMembership:
    """The configured account loses the group that makes it an administrator."""

    variants = {'removed': 'licadmin is taken out of Domain Admins'}

    def __init__(self, dc):
        self._dc = dc

    def break_it(self, _variant):
        with Directory(self._dc) as directory:
            if directory.is_member(names.DOMAIN_ADMINS_DN, names.test_dn('licadmin')):
                directory.remove_member(names.DOMAIN_ADMINS_DN, names.test_dn('licadmin'))

    def fix_it(self):
        with Directory(self._dc) as directory:
            if not directory.is_member(names.DOMAIN_ADMINS_DN, names.test_dn('licadmin')):
                directory.add_member(names.DOMAIN_ADMINS_DN, names.test_dn('licadmin'))


class DirectoryPermissions:
    """The security descriptor of the licensing container is changed; the first change saves the original to
    a file, from which fix_it() restores it."""

    variants = {
        'owner': 'Domain Admins own the container',
        'deny': 'SYSTEM is denied to write',
        'remove': 'nothing grants SYSTEM to write, nor a group that it is in',
        'ace-only': 'the entry of SYSTEM is gone, but Administrators still let it write',
        'attribute': 'SYSTEM is denied to write one attribute, the description',
    }
    _DESCRIPTION = 'bf967950-0de6-11d0-a285-00aa003049e2'  # schemaIDGUID

    def __init__(self, dc):
        self._dc = dc
        self._original = pathlib.Path(dc.folder) / 'msWssgConfig.sddl'

    def break_it(self, variant):
        with Directory(self._dc) as directory:
            if not self._original.exists():
                self._original.write_text(directory.sddl(names.LICENSING_DN))
            owner_and_group, flags, entries = sddl.split(self._original.read_text())
            if variant == 'owner':
                owner_and_group = re.sub('O:SY', 'O:DA', owner_and_group)
            elif variant == 'deny':
                entries.insert(0, '(D;;WP;;;SY)')
            elif variant == 'attribute':
                entries.insert(0, f'(OD;;WP;{self._DESCRIPTION};;SY)')
            elif variant == 'ace-only':
                entries = [entry for entry in entries if sddl.trustee(entry) != 'SY']
            else:
                flags = 'P'  # protected, otherwise the entry for Administrators is inherited again
                entries = [entry for entry in entries if sddl.trustee(entry) not in ('SY', 'BA')]
            directory.set_sddl(names.LICENSING_DN,
                               f'{owner_and_group}D:{flags}{"".join(entries)}')

    def fix_it(self):
        if self._original.exists():
            with Directory(self._dc) as directory:
                directory.set_sddl(names.LICENSING_DN, self._original.read_text())
            self._original.unlink()


class PackAlreadyInstalled:
    """The files with the history and the planned key."""

    variants = {
        'planned': 'the pack that is planned was installed last year',
        'duplicate': 'a pack is in the history twice',
        'missing': 'the history is gone',
        'cut': 'the history is cut off in the middle of a line',
    }

    def __init__(self, dc):
        self._exports = Exports(dc.folder)

    def break_it(self, variant):
        self._exports.write_packs()
        if variant == 'planned':
            self._exports.add_installation(self._exports.planned_key())
        elif variant == 'duplicate':
            self._exports.add_installation(self._exports.installed_key())
        elif variant == 'missing':
            self._exports.history.unlink()
        else:
            self._exports.cut(self._exports.history)

    def fix_it(self):
        self._exports.write_packs()


class LicenseCompliance:
    """The file with the license counts."""

    variants = {
        'over_assigned': 'more licenses are assigned than installed',
        'none_left': 'all licenses are assigned',
        'none_installed': 'no license is installed',
        'missing': 'the file with the counts is gone',
    }
    _COUNTS = {'over_assigned': (50, 40, 12), 'none_left': (50, 38, 12),
               'none_installed': (0, 0, 0)}

    def __init__(self, dc):
        self._exports = Exports(dc.folder)

    def break_it(self, variant):
        if variant == 'missing':
            self._exports.inventory.unlink(missing_ok=True)
        else:
            self._exports.write_inventory(*self._COUNTS[variant])

    def fix_it(self):
        self._exports.write_inventory()


class InternetConnectivity:
    """The activation service is restarted with a fault, or stopped."""

    variants = {
        'down': 'the activation service is stopped: it refuses connections',
        'silent': 'the activation service accepts connections and says nothing',
        'expired': 'the certificate of the activation service has expired',
        'untrusted': 'the certificate of the activation service is of an unknown authority',
        'other-name': 'the certificate of the activation service is made out to another name',
        'portal': 'a captive portal sends plain requests to its login page',
    }

    def __init__(self, dc):
        self._service = ActivationService(dc.folder)

    def break_it(self, variant):
        self._service.stop()
        if variant != 'down':
            self._service.start(variant)

    def fix_it(self):
        self.break_it(HEALTHY)


class ActivationEvents:
    """The licensing server logs an activation that failed for an undocumented reason."""

    variants = {'failed': 'event 5 with an unknown code'}

    def __init__(self, dc):
        self._log = EventLog(dc.folder)

    def break_it(self, _variant):
        self._log.append(5, '0xdeadbeef', 'Unspecified error')

    def fix_it(self):
        self._log.append(4)


FAULTS = {
    'ebs': {
        'administrators_membership': AdministratorsMembership,
        'pack_already_installed': PackAlreadyInstalled,
        'internet_connectivity': InternetConnectivity,
        'directory_permissions': DirectoryPermissions,
        'license_compliance': LicenseCompliance,
        'activation_events': ActivationEvents,
    },
    'rds': {
        'administrators_membership': rds_faults.LicenseServerGroup,
        'internet_connectivity': InternetConnectivity,
        'directory_permissions': rds_faults.UserPermissions,
        'license_compliance': rds_faults.LicenseCompliance,
        'session_host_licensing': rds_faults.SessionHostLicensing,
    },
}


def fault_of(dc, probe, profile='ebs'):
    """The fault of a probe. If it has none, raises a LookupError that lists the choices."""
    faults = FAULTS[profile]
    if probe not in faults:
        raise LookupError(f'no fault for {probe!r}; there is one for: {", ".join(faults)}')
    return faults[probe](dc)


def break_probe(dc, probe, variant=None, profile='ebs'):
    """Injects the fault, by default the probe's first variant. Returns what was done."""
    fault = fault_of(dc, probe, profile)
    variant = variant or next(iter(fault.variants))
    if variant not in fault.variants:
        raise LookupError(f'no variant {variant!r} of {probe}; choose one of: '
                          + ', '.join(fault.variants))
    fault.break_it(variant)
    return fault.variants[variant]


def fix_probe(dc, probe, profile='ebs'):
    """Removes the fault; does nothing if there is none."""
    fault_of(dc, probe, profile).fix_it()
