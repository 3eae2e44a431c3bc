"""The common part of the rows about a forest: a root domain with the group, a child domain with the account, and a
Global Catalog, each with a fake server."""

import functools
import socket

from fakes import directory_entries as entries_of
from fakes.directory_entries import dn_of
from fakes.directory_server import sid_octets
from lab import names
from lab.servers import DnsServer

from . import fake_stage
from .expectations import unknown

CHILD, CHILD_DOMAIN, CHILD_SID = f'DC=child,{names.BASE_DN}', 'child.ebs.example.com', 'S-1-5-21-7-8-9'
CHILD_DC, CHILD_ADDRESS = f'dc1.{CHILD_DOMAIN}', '127.0.0.13'
PARTNER_SID, PARTNER_ACCOUNT = 'S-1-5-21-40-50-60', 'S-1-5-21-40-50-60-1105'
DANA = dn_of('dana', CHILD)
HELPERS = dn_of('Helpers')
UNIVERSAL = f'<SID={CHILD_SID}-1500>;{dn_of("Uni", CHILD)}'
TOKEN = 'tokenGroupsGlobalAndUniversal'


@functools.cache
def child_certificate():
    return fake_stage.authority().issue('child', f'DNS:{CHILD_DC},DNS:{CHILD_DOMAIN}')


def dana(**attributes):
    return entries_of.user('dana', 1104, CHILD, CHILD_SID, userPrincipalName=['dana@corp.example'],
                           **attributes)


def trust(name, sid, attributes):
    return {f'CN={name},{entries_of.SYSTEM_DN}': {
        'objectClass': ['trustedDomain'], 'trustPartner': [name], 'flatName': [name.split('.')[0].upper()],
        'securityIdentifier': [sid_octets(sid)], 'trustAttributes': [str(attributes)]}}


class ForestFault(fake_stage.FakeDirectoryFault):
    """CHILD\\dana is in a universal group of its domain, which is in Helpers, a group of the root."""

    accounts = ('CHILD\\dana',)
    other_domains = 'forest'
    interval = '4s'  # three servers are asked

    def setUp(self):
        super().setUp()
        self.catalog = self.serve(3269, self.catalog_entries())
        self.child_entries = self.healthy_child()
        self.child = self.serve(636, self.child_entries, CHILD_ADDRESS, certificate=child_certificate())
        listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listener.bind((names.ADDRESS, 53))
        self.name_server = DnsServer(
            listener, {fake_stage.DC: [names.ADDRESS], CHILD_DC: [CHILD_ADDRESS]},
            {f'_ldap._tcp.{CHILD_DOMAIN}': (CHILD_DC, 636)})
        self.addCleanup(self.name_server.close)

    def directory_options(self):
        return {'name_servers': [names.ADDRESS], 'other_domains': self.other_domains}

    def healthy_entries(self):
        root = super().healthy_entries()
        root[HELPERS]['member'] = [UNIVERSAL]
        root[entries_of.PARTITIONS_DN]['uPNSuffixes'] = ['corp.example']
        return {**root, **entries_of.partition('CHILD', CHILD, CHILD_DOMAIN)}

    def healthy_child(self):
        return {**entries_of.root(CHILD), **entries_of.domain(CHILD, CHILD_SID),
                entries_of.PARTITIONS_DN: {'objectClass': ['container']},
                **entries_of.partition('CHILD', CHILD, CHILD_DOMAIN),
                **entries_of.partition(names.DOMAIN, names.BASE_DN, names.DNS_DOMAIN),
                **dana(**{TOKEN: [sid_octets(f'{CHILD_SID}-513'), sid_octets(f'{CHILD_SID}-1500')]})}

    def catalog_entries(self):
        """Without what a Global Catalog does not hold."""
        held = dana()
        for attribute in ('accountExpires', 'msDS-User-Account-Control-Computed', 'pwdLastSet'):
            del held[DANA][attribute]
        return {**entries_of.root(), **entries_of.domain(), **entries_of.domain(CHILD, CHILD_SID), **held}

    def fix_it(self):
        super().fix_it()
        self.child_entries.clear()
        self.child_entries.update(self.healthy_child())
        self.child.hidden, self.child.bind_result = {}, (0, '')


class ReconfiguredForest(fake_stage.ReconfiguredFault, ForestFault):
    """`wrong` are other keys of `directory`, and `account` is asked for in place of CHILD\\dana."""

    wrong = {}
    account = 'CHILD\\dana'

    def wrong_network(self):
        return self.network([self.account], **{**self.directory_options(), **self.wrong})


class ForestEntry(ForestFault):
    """Entries of the root domain are added or replaced, or dana's token is."""

    added = {}
    token = None

    def break_it(self):
        self.entries.update(self.added)
        if self.token is not None:
            self.child_entries[DANA][TOKEN] = self.token


class ForeignPrincipal(ForestEntry):
    """An account of a domain outside the forest, by its SID: a foreign security principal is a member."""

    accounts = (PARTNER_ACCOUNT,)
    other_domains = 'off'
    known = 'cal_account_member'

    def healthy_entries(self):
        root = super().healthy_entries()
        root[names.ADMINISTRATORS_DN]['member'] = [
            f'CN={PARTNER_ACCOUNT},CN=ForeignSecurityPrincipals,{names.BASE_DN}']
        return {**root, **trust('partner.example', PARTNER_SID, 8)}

    healthy = unknown('logon_not_seen')


