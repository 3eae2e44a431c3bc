"""The common part of the rows that a fake directory drives: a domain that is healthy, and can show what no
Samba shows."""

import functools
import json
import pathlib
import tempfile
import unittest

from fakes.directory_entries import dn_of, group, small_domain
from fakes.directory_server import DirectoryServer
from lab import agent, names
from lab.certificates import Authority

from .expectations import clear, present
from .fault import Fault

DC = names.full_name(names.HOST)
ACCOUNT = dn_of('licadmin')
HEALTHY = dn_of('dana')
USER = f'{names.MONITOR}@{names.DNS_DOMAIN}'


@functools.cache
def authority():
    """Created once per process, since keys take time."""
    folder = tempfile.TemporaryDirectory(prefix='cal-fake-authority-')
    made = Authority(folder.name)
    made.folder = folder  # until the process ends
    return made


@functools.cache
def certificate():
    return authority().issue('dc', f'DNS:{DC},DNS:{names.DNS_DOMAIN}')


class FakeDirectoryFault(Fault, unittest.TestCase):
    """`self.server` answers on the port of LDAPS."""

    probe = agent.MEMBERSHIP
    accounts = ('EBS\\licadmin',)
    port = 636
    uri = f'ldaps://{DC}'
    known = None  # the fact that is seen although the verdict is unknown

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='cal-faults-')
        self.addCleanup(folder.cleanup)
        self.scratch = pathlib.Path(folder.name)
        self.arguments = ('--state.dir', str(self.scratch / 'state'))
        self.password = self.scratch / 'password'
        self.password.write_text('right-Passw0rd')
        self.ca_file = self.scratch / 'ca.pem'
        self.ca_file.write_bytes(authority().certificate.read_bytes())
        self.entries = self.healthy_entries()
        self.server = self.serve(self.port)

    def healthy_entries(self):
        return small_domain()

    def may_claim(self, family, labels):
        return family == self.known

    def serve(self, port, entries=None, address=names.ADDRESS, **options):
        options.setdefault('certificate', certificate())
        server = DirectoryServer(address, port, self.entries if entries is None else entries, **options)
        self.addCleanup(server.close)
        return server

    def directory_options(self):
        """Keys of `directory` that differ from the usual ones."""
        return {}

    def networks(self):
        return [self.network(self.accounts, **self.directory_options())]

    def network(self, accounts, **directory):
        reached = {'uri': [self.uri], 'ca_file': str(self.ca_file), **directory,
                   'bind': {'method': 'simple', 'user': USER, 'password_file': str(self.password),
                            **directory.get('bind', {})}}
        return {'name': 'ebs', 'directory': {key: value for key, value in reached.items() if value is not None},
                'probes': {self.probe: {'accounts': list(accounts), **self.timing}}}

    def fix_it(self):
        """The table as it was, and the usual answers."""
        self.entries.clear()
        self.entries.update(self.healthy_entries())
        self.server.hidden, self.server.refused, self.server.references = {}, {}, []


class ReconfiguredFault(FakeDirectoryFault):
    """The agent is reloaded with another configuration: wrong_network()."""

    def wrong_network(self):
        raise NotImplementedError

    def break_it(self):
        self.good = self.configuration.read_text()
        wrong = json.loads(self.good)
        wrong['networks'][0] = self.wrong_network()
        self.configuration.write_text(json.dumps(wrong))
        self.reload()

    def fix_it(self):
        self.configuration.write_text(self.good)
        self.reload()


class RefusedBind(FakeDirectoryFault):
    """The server refuses the bind with a result and a text, as Active Directory writes it."""

    result, data = 49, None
    text = ('80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data {}, v4563')
    secret_is_wrong = False

    def break_it(self):
        self.server.bind_result = (self.result, self.text.format(self.data))

    def fix_it(self):
        self.server.bind_result = (0, '')
        if self.secret_is_wrong:  # the bind is held until it changes
            self.password.write_text('new-Passw0rd')


class WeakCertificate(FakeDirectoryFault):
    """The server has another certificate: `issued` are arguments of Authority.issue()."""

    issued = {}
    names = f'DNS:{DC}'

    def break_it(self):
        self.server.use_certificate(*authority().issue(type(self).__name__, self.names, **self.issued))

    def fix_it(self):
        self.server.use_certificate(*certificate())


class SpoiledFile(FakeDirectoryFault):
    """The octets of a file are replaced: `attribute` names it, and spoiled() makes them of the good ones."""

    attribute = None
    spoiled = None

    def break_it(self):
        file = getattr(self, self.attribute)
        self.good = file.read_bytes()
        file.write_bytes(type(self).spoiled(self.good))

    def fix_it(self):
        getattr(self, self.attribute).write_bytes(self.good)


class HiddenAttribute(FakeDirectoryFault):
    """`attribute` is hidden from the agent's account."""

    attribute = None
    of = ''
    known = 'cal_account_member'

    def break_it(self):
        self.server.hidden = {self.of: [self.attribute]}


class GlobalCatalog(ReconfiguredFault):
    """The URI names a port of the Global Catalog, which does not hold everything."""

    known = 'cal_account_member'
    catalog_port, catalog_uri = 3269, f'ldaps://{DC}:3269'
    more = {}

    def setUp(self):
        super().setUp()
        self.catalog = self.serve(self.catalog_port)
        self.catalog.hidden = {'': ['accountExpires', 'msDS-User-Account-Control-Computed',
                                    'userAccountControl', 'tokenGroups', 'pwdLastSet']}

    def wrong_network(self):
        return self.network(self.accounts, uri=[self.catalog_uri], **self.more)


class CutWalk(FakeDirectoryFault):
    """`tokenGroups` is hidden from the start, and an account that is no member is asked for."""

    accounts = ('EBS\\visitor',)
    healthy = present('not_member')
    known = 'cal_account_usable'
    visitor = dn_of('visitor')

    def healthy_entries(self):
        entries = super().healthy_entries()
        entries.update(group('Staff', 1300))
        entries[self.visitor] = {**entries[self.visitor], 'memberOf': [dn_of('Staff')]}
        del entries[self.visitor]['tokenGroups']
        return entries


class OddAccount(ReconfiguredFault):
    """`account` is added to the configuration."""

    goes_on = "the other account's membership is still shown; " + FakeDirectoryFault.goes_on
    account = None
    accounts = (HEALTHY,)

    def may_claim(self, family, labels):
        return labels['account'] == HEALTHY

    def wrong_network(self):
        return self.network((*self.accounts, self.account))

    def while_broken(self):
        shown = self.metrics().value('cal_account_member', network='ebs', account=HEALTHY)
        self.assertEqual(1, shown)


class OddSpelling(OddAccount):
    """Another form of the name of an account that exists."""

    says = clear('member_nested', words=('all 2 accounts are members',))


class AnsweredWith(FakeDirectoryFault):
    """The server answers requests about one account with an error."""

    goes_on = OddAccount.goes_on
    may_claim = OddAccount.may_claim
    accounts = (HEALTHY, ACCOUNT)
    refusal = None

    def break_it(self):
        self.server.refused = {ACCOUNT: self.refusal}

    while_broken = OddAccount.while_broken


def rows(into, base, table):
    """Adds a row to the module `into` for each line of a table: its class, what is wrong, what the agent
    says, and further attributes of the class."""
    for name, fault, says, attributes in table:
        into[name] = type(name, (base,), {'fault': fault, 'says': says, '__module__': into['__name__'],
                                          **attributes})
