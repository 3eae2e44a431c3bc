"""When a membership or an account broke, from replication metadata of every condition. The finding itself never depends
on them."""

from fakes.directory_entries import INVOCATION, attribute_stamp, dn_of, domain_controller, link_stamp, raw_stamps

from . import fake_stage as stage
from . import history_stage
from .expectations import present
from .history_stage import LEFT, LINKS, STAYED, WHEN

SHOWN = '2026-11-24 09:12:07 UTC'
SECONDS = 1795511527  # the same
ATTRIBUTES, RAW = 'msDS-ReplAttributeMetaData', 'replPropertyMetaData'
CONTROL = 0x90008  # userAccountControl in the binary form
BOMB = ('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        '<DS_REPL_VALUE_META_DATA><pszAttributeName>&b;</pszAttributeName></DS_REPL_VALUE_META_DATA>')


class WrittenByAnotherController(history_stage.LeftAGroup):
    fault = 'the account leaves a group; the DN of the domain controller that wrote it is gone, its `invocationId` is known'
    says = present('not_member', words=(f'left Helpers on {SHOWN}, written on DC7',))
    links = (STAYED, link_stamp(stage.ACCOUNT, WHEN, host=''))

    def controllers(self):
        return domain_controller('DC7', INVOCATION)


stage.rows(globals(), history_stage.LeftAGroup, (
    ('Present', 'the account leaves a group, and metadata of links say when',
     present('not_member', words=(f'left Helpers on {SHOWN}, written on DC2',)), {}),
    ('AmongMany', 'the same, with 4,000 links that come in ranges',
     present('not_member', words=(f'left Helpers on {SHOWN}, written on DC2',)),
     {'links': (*(link_stamp(dn_of(f'u{i}'), '2026-11-23T00:00:00Z') for i in range(4000)), LEFT), 'interval': '8s'}),
    ('WriterGone', 'the same, and nothing shows the domain controller that wrote it',
     present('not_member', words=(f'left Helpers on {SHOWN}, written on a domain controller that is not shown',)),
     {'links': (link_stamp(stage.ACCOUNT, WHEN, host=''),)}),
    ('CameBack', 'the same, and the metadata say that the account is back',
     present('not_member', words=('no group that was looked at has lost',)),
     {'links': (STAYED, link_stamp(stage.ACCOUNT, WHEN, removed=False)), 'claims': False}),
    ('Missing', 'the account leaves a group, and there are no metadata of its links',
     present('not_member'), {'links': (), 'claims': False}),
    *((f'Garbled{number}', f'the account leaves a group, and the metadata of its links are {what}',
       present('not_member'), {'links': (value,), 'claims': False})
      for number, (what, value) in enumerate((
          ('cut off', LEFT[:200]), ('another document', '<html><body>no</body></html>'),
          ('a nest of entities', BOMB), ('octets', bytes(range(256))),
          ('100 kB in one element', LEFT.replace('DC2', 'x' * 100_000)),
          ('without a time', LEFT.replace(WHEN, 'yesterday')))))))


class HiddenMetadata(history_stage.LeftAGroup):
    fault = 'the account leaves a group, and the metadata of links are hidden from the agent'
    says = present('not_member', words=('does not show when members left Administrators',))
    claims = False

    def break_it(self):
        super().break_it()
        self.server.hidden = {'': [LINKS]}


SINCE = f'userAccountControl of EBS\\licadmin was last changed on {SHOWN}, written on'
UNKNOWN = 'the directory does not show when userAccountControl of EBS\\licadmin was last changed'
stage.rows(globals(), history_stage.DisabledAccount, (
    ('DisabledSince', 'the account is disabled, and metadata say when',
     present('account_disabled', words=(f'{SINCE} DC2',)),
     {'metadata': {ATTRIBUTES: [attribute_stamp('objectClass', WHEN), attribute_stamp('userAccountControl', WHEN)]}}),
    ('DisabledInOctets', 'the account is disabled, and only the binary form of the metadata is there',
     present('account_disabled', words=(f'{SINCE} DC7',)), {'metadata': {RAW: [raw_stamps(CONTROL, SECONDS)]}}),
    ('DisabledOtherAttribute', 'the account is disabled, and the metadata are of another attribute',
     present('account_disabled', words=(UNKNOWN,)), {'metadata': {ATTRIBUTES: [attribute_stamp('cn', WHEN)]}}),
    ('DisabledMissing', 'the account is disabled, and there are no metadata',
     present('account_disabled', words=(UNKNOWN,)), {}),
    ('DisabledGarbled', 'the account is disabled, and both forms of the metadata are damaged',
     present('account_disabled', words=(UNKNOWN,)),
     {'metadata': {ATTRIBUTES: [attribute_stamp('userAccountControl', WHEN)[:150]],
                   RAW: [raw_stamps(CONTROL, SECONDS)[:-3]]}})))
