"""Kerberos: the realm, the keytab, the encryption types. The clock is in the area of time."""

import json

from lab import names

from . import directory_stage as stage
from .expectations import unknown


class Realm(stage.KerberosFault):
    fault = 'the realm of `user` is changed to lower case'
    says = unknown('bind_refused', words=('is not in upper case', f'write {stage.PRINCIPAL}'))

    def break_it(self):
        self.reconfigure(f'{names.MONITOR}@{names.DNS_DOMAIN}')

    def fix_it(self):
        self.reconfigure(stage.PRINCIPAL)

    def reconfigure(self, user):
        configuration = json.loads(self.configuration.read_text())
        configuration['networks'][0]['directory']['bind']['user'] = user
        self.configuration.write_text(json.dumps(configuration))
        self.reload()


class Keytab(stage.KerberosFault):
    fault = 'the keytab is replaced by one of another account'
    says = unknown('bind_refused', words=('no key of this principal', 'the keytab has licadmin@'))

    def break_it(self):
        self.dc.export_keytab(f'licadmin@{names.REALM}', self.keytab)

    def fix_it(self):
        self.dc.export_keytab(stage.PRINCIPAL, self.keytab)


class UnknownRealm(stage.KerberosFile):
    fault = 'krb5.conf no longer names a KDC of the realm'
    says = unknown('bind_refused', words=('no KDC of this realm is known', '[realms] in krb5.conf'))
    old, new = f'kdc = {stage.RELAY}', ''


class NoCommonEncryption(stage.KerberosFile):
    fault = 'keytab and KDC have no encryption type in common'
    says = unknown('bind_refused', words=('no encryption type in common', 'AES keys'))
    old, new = '[libdefaults]', '[libdefaults]\n  permitted_enctypes = camellia256-cts-cmac'
