"""Entries of a small domain, as an agent's account without special rights sees them."""

from lab import names

from .directory_server import sid_octets

ADMINISTRATORS = 'S-1-5-32-544'
SECURITY, DOMAIN_LOCAL, DISTRIBUTION = '-2147483646', '-2147483644', '2'  # groupType
CONFIGURATION_DN = f'CN=Configuration,{names.BASE_DN}'
PARTITIONS_DN = f'CN=Partitions,{CONFIGURATION_DN}'
SYSTEM_DN = f'CN=System,{names.BASE_DN}'
NEVER = '9223372036854775807'


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
