"""The Remote Desktop side of the lab: a license server, users with licenses, one of them protected by
AdminSDHolder, and the key packs that the server would export."""

import json
import os
import pathlib
import time

from . import names
from .directory import Directory, generalized_time

OU = f'OU=Remote Desktop,{names.BASE_DN}'
LICENSE_SERVERS_DN = f'CN=Terminal Server License Servers,CN=Builtin,{names.BASE_DN}'
ADMIN_SD_HOLDER_DN = f'CN=AdminSDHolder,CN=System,{names.BASE_DN}'
SERVER_DN = f'CN=LS1,{OU}'
USERS = ('rita', 'sam')
PROTECTED_USER = 'petra'
PRINTING_DN = f'CN=Printing,{OU}'  # petra's, and a member of Print Operators
_PRINT_OPERATORS_DN = f'CN=Print Operators,CN=Builtin,{names.BASE_DN}'

PROPERTY_SET = '5805bc62-bdc9-4428-a5e2-856a0f4c185e'  # Terminal Server License Server
LICENSE_SERVERS = 'S-1-5-32-561'
SELF = 'PS'
_USER_CLASS = 'bf967aba-0de6-11d0-a285-00aa003049e2'
# Inherited by the users of the folder, as `dsacls /I:S` grants it.
SELF_ENTRY = f'(OA;CIIO;RPWP;{PROPERTY_SET};{_USER_CLASS};{SELF})'
# AdminSDHolder as in Windows since the schema of 2008, plus an entry for SELF that Windows does not
# have; protected accounts inherit nothing and get a copy of it.
PROTECTED_SDDL = ('O:DAG:DAD:PAI(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)'
                  '(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)(A;;RPLCLORC;;;AU)'
                  f'(OA;;RPWP;{PROPERTY_SET};;{LICENSE_SERVERS})(OA;;RPWP;{PROPERTY_SET};;{SELF})')


def user_dn(name):
    return f'CN={name},{OU}'


def plant(directory, add_user):
    """Part of the seed; `add_user` creates an enabled user below a DN."""
    directory.add(OU, objectClass='organizationalUnit')
    directory.set_sddl(OU, directory.sddl(OU) + SELF_ENTRY)
    directory.add(SERVER_DN, objectClass='computer', sAMAccountName='LS1$',
                  userAccountControl='4096')
    directory.add_member(LICENSE_SERVERS_DN, SERVER_DN)
    for name in (*USERS, PROTECTED_USER):
        add_user(user_dn(name), name)
    directory.add(PRINTING_DN, objectClass='group', sAMAccountName='Printing')
    directory.add_member(_PRINT_OPERATORS_DN, PRINTING_DN)
    directory.add_member(PRINTING_DN, user_dn(PROTECTED_USER))
    directory.set(user_dn(PROTECTED_USER), 'adminCount', '1')
    for dn in (ADMIN_SD_HOLDER_DN, user_dn(PROTECTED_USER)):
        directory.set_sddl(dn, PROTECTED_SDDL)


def issue_licenses(dc):
    """Issues licenses to the ordinary users for sixty days, as a license server 2019 does."""
    with Directory(dc) as directory:
        for name in USERS:
            directory.set(user_dn(name), 'msTSExpireDate',
                          generalized_time(time.time() + 60 * 86400))
            directory.set(user_dn(name), 'msTSLicenseVersion', '393218')
            directory.set(user_dn(name), 'msTSManagingLS', 'LS1')


class KeyPacks:
    """`key_packs.json` in the lab's folder: packs for users and for devices, version 2019."""

    def __init__(self, folder):
        self.file = pathlib.Path(folder) / 'key_packs.json'

    def write(self, users_issued=len(USERS), devices_issued=3):
        packs = [_pack(5, 1, 10, users_issued), _pack(6, 0, 5, devices_issued)]
        generated = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
        written = self.file.with_suffix('.new')
        written.write_text(json.dumps({'generated_at': generated, 'computer': 'LS1', 'value': packs}))
        if self.file.exists():
            os.chown(written, self.file.stat().st_uid, self.file.stat().st_gid)
        written.replace(self.file)


def _pack(number, product_type, total, issued):
    """A pack with AvailableLicenses as the server reports it: never below zero."""
    return {'KeyPackId': number, 'KeyPackType': 2, 'ProductType': product_type,
            'ProductVersion': 'Windows Server 2019', 'ProductVersionID': 6, 'TotalLicenses': total,
            'IssuedLicenses': issued, 'AvailableLicenses': max(0, total - issued),
            'ExpirationDate': '2038-01-01T00:00:00Z'}
