"""The faults of the Remote Desktop profile, with the same interface as those in faults.py."""

import pathlib

from . import farm, rds, sddl
from .directory import Directory


class LicenseServerGroup:
    """The license server is removed from the group that may write users' licenses."""

    variants = {'removed': 'LS1 is taken out of Terminal Server License Servers'}

    def __init__(self, dc):
        self._dc = dc

    def break_it(self, _variant):
        with Directory(self._dc) as directory:
            if directory.is_member(rds.LICENSE_SERVERS_DN, rds.SERVER_DN):
                directory.remove_member(rds.LICENSE_SERVERS_DN, rds.SERVER_DN)

    def fix_it(self):
        with Directory(self._dc) as directory:
            if not directory.is_member(rds.LICENSE_SERVERS_DN, rds.SERVER_DN):
                directory.add_member(rds.LICENSE_SERVERS_DN, rds.SERVER_DN)


class UserPermissions:
    """The entries that permit writing licenses are removed from users. The first change of each object
    saves the original to a file, from which fix_it() restores it."""

    variants = {
        'license-servers': 'the license servers have no permission to write licenses on users',
        'self': 'users have no permission to write their own licenses, the default of Windows',
        'protected': 'nobody has permission to write licenses on protected users',
        'once-protected': 'petra is not protected any more, but has kept adminCount and the permissions of then',
    }

    def __init__(self, dc):
        self._dc = dc
        self._folder = pathlib.Path(dc.folder)

    def break_it(self, variant):
        petra = rds.user_dn(rds.PROTECTED_USER)
        with Directory(self._dc) as directory:
            if variant == 'self':
                self._take(directory, rds.OU, rds.SELF)
            elif variant == 'license-servers':
                for name in rds.USERS:
                    self._take(directory, rds.user_dn(name), rds.LICENSE_SERVERS)
            elif variant == 'once-protected':
                directory.remove_member(rds.PRINTING_DN, petra)
                self._take(directory, petra, rds.SELF, rds.LICENSE_SERVERS)
            else:
                for dn in (rds.ADMIN_SD_HOLDER_DN, petra):
                    self._take(directory, dn, rds.SELF, rds.LICENSE_SERVERS)

    def fix_it(self):
        originals = list(self._folder.glob('rds-*.sddl'))
        petra = rds.user_dn(rds.PROTECTED_USER)
        with Directory(self._dc) as directory:
            if not directory.is_member(rds.PRINTING_DN, petra):
                directory.add_member(rds.PRINTING_DN, petra)
            directory.set(petra, 'adminCount', '1')
            for file in originals:
                dn, original = file.read_text().split('\n', 1)
                directory.set_sddl(dn, original)
        for file in originals:
            file.unlink()

    def _take(self, directory, dn, *trustees):
        before = directory.sddl(dn)
        file = self._folder / f'rds-{dn.split(",")[0][3:]}.sddl'
        if not file.exists():
            file.write_text(f'{dn}\n{before}')
        directory.set_sddl(dn, sddl.without(
            before, lambda entry: sddl.object_type(entry) == rds.PROPERTY_SET
            and sddl.trustee(entry) in trustees))


class LicenseCompliance:
    """The key packs that the license server exports."""

    variants = {
        'exhausted': 'all device licenses are issued',
        'over-issued': 'more licenses are issued to users than installed',
        'missing': 'the export of the key packs is gone',
    }

    def __init__(self, dc):
        self._packs = rds.KeyPacks(dc.folder)

    def break_it(self, variant):
        if variant == 'missing':
            self._packs.file.unlink(missing_ok=True)
        elif variant == 'exhausted':
            self._packs.write(devices_issued=5)
        else:
            self._packs.write(users_issued=12)

    def fix_it(self):
        self._packs.write()


class SessionHostLicensing:
    """The exports of the farm."""

    variants = {name: what for name, (what, _change) in farm.VARIANTS.items()}

    def __init__(self, dc):
        self._farm = farm.Farm(dc.folder)

    def break_it(self, variant):
        self._farm.break_with(variant)

    def fix_it(self):
        self._farm.fix()
