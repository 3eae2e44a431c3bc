"""Odd accounts: each has its own verdict, and does not blind the healthy one beside it."""

from . import fake_stage as stage
from .expectations import clear, present, unknown


stage.rows(globals(), stage.OddSpelling, (
    ('Path', 'an account is written as an ADSI path', stage.OddSpelling.says,
     {'account': f'LDAP://{stage.DC}/{stage.ACCOUNT}'}),
    ('Spaces', 'an account is written as a DN with spaces after the commas', stage.OddSpelling.says,
     {'account': stage.ACCOUNT.replace(',', ', ')}),
    ('Dot', 'an account is written with a dot at the end of its domain', stage.OddSpelling.says,
     {'account': 'licadmin@ebs.example.com.'}),
    ('DotOfDn', 'an account is written as a DN with a dot at its end', stage.OddSpelling.says,
     {'account': stage.ACCOUNT + '.'})))

stage.rows(globals(), stage.OddAccount, (
    ('Slash', 'an account is written with a slash: `EBS/dana`',
     unknown('name_not_usable', words=('write DOMAIN\\name, with a backslash',)), {'account': 'EBS/dana'}),
    ('LeadingSpace', 'an account begins with a space',
     unknown('name_not_usable', words=('begins or ends with a space',)), {'account': ' EBS\\licadmin'}),
    ('InvalidDn', 'an account is written as an invalid DN',
     unknown('name_not_usable', words=('not a valid distinguished name',)),
     {'account': 'CN=licadmin,Users,DC=ebs,DC=example,DC=com'}),
    ('Group', 'a group is written in place of an account',
     unknown('name_not_usable', words=('it is a group, which cannot log on',)), {'account': 'EBS\\Helpers'}),
    ('CutSid', 'a SID is cut short',
     unknown('name_not_usable', words=('not the SID of an account',)), {'account': 'S-1-5-21-1111111111'}),
    ('ForeignDn', 'an account is written as a DN of another domain',
     unknown('other_domain', words=('belongs to another domain',)),
     {'account': 'CN=eve,CN=Users,DC=other,DC=example'}),
    ('Misspelled', 'an account does not exist', present('account_not_found'),
     {'account': 'EBS\\licadmim'})))


stage.rows(globals(), stage.AnsweredWith, (
    ('Referral', 'the server refers one account to another server (10)',
     unknown('server_error', words=('(10',)), {'refusal': (10, '', ['ldap://other.example.com/'])}),
    ('RefusedDn', 'the server does not understand the DN of one account (34)',
     unknown('server_error', words=('(34',)), {'refusal': (34, 'bad DN')}),
    ('NotPermitted', 'the server permits no access to one account (50)',
     unknown('not_permitted', words=('(50',)), {'refusal': (50, 'insufficient access')})))


class ForeignGroup(stage.ReconfiguredFault):
    fault = 'the group of an account is written as a DN of another domain'
    says = unknown('group_not_found', 'server_error')
    accounts = (stage.HEALTHY,)

    def wrong_network(self):
        return self.network((*self.accounts, {
            'account': 'EBS\\licadmin', 'group': 'CN=Admins,CN=Users,DC=other,DC=example'}))

    while_broken = stage.OddAccount.while_broken
    may_claim = stage.OddAccount.may_claim
