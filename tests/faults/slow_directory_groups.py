"""Groups that grant nothing, attributes that do not come back, and walks that are cut."""

from fakes.directory_entries import DISTRIBUTION, dn_of, group, sid_octets, user
from lab import names

from . import fake_stage as stage
from .expectations import clear, present, unknown

HELPERS = dn_of('Helpers')


class DistributionGroup(stage.FakeDirectoryFault):
    fault = 'the group that makes the account an administrator becomes a distribution group'
    says = present('not_member', words=('Helpers is a distribution group; it grants no rights',))

    def break_it(self):
        self.entries[HELPERS]['groupType'] = [DISTRIBUTION]
        self.entries[stage.ACCOUNT]['tokenGroups'] = [
            sid_octets(f'{names.DOMAIN_SID}-513'), sid_octets('S-1-5-32-545')]


class DistributionGroupByWalk(stage.FakeDirectoryFault):
    fault = 'it becomes a distribution group, and `tokenGroups` is hidden'
    says = DistributionGroup.says

    def break_it(self):
        self.entries[HELPERS]['groupType'] = [DISTRIBUTION]
        self.server.hidden = {'': ['tokenGroups']}


class HiddenGroupType(stage.HiddenAttribute):
    fault = '`groupType` of the group in between becomes hidden, and `tokenGroups`, too'
    says = unknown('membership_not_seen', words=('groupType of Helpers',))
    known = 'cal_account_usable'

    def break_it(self):
        self.server.hidden = {'': ['tokenGroups'], HELPERS: ['groupType']}


class HiddenGroup(stage.HiddenAttribute):
    fault = 'the group in between becomes hidden, and `tokenGroups`, too'
    says = unknown('membership_not_seen', words=('Helpers is hidden from the agent',))
    known = 'cal_account_usable'

    def break_it(self):
        self.server.hidden = {'': ['tokenGroups']}
        del self.entries[HELPERS]


class HiddenPasswordTime(stage.HiddenAttribute):
    fault = '`pwdLastSet` becomes hidden, while the computed state says that the password has expired'
    says = present('password_expired')

    def break_it(self):
        self.server.hidden = {'': ['pwdLastSet']}
        self.entries[stage.ACCOUNT]['msDS-User-Account-Control-Computed'] = [str(0x800000)]


class HiddenGroups(stage.HiddenAttribute):
    fault = '`tokenGroups` and `memberOf` of an account that is no member become hidden'
    says = unknown('membership_not_seen', words=('neither tokenGroups nor memberOf of visitor',))
    known = 'cal_account_usable'
    accounts = ('EBS\\visitor',)
    healthy = present('not_member')

    def break_it(self):
        self.server.hidden = {'': ['tokenGroups', 'memberOf']}


class HiddenPrimaryGroup(HiddenGroups):
    fault = '`tokenGroups` and `primaryGroupID` of an account that is no member become hidden'
    says = unknown('membership_not_seen', words=('primaryGroupID of visitor',))

    def break_it(self):
        self.server.hidden = {'': ['tokenGroups', 'primaryGroupID']}
        self.entries[dn_of('visitor')]['memberOf'] = [dn_of('Domain Users')]


LOGON = ('userAccountControl', 'accountExpires', 'msDS-User-Account-Control-Computed')
stage.rows(globals(), stage.HiddenAttribute, (
    *((f'Hidden{number}', f'`{name}` of the account becomes hidden',
       unknown('logon_not_seen', words=(f'hidden from the agent ({name})', 'Account Restrictions')),
       {'attribute': name, 'of': stage.ACCOUNT}) for number, name in enumerate(LOGON)),
    ('HiddenToken', '`tokenGroups` becomes hidden, and the walk shows all', clear('member_nested'),
     {'attribute': 'tokenGroups'}),
    ('HiddenTime', '`pwdLastSet` becomes hidden, and the computed state shows all', clear('member_nested'),
     {'attribute': 'pwdLastSet'})))


