"""Accounts of other domains: found, evaluated with their own groups, or unknown with what is needed."""

from fakes.directory_entries import DISTRIBUTION, dn_of, group
from fakes.directory_server import sid_octets

from . import fake_stage, forest_stage as stage
from .expectations import clear, present, unknown

THIRD = 'S-1-5-21-30-30-30-1600'


class OtherDomainsOff(stage.ReconfiguredForest):
    fault = '`other_domains` is switched off'
    says = unknown('other_domain', words=('`other_domains: forest`',))
    goes_on = 'no password is sent to the other domain; ' + stage.ForestFault.goes_on
    wrong = {'other_domains': 'off'}

    def while_broken(self):
        before = len(self.child.binds)
        self.await_witness()
        self.assertEqual(before, len(self.child.binds))


fake_stage.rows(globals(), stage.ReconfiguredForest, (
    ('BySuffix', "an account is written as a UPN with the forest's suffix", clear('member_nested'),
     {'account': 'dana@corp.example'}),
    ('BySid', 'an account is written as a SID of another domain', clear('member_nested'),
     {'account': f'{stage.CHILD_SID}-1104'}),
    ('ByDn', 'an account is written as a DN of another domain of the forest', clear('member_nested'),
     {'account': stage.DANA}),
    ('NotInForest', 'no domain of the forest has the account', present('account_not_found'),
     {'account': 'eve@corp.example'}),
    ('ThirdDomain', 'the account can be of a domain outside the forest',
     unknown('other_domain', words=('no domain that was asked has it',)), {'account': 'OTHER\\eve'})))


fake_stage.rows(globals(), stage.ForestEntry, (
    ('ChildAdministrator', 'the account is an administrator of its own domain only', present('not_member'),
     {'token': [sid_octets(f'{stage.CHILD_SID}-513'), sid_octets('S-1-5-32-544')]}),
    ('DistributionBetween', 'the group in the root becomes a distribution group',
     present('not_member', words=('Helpers is a distribution group',)),
     {'added': group('Helpers', 1200, DISTRIBUTION, member=[stage.UNIVERSAL])}),
    ('NoToken', '`tokenGroupsGlobalAndUniversal` of the account is hidden in its domain',
     unknown('other_domain', words=('tokenGroupsGlobalAndUniversal',)), {'token': [], 'known': 'cal_account_usable'}),
    ('Selective', 'the trust with the domain becomes selective',
     unknown('other_domain', words=('selective authentication',)),
     {'added': stage.trust(stage.CHILD_DOMAIN, stage.CHILD_SID, 48), 'known': 'cal_account_usable'}),
    ('FilteredSid', 'the account is a member through a third domain, and the trust filters SIDs',
     unknown('membership_not_seen', words=('SID filtering',)),
     {'added': {**stage.trust(stage.CHILD_DOMAIN, stage.CHILD_SID, 36),
                **group('Helpers', 1200, member=[f'<SID={THIRD}>;CN=Third,DC=third,DC=example'])},
      'token': [sid_octets(THIRD)], 'known': 'cal_account_usable'})))


fake_stage.rows(globals(), stage.ForeignPrincipal, (
    ('TrustHidden', 'the trust with the domain of a foreign security principal loses its attributes',
     unknown('other_domain', words=('the trust with its domain is not visible',)),
     {'added': {key: {name: value for name, value in entry.items() if name != 'trustAttributes'}
                for key, entry in stage.trust('partner.example', stage.PARTNER_SID, 8).items()}}),
    ('TrustSelective', 'the trust with the domain of a foreign security principal becomes selective',
     unknown('other_domain', words=('selective authentication',)),
     {'added': stage.trust('partner.example', stage.PARTNER_SID, 24)})))


class RefusedThere(stage.ForestFault):
    fault = "the account's own domain refuses the bind (533)"
    says = unknown('other_domain', words=('49/533',))

    def break_it(self):
        self.child.bind_result = (49, '80090308: comment: AcceptSecurityContext error, data 533, v4563')


class Unproven(stage.ForestFault):
    fault = "the certificate of the server in the account's domain proves nothing"
    says = unknown('other_domain', words=('the password was not sent',))

    def break_it(self):
        self.child.use_certificate(*fake_stage.authority().issue('member', f'DNS:{stage.CHILD_DC}'))

    def fix_it(self):
        super().fix_it()
        self.child.use_certificate(*stage.child_certificate())


class Unannounced(stage.ForestFault):
    fault = "the name server does not know the account's domain"
    says = unknown('other_domain', words=(f'_ldap._tcp.{stage.CHILD_DOMAIN}',))

    def break_it(self):
        self.services, self.name_server.services = self.name_server.services, {}

    def fix_it(self):
        super().fix_it()
        self.name_server.services = self.services


class NoCatalog(stage.ReconfiguredForest):
    fault = 'the Global Catalog is not reached, and no domain is allowed'
    says = unknown('other_domain', words=('the Global Catalog could not be asked',))
    wrong = {'other_domains': 'off'}
    account = 'dana@corp.example'

    def break_it(self):
        self.catalog.close()
        super().break_it()

    def fix_it(self):
        self.catalog = self.serve(3269, self.catalog_entries())
        super().fix_it()


class HiddenSid(stage.ForestFault):
    fault = 'a member of another domain comes back without its SID'
    says = unknown('membership_not_seen', words=('the SID of Uni was not returned',))
    known = 'cal_account_usable'

    def break_it(self):
        self.entries[stage.HELPERS]['member'] = [dn_of('Uni', stage.CHILD)]
