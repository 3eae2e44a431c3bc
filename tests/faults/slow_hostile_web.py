"""Web configurations that would take protection away: they are refused, and the last good one stays."""

from . import fake_stage
from . import web_stage as stage


def empty(name):
    def change(row, web):
        row.pem[name].write_bytes(b'')
    return change


def without_tls(row, web):
    del web['tls_server_config']


def without_users(row, web):
    del web['basic_auth_users']


def without_client_certificates(row, web):
    del web['tls_server_config']['client_auth_type'], web['tls_server_config']['client_ca_file']


def without_verification(row, web):
    web['tls_server_config']['client_auth_type'] = 'RequestClientCert'


def older_tls(row, web):
    web['tls_server_config']['min_version'] = 'TLS10'


def new_certificate(stem, **issued):
    def change(row, web):
        certificate, key = stage.files()[0].issue(stem, 'DNS:localhost,IP:127.0.0.1', **issued)
        row.pem['cert_file'].write_bytes(certificate.read_bytes())
        row.pem['key_file'].write_bytes(key.read_bytes())
    return change


def other_key(row, web):
    row.pem['key_file'].write_bytes(stage.files()[2][1].read_bytes())


fake_stage.rows(globals(), stage.WebFault, (
    ('NoTls', 'the web configuration loses TLS', stage.refused('TLS', 'restart'), {'change': without_tls}),
    ('NoUsers', 'the web configuration loses its users', stage.refused('users', 'restart'),
     {'change': without_users}),
    ('NoClientCertificates', 'the web configuration loses the demand for client certificates',
     stage.refused('client certificate', 'restart'), {'change': without_client_certificates}),
    ('NoVerification', 'client certificates would no longer be verified',
     stage.refused('client certificate', 'restart'), {'change': without_verification}),
    ('OlderTls', 'older versions of TLS would be accepted', stage.refused('older version of TLS', 'restart'),
     {'change': older_tls}),
    ('EmptyCertificate', "the server's certificate becomes empty", stage.refused('is empty'),
     {'change': empty('cert_file')}),
    ('EmptyKey', "the server's key becomes empty", stage.refused('is empty'), {'change': empty('key_file')}),
    ('EmptyClientCa', "the clients' authority becomes empty", stage.refused('is empty'),
     {'change': empty('client_ca_file')}),
    ('WrongKeyUsage', 'the new certificate may not sign', stage.refused('digitalSignature'),
     {'change': new_certificate('encipher', key_usage='keyEncipherment')}),
    ('WrongPurpose', 'the new certificate is for clients only', stage.refused('serverAuth'),
     {'change': new_certificate('for-clients', usage='clientAuth')}),
    ('NoHandshake', 'the key of the new certificate is too short for any handshake (RSA 512)',
     stage.refused('no TLS handshake works'), {'change': new_certificate('short', bits=512)}),
    ('OtherKey', 'the key becomes that of another certificate', stage.refused('does not belong'),
     {'change': other_key})))
