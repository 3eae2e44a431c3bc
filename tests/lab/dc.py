"""A temporary Active Directory domain controller: Samba in one process on a loopback address, which writes
only below one folder. Needs root (ports below 1024), but no namespaces."""

import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time

from . import names
from .certificates import Authority
from .processes import OwnProcess

PORTS = (53, 88, 389, 464, 636, 3268, 3269)
SERVICES = 'ldap, cldap, kdc, dns'
LDAP_SERVICE_NAMES = (f'ldap/{names.full_name(names.HOST)}',
                      f'ldap/{names.full_name(names.HOST)}/{names.DNS_DOMAIN}',
                      f'ldap/{names.HOST.upper()}')


class DomainController:
    """Call provision() or copy_from() once, then start() and stop() any number of times. Paths, certificate and passwords
    stay the same as long as the folder exists."""

    def __init__(self, folder, address=names.ADDRESS):
        self.folder = pathlib.Path(folder).absolute()
        self.address = address
        self._data = self.folder / 'dc'
        self.configuration = self._data / 'etc' / 'smb.conf'
        self.database = self._data / 'private' / 'sam.ldb'
        self.kerberos_configuration = self.folder / 'krb5.conf'
        self.output = self.folder / 'log' / 'samba.out'
        self._snapshot = self.folder / 'snapshot.tar'
        self._process = OwnProcess(self.folder / 'dc.pid')

    @property
    def provisioned(self):
        return self.database.exists()

    @property
    def authority(self):
        return Authority(self.folder / 'tls')

    @property
    def ca_file(self):
        return self.authority.certificate

    def provision(self):
        """Creates a new domain with fixed names and SID; does not start it."""
        shutil.rmtree(self._data, ignore_errors=True)
        for name in ('run', 'log'):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        certificate, key = self.authority.issue('server')
        # Otherwise the machine's own configuration would be merged in.
        base = self.folder / 'base.conf'
        base.write_text('[global]\n')
        run = self.folder / 'run'
        options = {
            'interfaces': f'{self.address}/8',
            'bind interfaces only': 'yes',
            'server services': SERVICES,
            'dns forwarder': '0.0.0.0',
            'pid directory': run,
            'ncalrpc dir': run / 'ncalrpc',
            'winbindd socket directory': run / 'winbindd',
            'ntp signd socket directory': run / 'ntp_signd',
            'log file': self.folder / 'log' / 'log.%m',
            'dns update command': '/bin/true',
            'spn update command': '/bin/true',
            'gpo update command': '/bin/true',
            'tls certfile': certificate,
            'tls keyfile': key,
            'tls cafile': self.ca_file,
        }
        if not _may_set_security_attributes(self.folder):  # a container: any owner may set these
            options['acl_xattr:security_acl_name'] = 'user.NTACL'
        self._samba_tool(
            'domain', 'provision', f'--configfile={base}', f'--targetdir={self._data}', '--quiet',
            f'--realm={names.REALM}', f'--domain={names.DOMAIN}', f'--host-name={names.HOST}',
            f'--host-ip={self.address}', f'--adminpass={self.password_of("administrator")}',
            '--server-role=dc', '--dns-backend=SAMBA_INTERNAL',
            f'--domain-sid={names.DOMAIN_SID}',
            *(f'--option={name}={value}' for name, value in options.items()))
        # GSSAPI needs these. The service that would register them at start is not in SERVICES.
        for name in LDAP_SERVICE_NAMES:
            self._samba_tool('spn', 'add', name, f'{names.HOST.upper()}$',
                             f'--configfile={self.configuration}', '-H', str(self.database))
        self.write_kerberos_configuration()

    def password_of(self, user):
        """Random for each lab, stored in a file that only the owner may read."""
        file = self.password_file_of(user)
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w') as secret:
                secret.write(secrets.token_urlsafe(18) + 'aA1!')  # the domain requires three kinds of characters
        return file.read_text()

    def password_file_of(self, user):
        return self.folder / 'secrets' / user

    def use_certificate(self, certificate, key, ca_file=None):
        """Takes effect at the next start."""
        lines = self.configuration.read_text().splitlines()
        values = {'tls certfile': certificate, 'tls keyfile': key,
                  'tls cafile': ca_file or self.ca_file}
        for number, line in enumerate(lines):
            name = line.split('=')[0].strip()
            if name in values:
                lines[number] = f'\t{name} = {values[name]}'
        self.configuration.write_text('\n'.join(lines) + '\n')

    def log_changes(self):
        """From its next start on every change of the directory is a line of JSON in the file that is returned, between
        other lines."""
        classes = ('dsdb_json_audit', 'dsdb_group_json_audit', 'dsdb_password_json_audit')
        text = self.configuration.read_text()
        levels = ' '.join(f'{each}:5' for each in classes)
        self.configuration.write_text(text.replace('[global]\n', f'[global]\n\tlog level = 1 {levels}\n', 1))
        return self.output

    def start(self, patience=60.0):
        """Returns when the directory and the name server answer."""
        self._process.start(
            ['samba', '-F', '--no-process-group', '-M', 'single', '-s', str(self.configuration),
             '--debug-stdout'], self.output)
        deadline = time.monotonic() + patience
        while not (self._accepts(636) and self._accepts(53)):
            if not self.running():
                raise RuntimeError(f'samba ended at its start; it said:\n{self._last_words()}')
            if time.monotonic() > deadline:
                raise RuntimeError(f'samba does not answer on {self.address} after {patience:.0f} '
                                   f's; it said:\n{self._last_words()}')
            time.sleep(0.02)

    def running(self):
        return self._process.running()

    def stop(self):
        return self._process.stop()

    def kill(self):
        self._process.kill()

    def freeze(self):
        """The whole controller stops answering; the kernel still accepts connections for it."""
        self._process.signal(signal.SIGSTOP)

    def thaw(self):
        self._process.signal(signal.SIGCONT)

    def wait_for_unread(self, port, patience=60.0):
        """Waits until a client has sent something that the frozen controller has not read."""
        deadline = time.monotonic() + patience
        while not self._unread(port):
            if time.monotonic() > deadline:
                raise RuntimeError(f'no client asked port {port} within {patience:.0f} s')
            time.sleep(0.02)

    def snapshot(self):
        """Keeps the data of the stopped controller for restore()."""
        _pack(self._data, self._snapshot)

    def restore(self):
        """Puts the data of the last snapshot() back; the controller must be stopped."""
        shutil.rmtree(self._data)
        self._data.mkdir(mode=0o755)
        _unpack(self._snapshot, self._data)

    def save_as(self, archive):
        """Writes all of the stopped controller, for copy_from() of others."""
        _pack(self.folder, archive)

    def copy_from(self, archive):
        """Instead of provision(): takes seconds less, and the passwords and certificates are the same."""
        _unpack(archive, self.folder)
        text = self.configuration.read_text()  # the only file that names the folder
        saved_in = re.search(r'lock directory = (.*)/dc$', text, re.MULTILINE)[1]
        self.configuration.write_text(text.replace(saved_in, str(self.folder)))

    def export_keytab(self, principal, file):
        pathlib.Path(file).unlink(missing_ok=True)  # otherwise the keys are appended
        self._samba_tool('domain', 'exportkeytab', str(file), f'--principal={principal}',
                         f'--configfile={self.configuration}')
        return pathlib.Path(file)

    def write_kerberos_configuration(self, kdc=None):
        """Writes krb5.conf for clients; `kdc` is host:port, by default the controller itself. It uses
        only TCP, so that a silent KDC is one connection that stays open."""
        self.kerberos_configuration.write_text(f'''[libdefaults]
  default_realm = {names.REALM}
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 0
[realms]
  {names.REALM} = {{
    kdc = {kdc or self.address}
  }}
[domain_realm]
  .{names.DNS_DOMAIN} = {names.REALM}
  {names.DNS_DOMAIN} = {names.REALM}
''')

    def _unread(self, port):
        listing = subprocess.run(['ss', '-Htn', 'state', 'established', 'src',
                                  f'{self.address}:{port}'], capture_output=True, text=True)
        return any(int(line.split()[0]) > 0 for line in listing.stdout.splitlines())

    def _accepts(self, port):
        with socket.socket() as probe:
            probe.settimeout(1.0)
            return probe.connect_ex((self.address, port)) == 0

    def _last_words(self):
        return '\n'.join(self.output.read_text(errors='replace').splitlines()[-20:])

    @staticmethod
    def _samba_tool(*arguments):
        done = subprocess.run(['samba-tool', *arguments], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError(f'samba-tool {arguments[0]} {arguments[1]} failed:\n'
                               f'{done.stdout}{done.stderr}')


def _pack(folder, archive):
    _tar(folder, '-cpf', archive, '.')


def _unpack(archive, folder):
    _tar(folder, '-xpf', archive)


def _tar(folder, action, archive, *what):
    subprocess.run(['tar', '-C', str(folder), '--warning=no-file-ignored', '--xattrs', '--xattrs-include=*',
                    '--acls', action, str(archive), *what], check=True)


def _may_set_security_attributes(folder):
    """Where Samba keeps the access lists of files. It takes CAP_SYS_ADMIN."""
    file = pathlib.Path(folder) / 'attribute'
    file.touch()
    try:
        os.setxattr(file, 'security.NTACL', b'')
        return True
    except PermissionError:
        return False
    finally:
        file.unlink()