stage.rows(globals(), stage.GlobalCatalog, (
    ('CatalogOverTls', '`uri` is changed to a Global Catalog (3269)',
     unknown('logon_not_seen', words=('not a Global Catalog',)), {}),
    ('CatalogWithStartTls', '`uri` is changed to a Global Catalog (3268)',
     unknown('logon_not_seen', words=('not a Global Catalog',)),
     {'catalog_port': 3268, 'catalog_uri': f'ldap://{stage.DC}:3268', 'more': {'start_tls': True}}),
    ('VisitorInCatalog', 'an account that is no member is looked for in a Global Catalog',
     unknown('membership_not_seen', words=('is a Global Catalog, which does not show every membership',)),
     {'accounts': ('EBS\\visitor',), 'healthy': present('not_member')})))


class GroupOfAnotherDomain(stage.CutWalk):
    fault = 'the account joins a group of another domain, and `tokenGroups` is hidden'
    says = unknown('membership_not_seen', words=('Far belongs to another domain',))

    def break_it(self):
        self.entries[self.visitor]['memberOf'].append('CN=Far,CN=Users,DC=other,DC=example')


class ManyGroups(stage.CutWalk):
    fault = 'the account is in 5,100 groups, and `tokenGroups` is hidden'
    says = unknown('membership_not_seen', words=('more than 5000 groups',))
    interval = '15s'

    def break_it(self):
        for i in range(5100):
            self.entries.update(group(f'g{i}', 10000 + i))
        self.entries[self.visitor]['memberOf'] = [dn_of(f'g{i}') for i in range(5100)]


class NoRanges(stage.CutWalk):
    fault = '`memberOf` has 1,600 values, and the server does not return the second range'
    says = unknown('membership_not_seen', words=('the server did not return the next range',))
    interval = '8s'

    def break_it(self):
        self.server.knows_ranges = False
        for i in range(1600):
            self.entries.update(group(f'g{i}', 10000 + i))
        self.entries[self.visitor]['memberOf'] = [dn_of(f'g{i}') for i in range(1600)]

    def fix_it(self):
        super().fix_it()
        self.server.knows_ranges = True


class OddPages(stage.CutWalk):
    fault = 'the control for paged results cannot be decoded'
    says = unknown('membership_not_seen', 'server_error', words=('malformed control for paged results',))

    def break_it(self):
        self.server.page = b'garbage'

    def fix_it(self):
        super().fix_it()
        self.server.page = None


class OddRange(stage.CutWalk):
    fault = '`memberOf` has 1,600 values, and the range of the first ones cannot be read'
    says = unknown('membership_not_seen', words=('under a name that is not a range',))
    interval = '8s'

    def break_it(self):
        self.server.odd_range = 'x'
        for i in range(1600):
            self.entries.update(group(f'g{i}', 10000 + i))
        self.entries[self.visitor]['memberOf'] = [dn_of(f'g{i}') for i in range(1600)]

    def fix_it(self):
        super().fix_it()
        self.server.odd_range = ''


class ReferredGroup(stage.CutWalk):
    fault = 'the members of Administrators are referred to another server (10), and `tokenGroups` is hidden'
    says = unknown('membership_not_seen', 'server_error', words=('(10',))

    def break_it(self):
        self.server.refused = {names.ADMINISTRATORS_DN: (10, '', ['ldap://other.example.com/'])}


class References(stage.FakeDirectoryFault):
    fault = 'every search also refers to ten other servers'
    says = clear('member_nested')
    goes_on = 'no other server is asked; ' + stage.FakeDirectoryFault.goes_on

    def break_it(self):
        self.server.references = [f'ldap://other{i}.example.com/DC=other{i},DC=example' for i in range(10)]


class Recreated(stage.FakeDirectoryFault):
    fault = 'the account is deleted and another of the same name is created, which is in no group'
    says = present('not_member')

    def break_it(self):
        self.entries.update(user('licadmin', 1999, tokenGroups=[
            sid_octets(f'{names.DOMAIN_SID}-513'), sid_octets('S-1-5-32-545')]))
        self.entries[HELPERS]['member'] = [dn_of('dana')]
