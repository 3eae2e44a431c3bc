"""A change by ldapmodify through the running controller, as a person makes it. (Samba's Python library crashes at
the end of a transaction that changed what a container passes on.)"""

import base64
import subprocess

from . import names

OWNER = 1
DACL = 4
_SD_FLAGS = '1.2.840.113556.1.4.801'  # MS-ADTS 3.1.1.3.4.1.11


def write_descriptor(dc, name, descriptor, part):
    """Writes one part of the descriptor (its bytes) of the object that `name` names: a DN or <GUID=…>."""
    def encoded(value):
        return base64.b64encode(value).decode()

    flags = encoded(bytes([0x30, 3, 2, 1, part]))  # BER: a sequence with one integer
    lines = [f'dn:: {encoded(name.encode())}', f'control: {_SD_FLAGS} true:: {flags}', 'changetype: modify', 'replace: nTSecurityDescriptor',
             f'nTSecurityDescriptor:: {encoded(descriptor)}']
    modify(dc, lines)


def modify(dc, lines):
    """Applies lines of LDIF as the domain's administrator."""
    done = subprocess.run(
        ['ldapmodify', '-H', f'ldaps://{dc.address}', '-x', '-D', f'administrator@{names.DNS_DOMAIN}',
         '-y', str(dc.password_file_of('administrator'))],
        input='\n'.join(lines) + '\n', capture_output=True, text=True, timeout=60,
        env={'PATH': '/usr/bin:/bin', 'LDAPTLS_REQCERT': 'allow'})
    if done.returncode != 0:
        raise RuntimeError(f'ldapmodify: {done.stderr}')
