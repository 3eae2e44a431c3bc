"""Certificates, CA files, ports and password files: each fault has its text."""

import base64

from lab import names

from . import fake_stage as stage
from .expectations import clear, unknown


class NamesOnly(stage.WeakCertificate):
    fault = 'the certificate has an empty subject, and its names are right'
    says = clear('member_nested')
    issued = {'subject': '/'}


stage.rows(globals(), stage.WeakCertificate, (
    ('Sha1', 'the certificate is signed with SHA-1',
     unknown('tls_untrusted', words=('SHA1, which is no longer secure',)), {'issued': {'digest': 'sha1'}}),
    ('ShortKey', "the certificate's key has 1024 bits",
     unknown('tls_untrusted', words=('1024 bits, which is too weak',)), {'issued': {'bits': 1024}}),
    ('WrongName', 'the certificate has other names',
     unknown('tls_name_mismatch', words=('it has dc9.ebs.example.com, dc9, 192.0.2.7',)),
     {'names': 'DNS:dc9.ebs.example.com,DNS:dc9,IP:192.0.2.7'}),
    ('WrongNameWithoutSubject', 'the certificate has an empty subject and another name',
     unknown('tls_name_mismatch', words=('it has dc9.ebs.example.com', 'subject (empty)')),
     {'names': 'DNS:dc9.ebs.example.com', 'issued': {'subject': '/'}})))


def utf16(text):
    return text.decode().encode('utf-16')


def der(text):
    return base64.b64decode(b''.join(text.split(b'-----')[2].split()))


stage.rows(globals(), stage.SpoiledFile, (
    ('DerCaFile', '`ca_file` is in DER form', unknown('tls_failed', words=('is in DER form', 'convert it')),
     {'attribute': 'ca_file', 'spoiled': der}),
    ('Utf16CaFile', '`ca_file` is encoded in UTF-16', unknown('tls_failed', words=('is encoded in UTF-16',)),
     {'attribute': 'ca_file', 'spoiled': utf16}),
    ('EmptyCaFile', '`ca_file` is empty', unknown('tls_failed', words=('is empty',)),
     {'attribute': 'ca_file', 'spoiled': lambda _: b'\n'}),
    ('BomPassword', 'the password file begins with a byte order mark',
     unknown('bind_refused', words=('byte order mark (BOM)',)),
     {'attribute': 'password', 'spoiled': lambda good: b'\xef\xbb\xbf' + good}),
    ('Utf16Password', 'the password file is encoded in UTF-16',
     unknown('bind_refused', words=('is encoded in UTF-16',)), {'attribute': 'password', 'spoiled': utf16}),
    ('TwoLines', 'the password file has two lines',
     unknown('bind_refused', words=('has more than one line',)),
     {'attribute': 'password', 'spoiled': lambda good: good + b'\nsecond\n'}),
    ('EmptyPassword', 'the password file is empty', unknown('bind_refused', words=('is empty',)),
     {'attribute': 'password', 'spoiled': lambda _: b'\n'})))


class TrailingSpace(stage.SpoiledFile):
    fault = 'the password file ends with a space, which the server refuses'
    says = unknown('bind_refused', words=('49/52e', 'ends with a space'))
    attribute = 'password'

    def spoiled(good):
        return good + b' '

    def setUp(self):
        super().setUp()
        refuses = (49, '80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data 52e, v4563')
        self.server.bind_result = lambda password: refuses if password.endswith(b' ') else (0, '')


stage.rows(globals(), stage.ReconfiguredFault, (
    ('StartTlsOnLdaps', 'StartTLS is configured for port 636',
     unknown('tls_failed', words=('port 636 uses TLS from the start', 'remove start_tls')),
     {'wrong_network': lambda self: self.network(
         self.accounts, uri=[f'ldap://{stage.DC}:636'], start_tls=True)}),
    ('LdapsOnLdap', 'LDAPS is configured for port 389',
     unknown('tls_failed', words=('port 389 speaks LDAP and does not begin with TLS', 'start_tls: true')),
     {'wrong_network': lambda self: self.serve(389) and self.network(
         self.accounts, uri=[f'ldaps://{stage.DC}:389'])}),
    ('NoStartTls', 'StartTLS is configured, and the server has no certificate',
     unknown('tls_failed', words=('StartTLS',)),
     {'wrong_network': lambda self: self.serve(389, certificate=None) and self.network(
         self.accounts, uri=[f'ldap://{stage.DC}'], start_tls=True)}),
    ('ByAddress', 'the server is named by its address, which its certificate lacks',
     unknown('tls_name_mismatch', words=(f'another name than {names.ADDRESS}',)),
     {'wrong_network': lambda self: self.network(self.accounts, uri=[f'ldaps://{names.ADDRESS}'])})))
