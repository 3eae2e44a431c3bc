"""Kerberos over TLS, which a directory can require to be bound to the server's certificate."""

import os
import re
import subprocess

from . import names
from .case import LabCase

FIRST_SAMBA_THAT_REQUIRES_IT = (4, 21)
STRONG_AUTHENTICATION_REQUIRED = 8
INVALID_CREDENTIALS = 49  # of a bind without the binding, as a domain controller of Windows says it
URI = f'ldaps://{names.full_name(names.HOST)}'


def samba_version():
    said = subprocess.run(['samba', '--version'], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in re.search(r'(\d+)\.(\d+)', said).groups())


class ChannelBinding(LabCase):
    def setUp(self):
        super().setUp()
        self.principal = f'{names.MONITOR}@{names.REALM}'
        self.keytab = self.dc.export_keytab(self.principal, self.scratch / 'keytab')

    def ask_without_it(self):
        """The exit code of OpenLDAP's client, which is the result code of the bind."""
        environment = {**os.environ, **self.kerberos(), 'KRB5CCNAME': f'FILE:{self.scratch}/tickets',
                       'LDAPTLS_CACERT': str(self.dc.ca_file), 'LDAPSASL_CBINDING': 'none'}
        subprocess.run(['kinit', '-k', '-t', str(self.keytab), self.principal], env=environment,
                       check=True)
        return subprocess.run(['ldapsearch', '-Q', '-Y', 'GSSAPI', '-O', 'maxssf=0', '-N', '-H', URI, '-s', 'base',
                               '-b', '', 'defaultNamingContext'], env=environment,
                              capture_output=True).returncode

    def test_kerberos_over_tls(self):
        found = self.check(uri=[URI], environment=self.kerberos(), bind={
            'method': 'gssapi', 'user': self.principal, 'keytab_file': str(self.keytab)})
        if samba_version() >= FIRST_SAMBA_THAT_REQUIRES_IT:
            self.assertEqual(INVALID_CREDENTIALS, self.ask_without_it())
            self.assert_found(found, 'clear', 'member_nested')
        else:  # it refuses Kerberos over TLS altogether, bound or not
            self.assertEqual(STRONG_AUTHENTICATION_REQUIRED, self.ask_without_it())
            self.assert_found(found, 'unknown', 'bind_refused', '(8', 'requires signing')
