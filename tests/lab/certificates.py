"""Certificates for the lab, made with the openssl program: an authority, and server certificates that are
valid or have one defect."""

import os
import pathlib
import subprocess

from . import names
from .clock import another_clock

RIGHT_NAMES = (f'DNS:{names.full_name(names.HOST)},DNS:{names.DNS_DOMAIN},'  # as Active Directory's
               f'IP:{names.ADDRESS}')


def openssl(*arguments, at=None):
    """`at` is the time to run it at, as libfaketime reads it."""
    clock = another_clock(FAKETIME=at) if at else {}
    done = subprocess.run(['openssl', *arguments], capture_output=True, text=True,
                          env={**os.environ, **clock})
    if done.returncode != 0:
        raise RuntimeError(f'openssl {arguments[0]}: {done.stderr.strip()}')


class Authority:
    """A certificate authority in a folder: `ca.pem` and its key."""

    def __init__(self, folder, name='EBS lab authority'):
        self._folder = pathlib.Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self.certificate = self._folder / 'ca.pem'
        self._key = self._folder / 'ca.key'
        if not self.certificate.exists():
            openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1',
                     '-nodes', '-subj', f'/CN={name}', '-days', '3650',
                     '-addext', 'keyUsage=critical,keyCertSign,cRLSign',
                     '-keyout', str(self._key), '-out', str(self.certificate))

    def issue(self, stem, alternative_names=RIGHT_NAMES, expired=False,
              usage='serverAuth', subject=None, bits=2048, digest='sha256', key_usage=None):
        """A certificate `<stem>.pem`, by default a server's, and `<stem>.key` (mode 0600). Returns
        both paths. `subject` is /CN=<stem> by default, and / is an empty one."""
        certificate = self._folder / f'{stem}.pem'
        key = self._folder / f'{stem}.key'
        request = self._folder / f'{stem}.csr'
        extensions = self._folder / f'{stem}.ext'
        extensions.write_text(f'subjectAltName={alternative_names}\n'
                              f'extendedKeyUsage={usage}\nbasicConstraints=CA:FALSE\n'
                              f'{f"keyUsage={key_usage}" if key_usage else ""}\n'
                              'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n')
        openssl('req', '-new', '-newkey', f'rsa:{bits}', '-nodes', '-subj', subject or f'/CN={stem}',
                 '-keyout', str(key), '-out', str(request))
        openssl('x509', '-req', f'-{digest}', '-in', str(request), '-CA', str(self.certificate),
                 '-CAkey', str(self._key), '-CAcreateserial', '-extfile', str(extensions),
                 '-days', '1' if expired else '3650', '-out', str(certificate),
                 at='-2d' if expired else None)
        key.chmod(0o600)  # Samba refuses to serve LDAP if others may read the key
        return certificate, key

    def intermediate(self, stem, expired=False):
        """An authority below this one, in a folder of its name."""
        folder = self._folder / stem
        folder.mkdir()
        key, request, extensions = (folder / f'ca.{kind}' for kind in ('key', 'csr', 'ext'))
        extensions.write_text('basicConstraints=critical,CA:TRUE\n'
                              'keyUsage=critical,keyCertSign,cRLSign\n'
                              'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n')
        openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
                 '-subj', f'/CN={stem}', '-keyout', str(key), '-out', str(request))
        openssl('x509', '-req', '-in', str(request), '-CA', str(self.certificate),
                 '-CAkey', str(self._key), '-CAcreateserial', '-extfile', str(extensions),
                 '-days', '1' if expired else '365', '-out', str(folder / 'ca.pem'),
                 at='-2d' if expired else None)
        return Authority(folder)
