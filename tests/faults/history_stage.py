"""Accounts of the fake directory that lose a group or are disabled, with the replication metadata of the row."""

from fakes.directory_entries import INVOCATION, dn_of, domain_controller, link_stamp, sid_octets
from lab import names

from . import fake_stage as stage

HELPERS = dn_of('Helpers')
WHEN = '2026-11-24T09:12:07Z'
LINKS = 'msDS-ReplValueMetaData'
LEFT = link_stamp(stage.ACCOUNT, WHEN)
STAYED = link_stamp(stage.HEALTHY, '2019-05-06T07:08:09Z', removed=False)


class LeftAGroup(stage.FakeDirectoryFault):
    """The account leaves Helpers, whose metadata of links are `links`."""

    links = (STAYED, LEFT)
    claims = True  # whether a time is shown

    def break_it(self):
        self.entries[HELPERS] = {**self.entries[HELPERS], 'member': [stage.HEALTHY], LINKS: list(self.links)}
        self.entries[names.ADMINISTRATORS_DN] = {**self.entries[names.ADMINISTRATORS_DN], LINKS: [
            link_stamp(HELPERS, '2019-05-06T07:08:09Z', removed=False)]}
        self.entries[stage.ACCOUNT] = {**self.entries[stage.ACCOUNT], 'memberOf': [], 'tokenGroups': [
            sid_octets(f'{names.DOMAIN_SID}-513'), sid_octets('S-1-5-32-545')]}
        self.entries.update(self.controllers())

    def controllers(self):
        return {}

    def while_broken(self):
        page = self.get(f'/probes/ebs/{self.probe}')[1]
        (self.assertIn if self.claims else self.assertNotIn)('left Helpers', page)


class DisabledAccount(stage.FakeDirectoryFault):
    """The account is disabled; `metadata` are attributes of it."""

    metadata = {}

    def break_it(self):
        self.entries[stage.ACCOUNT] = {**self.entries[stage.ACCOUNT], 'userAccountControl': ['514'], **self.metadata}
        self.entries.update(domain_controller('DC7', INVOCATION))
