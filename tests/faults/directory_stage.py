"""The common part of the rows about the directory: a healthy domain controller, and one probe that uses it."""

import json
import socket

from lab import agent, names
from lab.case import LabCase
from lab.faults import break_probe, fix_probe
from lab.silence import TcpRelay

from .expectations import clear
from .fault import Fault

PRINCIPAL = f'{names.MONITOR}@{names.REALM}'
RELAY = '127.0.0.21'
DISABLED, ENABLED = '514', '512'  # userAccountControl


def listen(address, port):
    return socket.create_server((address, port), backlog=64)


class DirectoryFault(Fault, LabCase):
    """A domain controller, and one probe that uses it."""

    probe = agent.MEMBERSHIP

    def directory_options(self):
        """Keys of `directory` that differ from the usual ones; None removes a key."""
        return {}

    def probe_options(self):
        return {}

    def networks(self):
        text = agent.configuration(self.dc, kind=self.probe, probe={
            **self.timing, **self.probe_options()}, **self.directory_options())
        return json.loads(text)['networks']


class DisabledAccount(DirectoryFault):
    """The account of `dn` is disabled."""

    dn = ''

    def break_it(self):
        self.set_control(DISABLED)

    def fix_it(self):
        self.set_control(ENABLED)

    def set_control(self, value):
        with self.directory() as directory:
            directory.set(self.dn, 'userAccountControl', value)


class CertificateFault(DirectoryFault):
    """The controller is restarted with another certificate."""

    def certificate(self):
        """Its two files."""
        raise NotImplementedError

    def break_it(self):
        self.restart_with(*self.certificate())

    def fix_it(self):
        folder = self.dc.folder / 'tls'
        self.restart_with(folder / 'server.pem', folder / 'server.key')

    def restart_with(self, certificate, key):
        self.dc.stop()
        self.dc.use_certificate(certificate, key)
        self.dc.start()


class PasswordFault(DirectoryFault):
    """`self.secret` is the agent's password file, for this row only."""

    def setUp(self):
        super().setUp()
        self.secret = self.scratch / 'password'
        self.fix_it()

    def directory_options(self):
        return {'bind': {'method': 'simple', 'user': f'{names.MONITOR}@{names.DNS_DOMAIN}',
                         'password_file': str(self.secret)}}

    def fix_it(self):
        self.secret.unlink(missing_ok=True)
        self.secret.write_text(self.dc.password_of(names.MONITOR))


class KerberosFault(DirectoryFault):
    """The agent has a keytab and requests tickets through `self.kdc`, which can stop answering."""

    def setUp(self):
        super().setUp()
        self.kdc = TcpRelay((RELAY, 88), (names.ADDRESS, 88), silent=False)
        self.addCleanup(self.kdc.close)
        self.dc.write_kerberos_configuration(kdc=RELAY)
        self.addCleanup(self.dc.write_kerberos_configuration)
        self.keytab = self.dc.export_keytab(PRINCIPAL, self.scratch / 'keytab')

    def environment(self):
        return self.kerberos()

    def directory_options(self):
        return {'uri': [f'ldap://{names.full_name(names.HOST)}'],
                'bind': {'method': 'gssapi', 'user': PRINCIPAL, 'keytab_file': str(self.keytab)}}


class KerberosFile(KerberosFault):
    """krb5.conf is rewritten: `old` becomes `new`."""

    old = new = None

    def break_it(self):
        file = self.dc.kerberos_configuration
        text = file.read_text()
        self.assertIn(self.old, text)
        file.write_text(text.replace(self.old, self.new))

    def fix_it(self):
        self.dc.write_kerberos_configuration(kdc=RELAY)


class PermissionsFault(DirectoryFault):
    """Changes the licensing object's security descriptor, as `./run break directory_permissions` does."""

    probe = 'directory_permissions'
    healthy = clear('owner_and_rights_ok')
    variant = None

    def break_it(self):
        break_probe(self.dc, self.probe, self.variant)

    def fix_it(self):
        fix_probe(self.dc, self.probe)
