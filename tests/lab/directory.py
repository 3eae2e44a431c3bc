"""Reads and changes the controller's database as SYSTEM, without access checks. This works while the
controller runs, which sees a change immediately."""

import time

import ldb
from samba import dsdb
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack
from samba.param import LoadParm
from samba.provision.sambadns import ARecord, SRVRecord
from samba.samdb import SamDB

from . import names

# Parts of a security descriptor: 1 owner, 2 group, 4 discretionary list.
OWNER_GROUP_DACL = 7

LONG_AGO = 946_684_800  # the first second of 2000

_TICKS_PER_SECOND = 10_000_000
_SECONDS_FROM_1601_TO_1970 = 11_644_473_600


def file_time(seconds):
    """A Unix time in the directory's format: 100 ns steps since 1601."""
    return str(int((seconds + _SECONDS_FROM_1601_TO_1970) * _TICKS_PER_SECOND))


def generalized_time(seconds):
    """A Unix time in the directory's other format, as in msTSExpireDate."""
    return time.strftime('%Y%m%d%H%M%S.0Z', time.gmtime(seconds))


class Directory:
    """Open it for each use: `with Directory(dc) as directory:` is one transaction. `batch` makes thousands
    of additions fast, but then any error aborts the transaction."""

    def __init__(self, dc, batch=False):
        parameters = LoadParm()
        parameters.load(str(dc.configuration))
        self._database = SamDB(url=str(dc.database), lp=parameters,
                               session_info=system_session(parameters),
                               options=['batch_mode:1'] if batch else None)

    def __enter__(self):
        self._database.transaction_start()
        return self

    def __exit__(self, kind, value, traceback):
        if kind is None:
            self._database.transaction_commit()
        else:
            self._database.transaction_cancel()

    def add(self, dn, **attributes):
        self._database.add({'dn': dn, **attributes})

    def delete(self, dn):
        self._database.delete(dn)

    def rename(self, dn, new_dn):
        self._database.rename(dn, new_dn)

    def get(self, dn, attribute):
        """The first value as text, or None."""
        found = self._database.search(base=dn, scope=ldb.SCOPE_BASE, attrs=[attribute])[0]
        return str(found[attribute][0]) if attribute in found else None

    def values(self, dn, attribute):
        """All as texts, sorted."""
        found = self._database.search(base=dn, scope=ldb.SCOPE_BASE, attrs=[attribute])[0]
        return sorted(str(value) for value in found.get(attribute, []))

    def sid(self, dn):
        found = self._database.search(base=dn, scope=ldb.SCOPE_BASE, attrs=['objectSid'])[0]
        return str(ndr_unpack(security.dom_sid, found['objectSid'][0]))

    def dn_of(self, name):
        """Of "<SID=…>" or "<GUID=…>"."""
        return str(self._database.search(base=name, scope=ldb.SCOPE_BASE, attrs=['cn'])[0].dn)

    def set(self, dn, attribute, value):
        """`value` may be a list; an empty one removes the attribute."""
        self._modify(dn, attribute, value, ldb.FLAG_MOD_REPLACE)

    def add_member(self, group_dn, member_dn):
        self._modify(group_dn, 'member', member_dn, ldb.FLAG_MOD_ADD)

    def add_members(self, group_dn, member_dns):
        self._modify(group_dn, 'member', member_dns, ldb.FLAG_MOD_ADD)

    def remove_member(self, group_dn, member_dn):
        self._modify(group_dn, 'member', member_dn, ldb.FLAG_MOD_DELETE)

    def is_member(self, group_dn, member_dn):
        found = self._database.search(base=group_dn, scope=ldb.SCOPE_BASE, attrs=['member'])[0]
        wanted = ldb.Dn(self._database, member_dn)
        return any(ldb.Dn(self._database, str(value)) == wanted
                   for value in found.get('member', []))

    def set_disabled(self, dn, disabled):
        control = int(self.get(dn, 'userAccountControl')) & ~2
        self.set(dn, 'userAccountControl', str(control | (2 if disabled else 0)))

    def lock(self, dn):
        """Locks the account as after too many bad passwords; the domain's lockout duration starts now."""
        self.set(dn, 'lockoutTime', file_time(time.time()))

    def unlock(self, dn):
        self.set(dn, 'lockoutTime', '0')

    def set_password(self, dn, password):
        self.set(dn, 'unicodePwd', f'"{password}"'.encode('utf-16-le'))

    def age_password(self, dn):
        """Dates the password back, so that it has expired by the domain's policy."""
        self._modify(dn, 'pwdLastSet', file_time(LONG_AGO), ldb.FLAG_MOD_REPLACE,
                     [f'local_oid:{dsdb.DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID}:1'])

    def descriptor(self, dn):
        found = self._database.search(base=dn, scope=ldb.SCOPE_BASE,
                                      attrs=['nTSecurityDescriptor'],
                                      controls=[f'sd_flags:1:{OWNER_GROUP_DACL}'])[0]
        return ndr_unpack(security.descriptor, found['nTSecurityDescriptor'][0])

    def set_descriptor(self, dn, descriptor):
        self.set_part(dn, descriptor, OWNER_GROUP_DACL)

    def set_part(self, dn, descriptor, parts):
        self._modify(dn, 'nTSecurityDescriptor', ndr_pack(descriptor), ldb.FLAG_MOD_REPLACE,
                     [f'sd_flags:1:{parts}'])

    def sddl(self, dn):
        return self.descriptor(dn).as_sddl(security.dom_sid(names.DOMAIN_SID))

    def set_sddl(self, dn, sddl):
        self.set_descriptor(dn, security.descriptor.from_sddl(
            sddl, security.dom_sid(names.DOMAIN_SID)))

    def announce(self, hosts):
        """Makes the name server return these as the domain's LDAP servers, in this order of priority;
        `hosts` maps a short name to its address."""
        service = []
        for priority, (host, address) in enumerate(hosts.items()):
            self._set_dns(host, [ARecord(address)])
            service.append(SRVRecord(names.full_name(host), 389, priority, 100))
        self._set_dns('_ldap._tcp', service)

    def _set_dns(self, name, records):
        dn = (f'DC={name},DC={names.DNS_DOMAIN},CN=MicrosoftDNS,DC=DomainDnsZones,'
              f'{names.BASE_DN}')
        values = [ndr_pack(record) for record in records]
        try:
            self.set(dn, 'dnsRecord', values)
        except ldb.LdbError as error:
            if error.args[0] != ldb.ERR_NO_SUCH_OBJECT:
                raise
            self.add(dn, objectClass='dnsNode', dnsRecord=values)

    def _modify(self, dn, attribute, value, how, controls=None):
        message = ldb.Message()
        message.dn = ldb.Dn(self._database, dn)
        message[attribute] = ldb.MessageElement(value, how, attribute)
        self._database.modify(message, controls)
