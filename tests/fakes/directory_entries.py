"""Entries of a small domain, as an agent's account without special rights sees them, and their replication
metadata."""

import struct
import uuid
import xml.sax.saxutils

from lab import names

from .directory_server import sid_octets

ADMINISTRATORS = 'S-1-5-32-544'
SECURITY, DOMAIN_LOCAL, DISTRIBUTION = '-2147483646', '-2147483644', '2'  # groupType
CONFIGURATION_DN = f'CN=Configuration,{names.BASE_DN}'
PARTITIONS_DN = f'CN=Partitions,{CONFIGURATION_DN}'
SYSTEM_DN = f'CN=System,{names.BASE_DN}'
SITES_DN = f'CN=Sites,{CONFIGURATION_DN}'
NEVER = '9223372036854775807'
NEVER_CHANGED = '1601-01-01T00:00:00Z'
SECONDS_FROM_1601_TO_1970 = 11644473600


def dn_of(name, base=names.BASE_DN):
    return f'CN={name},CN=Users,{base}'


def user(name, rid, base=names.BASE_DN, domain_sid=names.DOMAIN_SID, **attributes):
    """`attributes` are added, or replace the usual ones."""
    return {dn_of(name, base): {
        'sAMAccountName': [name], 'objectClass': ['user'],
        'objectSid': [sid_octets(f'{domain_sid}-{rid}')],
        'userAccountControl': ['512'], 'primaryGroupID': ['513'], 'accountExpires': [NEVER],
        'pwdLastSet': ['133500000000000000'], 'msDS-User-Account-Control-Computed': ['0'], **attributes}}


def group(name, rid, kind=SECURITY, **attributes):
    return {dn_of(name): {
        'sAMAccountName': [name], 'objectClass': ['group'], 'groupType': [kind],
        'objectSid': [sid_octets(f'{names.DOMAIN_SID}-{rid}')], **attributes}}


def domain(base=names.BASE_DN, domain_sid=names.DOMAIN_SID):
    return {base: {'objectClass': ['domain'], 'objectSid': [sid_octets(domain_sid)]}}


def partition(name, dn, dns_name):
    return {f'CN={name},{PARTITIONS_DN}': {
        'objectClass': ['crossRef'], 'nCName': [dn], 'nETBIOSName': [name], 'dnsRoot': [dns_name]}}


def root(base=names.BASE_DN):
    return {'': {'objectClass': ['top'], 'defaultNamingContext': [base],
                 'configurationNamingContext': [CONFIGURATION_DN]}}


def small_domain():
    """licadmin and dana are members of Helpers, which is one of Administrators. Visitor is in no group."""
    helpers, administrators = dn_of('Helpers'), names.ADMINISTRATORS_DN
    token = [sid_octets(sid) for sid in (
        f'{names.DOMAIN_SID}-513', f'{names.DOMAIN_SID}-1200', ADMINISTRATORS, 'S-1-5-32-545')]
    return {
        **root(), **domain(), PARTITIONS_DN: {'objectClass': ['container']},
        **partition(names.DOMAIN, names.BASE_DN, names.DNS_DOMAIN),
        SYSTEM_DN: {'objectClass': ['container']},
        **group('Domain Users', 513),
        **group('Helpers', 1200, member=[dn_of('licadmin'), dn_of('dana')], memberOf=[administrators]),
        administrators: {
            'sAMAccountName': ['Administrators'], 'objectClass': ['group'], 'groupType': ['-2147483643'],
            'objectSid': [sid_octets(ADMINISTRATORS)], 'member': [helpers]},
        **user('licadmin', 1104, memberOf=[helpers], tokenGroups=token),
        **user('dana', 1105, memberOf=[helpers], tokenGroups=token),
        **user('visitor', 1106, tokenGroups=[sid_octets(f'{names.DOMAIN_SID}-513'), sid_octets('S-1-5-32-545')]),
    }


def settings_dn(host):
    """Of the object that a domain controller's replication is configured on."""
    return f'CN=NTDS Settings,CN={host},CN=Servers,CN=Site,{SITES_DN}'


def domain_controller(host, invocation):
    return {SITES_DN: {'objectClass': ['sitesContainer']},
            settings_dn(host): {'objectClass': ['nTDSDSA'], 'invocationId': [uuid.UUID(invocation).bytes_le]}}


def _stamp(root, fields):
    elements = ''.join(f'\n\t<{name}>{xml.sax.saxutils.escape(str(value))}</{name}>' for name, value in fields.items())
    return f'<{root}>{elements}\n</{root}>\0'


def _written(when, host, invocation, version):
    return {'dwVersion': version, 'ftimeLastOriginatingChange': when,
            'uuidLastOriginatingDsaInvocationID': invocation, 'usnOriginatingChange': 1, 'usnLocalChange': 1,
            'pszLastOriginatingDsaDN': settings_dn(host) if host else ''}


INVOCATION = '578e00d0-c6e1-4116-886c-7a06f681a0c4'


def link_stamp(member_dn, when, removed=True, host='DC2', invocation=INVOCATION):
    """A value of msDS-ReplValueMetaData (MS-DRSR 4.1.13.1.25) of a group."""
    return _stamp('DS_REPL_VALUE_META_DATA', {
        'pszAttributeName': 'member', 'pszObjectDn': member_dn, 'cbData': 0, 'pbData': '',
        'ftimeDeleted': when if removed else NEVER_CHANGED, 'ftimeCreated': '2019-05-06T07:08:09Z',
        **_written(when, host, invocation, 2 if removed else 1)})


def attribute_stamp(attribute, when, host='DC2', invocation=INVOCATION):
    """A value of msDS-ReplAttributeMetaData (MS-DRSR 4.1.13.1.17)."""
    return _stamp('DS_REPL_ATTR_META_DATA', {'pszAttributeName': attribute, **_written(when, host, invocation, 3)})


def raw_stamps(number, seconds_since_1970, invocation=INVOCATION):
    """replPropertyMetaData with one attribute, as Samba has it."""
    return struct.pack('<IIIIIIQ16sQQ', 1, 0, 1, 0, number, 3, seconds_since_1970 + SECONDS_FROM_1601_TO_1970,
                       uuid.UUID(invocation).bytes_le, 1, 1)
