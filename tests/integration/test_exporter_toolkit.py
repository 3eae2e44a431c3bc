"""The cases of exporter-toolkit's own tests (0.17.1), run against this agent: which web configurations are valid, and
what a server with them does. The table in README.md lists them; the rows and the wording here are ours."""

import concurrent.futures
import contextlib
import http.client
import json
import pathlib
import socket
import ssl
import subprocess
import warnings

from lab import agent
from lab.certificates import openssl

from .web import WebCase, authorization, bcrypt

SUITES = ['TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384']
ALL_SUITES = [*SUITES, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
              'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
              'TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256',
              'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA', 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA',
              'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA', 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA']
ALL_CURVES = ['CurveP256', 'CurveP384', 'CurveP521', 'X25519']
AES128, AES256 = 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384'
TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


class Toolkit(WebCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.self_signed = {}
        for name in ('client', 'named'):
            certificate, key = cls.folder / f'{name}.pem', cls.folder / f'{name}.key'
            openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', f'/CN={name}', '-days', '30',
                     '-addext', 'subjectAltName=DNS:test3,DNS:other', '-addext', 'extendedKeyUsage=clientAuth',
                     '-keyout', str(key), '-out', str(certificate))
            cls.self_signed[name] = certificate, key

    def files(self, **more):
        return {'cert_file': str(self.certificate), 'key_file': str(self.key), **more}


class Validity(Toolkit):
    """--config.check"""

    def check(self, web, *words):
        """Without words: valid. Otherwise an error that has them."""
        file = self.scratch / 'web.yml'
        file.write_text(web if isinstance(web, str) else json.dumps(web))
        config = self.scratch / 'cal_exporter.yml'
        config.write_text('networks: [{name: ebs, probes: {internet_connectivity: {}}}]')
        done = subprocess.run([agent.binary(), '--config.check', '--config.file', str(config),
                               '--web.config.file', str(file)], capture_output=True, text=True, timeout=60)
        text = done.stdout + done.stderr
        self.assertEqual(bool(words), done.returncode != 0, text)
        for word in words:
            self.assertIn(word, text)

    def check_tls(self, tls, *words):
        self.check({'tls_server_config': tls}, *words)

    def test_files_that_are_not_a_configuration(self):
        self.check('')
        self.check('hWkNKCp3\nTuEjdwNS\n', 'web.yml:1:1')
        self.check({'tls_server_config': {'cert_filse': 'server.crt'}}, "unknown key 'cert_filse'")

    def test_certificate_and_key_that_are_empty_or_missing(self):
        pem = self.key.read_text()
        for tls, words in (
                (self.files(cert_file=''), ["'cert_file' must be a string; it is empty"]),
                ({'cert': '', 'key_file': str(self.key)}, ["'cert' must be a string; it is empty"]),
                (self.files(key_file=''), ["'key_file' must be a string; it is empty"]),
                ({'cert_file': str(self.certificate), 'key': ''}, ["'key' must be a string; it is empty"]),
                ({'cert_file': '', 'key_file': '', 'client_auth_type': 'x'},
                 ["'cert_file'", "'key_file'", "'x' is not allowed"]),
                (self.files(cert_file='none'), ['none does not exist']),
                (self.files(key_file='none'), ['none does not exist']),
                ({'cert_file': 'none', 'key_file': 'none2'}, ['none does', 'none2 does']),
                ({'cert_file': str(self.certificate)}, ["'key_file' is missing"]),
                ({'key': pem}, ["'cert_file' is missing"]),
                (self.files(key=pem), ['set either key or key_file, not both'])):
            with self.subTest(tls):
                self.check_tls(tls, *words)

    def test_what_is_demanded_of_clients(self):
        self.check_tls(self.files(client_ca_file='/dev/null'), 'has no effect unless client_auth_type')
        self.check_tls(self.files(client_ca_file='somefile'), 'somefile does not exist')
        self.check_tls(self.files(client_auth_type='VerifyClientCertIfGiven'))
        self.check_tls(self.files(client_auth_type='RequireAndVerifyClientCert'))
        self.check_tls(self.files(client_auth_type='RequireClientCert'))  # an old name
        self.check_tls(self.files(client_auth_type='RequestClientCert', client_allowed_sans=['a']))
        self.check_tls({'client_auth_type': 'RequestClientCert'}, "'cert_file' is missing")
        self.check_tls({'client_ca_file': str(self.certificate)}, "'cert_file' is missing")

    def test_without_a_key_that_switches_tls_on(self):
        self.check_tls({})
        self.check_tls({'min_version': 'TLS12', 'prefer_server_cipher_suites': True})

    def test_names_of_ciphers_curves_and_versions(self):
        self.check_tls(self.files(cipher_suites=ALL_SUITES, curve_preferences=ALL_CURVES))
        self.check_tls(self.files(cipher_suites=[], curve_preferences=[], client_allowed_sans=[]))  # the defaults
        self.check_tls(self.files(cipher_suites=['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA2048']), 'SHA2048', 'allowed: ')
        self.check_tls(self.files(cipher_suites=['TLS_RSA_WITH_AES_128_GCM_SHA256']), 'allowed: ')  # as in Go
        self.check_tls(self.files(curve_preferences=['CurveP257']), "'CurveP257' is not allowed; allowed: CurveP256")
        self.check_tls(self.files(min_version='TLS111'), "'TLS111' is not allowed")
        self.check_tls(self.files(cipher_suites=['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'], max_version='TLS12'),
                       'none of the cipher_suites can be used', 'RSA key')

    def test_headers(self):
        def check(name, value, *words):
            self.check({'http_server_config': {'headers': {name: value}}}, *words)
        check('X-Content-Type-Options', 'sniff', "'sniff' is not allowed; allowed: nosniff")
        check('X-Frame-Options', 'foo', "'foo' is not allowed; allowed: deny, sameorigin")
        check('X-Frame-Options', 'DENY', "'DENY' is not allowed")
        check('Content-Type', 'foo', "unknown key 'Content-Type'")
        for name in ('X-Frame-Options', 'X-Content-Type-Options', 'X-XSS-Protection', 'Content-Security-Policy',
                     'Strict-Transport-Security'):
            check(name, '')

    def test_http2_is_an_error_only_when_it_is_demanded(self):
        self.check({'http_server_config': {'http2': False}})
        self.check({'http_server_config': {'http2': True}}, 'this server has no HTTP/2')
        self.check({'http_server_config': {}})

    def test_users(self):
        self.check({'basic_auth_users': {'john': 'doe'}}, 'must be a bcrypt hash')
        for cost in (4, 14):
            self.check({'basic_auth_users': {'john': bcrypt('x', 4).replace('$04$', f'${cost:02}$')}})
        for cost in (15, 18):
            self.check({'basic_auth_users': {'john': bcrypt('x', 4).replace('$04$', f'${cost}$')}},
                       f'has cost {cost}', 'use at most 14')

    def test_rate_limits(self):
        for limit in ({'interval': 0, 'burst': 0}, {'interval': '1s', 'burst': 20}, {'interval': '1s', 'burst': 0},
                      {'interval': '1m30s', 'burst': 1}, {}, {'burst': 3}):
            self.check({'rate_limit': limit})
        for interval in ('1.5s', '100ms', '500us', '500µs', '10ns', '1h2m3.5s', '.5s', '0s', '0'):
            self.check({'rate_limit': {'interval': interval, 'burst': 1}})  # Go's forms
        for interval in ('soon', '-1s', '1', '1H', '1s soon', '25h', '1e400s', 'nans', 'infs'):
            self.check({'rate_limit': {'interval': interval, 'burst': 1}}, f"'{interval}' is not a duration")
        self.check({'rate_limit': {'interval': '1s', 'burst': 'x'}}, "'burst' must be a number")
        self.check({'rate_limit': {'interval': '1s', 'burst': -1}}, "'burst' must be a number")
        self.check({'rate_limit': {'interval': '1s'}}, "'burst' is missing")


class Serving(Toolkit):
    """A server with that configuration, seen by a client."""

    def serve(self, web):
        config = self.scratch / 'cal_exporter.yml'
        config.write_text('networks: [{name: ebs, probes: {internet_connectivity: {endpoints: '
                          '["tcp://127.0.0.1:1"], proxy: none}}}]')
        arguments = []
        if web is not None:
            self.web_file = self.scratch / 'web.yml'
            self.web_file.write_text(json.dumps(web))
            arguments = ['--web.config.file', str(self.web_file)]
        with socket.create_server(('127.0.0.1', 0)) as free:
            self.port = free.getsockname()[1]
        log = (self.scratch / 'agent.log').open('w')
        self.addCleanup(log.close)
        serving = subprocess.Popen([agent.binary(), '--config.file', str(config), '--web.listen-address',
                                    f'127.0.0.1:{self.port}', *arguments], stderr=log, stdout=log)

        def end():
            serving.terminate()
            self.assertEqual(0, serving.wait(60))
        self.addCleanup(end)
        agent.wait_until('it listens', self.listens)

    def listens(self):
        with contextlib.suppress(OSError):
            socket.create_connection(('127.0.0.1', self.port), timeout=5).close()
            return True
        return False

    def context(self, client=None, ciphers=None, curve=None, most=None):
        context = ssl.create_default_context(cafile=str(self.authority.certificate))
        if client is not None:
            context.load_cert_chain(*self.self_signed[client])
        if most is not None:
            context.minimum_version = min(most, TLS12)
            context.maximum_version = most
        if ciphers is not None:
            context.set_ciphers(ciphers)
        if curve is not None:
            context.set_ecdh_curve(curve)
        return context

    def get(self, context=None, headers=None):
        """The status and the headers; None if there is no answer, such as after a failed handshake."""
        if context is None:
            connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=20)
        else:
            connection = http.client.HTTPSConnection('127.0.0.1', self.port, timeout=20, context=context)
        with contextlib.closing(connection):
            try:
                connection.request('GET', '/', headers=headers or {})
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                return None, {}
            self.cipher = connection.sock.cipher()[0] if context is not None and connection.sock else None
            return answer.status, dict(answer.getheaders())

    def status(self, *arguments, **options):
        return self.get(*arguments, **options)[0]

    def serve_tls(self, **tls):
        self.serve({'tls_server_config': self.files(**tls)})


class Behavior(Serving):
    def test_without_a_file(self):
        self.serve(None)
        self.assertEqual(200, self.status())
        self.assertIsNone(self.status(self.context()))

    def test_with_tls(self):
        self.serve_tls(client_auth_type='VerifyClientCertIfGiven')
        self.assertIsNone(self.status())
        self.assertEqual(200, self.status(self.context()))
        self.assertEqual(403, self.status(self.context('client')))  # this host's CAs did not issue it
        old = self.context()
        with warnings.catch_warnings(action='ignore'):
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.set_ciphers('DEFAULT@SECLEVEL=0')
        self.assertIsNone(self.status(old))

    def test_with_certificate_and_key_inline(self):
        self.serve({'tls_server_config': {'cert': self.certificate.read_text(), 'key': self.key.read_text()}})
        self.assertEqual(200, self.status(self.context()))

    def test_with_all_ciphers_and_curves(self):
        self.serve_tls(cipher_suites=ALL_SUITES, curve_preferences=ALL_CURVES)
        for most in (TLS12, TLS13):
            self.assertEqual(200, self.status(self.context(most=most)))
        self.assertEqual(200, self.status(self.context(ciphers='ECDHE-RSA-AES256-SHA', most=TLS12)))
        for curve in ('prime256v1', 'secp384r1', 'secp521r1'):
            with self.subTest(curve):
                self.assertEqual(200, self.status(self.context(curve=curve)))

    def test_with_some_ciphers(self):
        self.serve_tls(cipher_suites=SUITES, min_version='TLS12', max_version='TLS12')
        self.assertEqual(200, self.status(self.context(ciphers=AES128)))
        self.assertIsNone(self.status(self.context(ciphers='ECDHE-RSA-AES256-SHA', most=TLS12)))
        self.assertIsNone(self.status(self.context(ciphers='ECDHE-RSA-CHACHA20-POLY1305', most=TLS12)))
        for order in (f'{AES128}:{AES256}', f'{AES256}:{AES128}'):
            self.assertEqual(200, self.status(self.context(ciphers=order, most=TLS12)))
            self.assertEqual(AES128, self.cipher)

    def test_with_some_ciphers_and_the_clients_order(self):
        self.serve_tls(cipher_suites=SUITES[::-1], prefer_server_cipher_suites=False, max_version='TLS12')
        for order, chosen in ((f'{AES128}:{AES256}', AES128), (f'{AES256}:{AES128}', AES256)):
            self.assertEqual(200, self.status(self.context(ciphers=order, most=TLS12)))
            self.assertEqual(chosen, self.cipher)

    def test_with_ciphers_for_one_version_only(self):
        self.serve_tls(cipher_suites=['TLS_AES_256_GCM_SHA384'])
        self.assertEqual(200, self.status(self.context()))
        self.assertEqual('TLS_AES_256_GCM_SHA384', self.cipher)
        self.assertIsNone(self.status(self.context(most=TLS12)))

    def test_with_some_curves(self):
        self.serve_tls(curve_preferences=['CurveP521'], min_version='TLS13')
        self.assertEqual(200, self.status(self.context(curve='secp521r1')))
        self.assertIsNone(self.status(self.context(curve='secp384r1')))
        self.serve_tls(curve_preferences=['X25519'])
        self.assertEqual(200, self.status(self.context()))
        self.assertIsNone(self.status(self.context(curve='prime256v1')))

    def test_with_ciphers_that_http2_does_not_allow(self):
        # exporter-toolkit refuses them unless http2 is false. This server has no HTTP/2, so they work.
        self.serve_tls(cipher_suites=SUITES[1:], max_version='TLS12')
        self.assertEqual(200, self.status(self.context()))

    def test_with_headers(self):
        wanted = {'X-Frame-Options': 'deny', 'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
                  'X-Content-Type-Options': 'nosniff', 'X-XSS-Protection': '1',
                  'Content-Security-Policy': "default-src 'self' *.test.example.net"}
        self.serve({'http_server_config': {'headers': {**wanted, 'X-XSS-Protection': 1}}})
        status, headers = self.get()
        self.assertEqual(200, status)
        self.assertEqual(wanted, {name: headers.get(name) for name in wanted})

    def test_a_blank_header_is_unset(self):
        self.serve(None)
        self.assertIn('X-Frame-Options', self.get()[1])
        self.serve({'http_server_config': {'headers': {'X-Frame-Options': ''}}})
        self.assertNotIn('X-Frame-Options', self.get()[1])

    def test_any_client_certificate(self):
        for name in ('RequireAnyClientCert', 'RequireClientCert'):
            self.serve({'tls_server_config': {'cert_file': str(self.certificate), 'key': self.key.read_text(),
                                              'client_auth_type': name}})
            self.assertEqual(200, self.status(self.context('client')))
            self.assertEqual(403, self.status(self.context()))

    def test_a_verified_client_certificate(self):
        self.serve_tls(client_auth_type='RequireAndVerifyClientCert', client_ca_file=str(self.self_signed['client'][0]))
        self.assertEqual(200, self.status(self.context('client')))
        self.assertEqual(403, self.status(self.context('named')))
        self.assertEqual(403, self.status(self.context()))

    def test_a_client_authority_inline(self):
        self.serve_tls(client_auth_type='RequireAndVerifyClientCert',
                       client_ca=self.self_signed['client'][0].read_text())
        self.assertEqual(200, self.status(self.context('client')))
        self.assertEqual(403, self.status(self.context('named')))

    def test_names_of_client_certificates(self):
        for names, status in ((['one', 'test3', 'two'], 200), (['bad'], 403)):
            for kind in ('RequireAndVerifyClientCert', 'RequireAnyClientCert', 'RequestClientCert'):
                with self.subTest(kind, names=names):
                    self.serve_tls(client_auth_type=kind, client_allowed_sans=names,
                                   client_ca_file=str(self.self_signed['named'][0]))
                    self.assertEqual(status, self.status(self.context('named')))

    def test_a_requested_certificate_need_not_be_given(self):
        self.serve_tls(client_auth_type='RequestClientCert', client_allowed_sans=['bad'])
        self.assertEqual(200, self.status(self.context()))

    def test_rate_limits(self):
        self.serve({'rate_limit': {'interval': 0, 'burst': 0}})
        self.assertEqual({200}, {self.status() for _ in range(11)})
        self.serve({'rate_limit': {'interval': '1s', 'burst': 0}})
        status, headers = self.get()
        self.assertEqual((429, '1'), (status, headers.get('Retry-After')))
        self.serve({'rate_limit': {'interval': '1h', 'burst': 3}})
        self.assertEqual([200, 200, 200, 429, 429], [self.status() for _ in range(5)])


class Users(Serving):
    USERS = {'alice': 12, 'carol': 10, 'dave': 10}  # and their costs

    def serve_users(self, tls):
        users = {name: bcrypt(f'{name}123', cost) for name, cost in self.USERS.items()}
        self.serve({'basic_auth_users': users, **({'tls_server_config': self.files()} if tls else {})})

    def login(self, user, password, context):
        return self.status(context, headers=authorization(user, password))

    def test_logins(self):
        for tls in (False, True):
            self.serve_users(tls)
            context = self.context() if tls else None
            self.assertEqual(401, self.status(context))
            for user in self.USERS:
                self.assertEqual(200, self.login(user, f'{user}123', context))
                self.assertEqual(200, self.login(user, f'{user}123', context))  # remembered
            for user, password in (('dave', 'bad'), ('nonexistent', 'nonexistent'), ('alice', 'dave123'),
                                   ('nobody', 'fakepassword'), ('', ''), ('dave', ''), ('', 'dave123')):
                for _ in range(2):
                    self.assertEqual(401, self.login(user, password, context), user)

    def test_many_logins_at_once(self):
        self.serve({'basic_auth_users': {'alice': bcrypt('alice123', 10)}})
        expected = {'alice123': 200, 'alice1234': 401}
        for password, status in expected.items():
            self.assertEqual(status, self.login('alice', password, None))
        with concurrent.futures.ThreadPoolExecutor(40) as pool:
            passwords = list(expected) * 150
            seen = list(pool.map(lambda password: self.login('alice', password, None), passwords))
        self.assertEqual([expected[password] for password in passwords], seen)

    def test_users_and_passwords_are_not_confused_when_they_are_remembered(self):
        # CVE-2022-46146: a cache whose keys were only joined.
        secret = bcrypt('foo', 4)
        self.serve({'basic_auth_users': {'user': secret}})
        self.assertEqual(401, self.login(f'user{secret}', 'foo', None))
        self.assertEqual(200, self.login('user', 'foo', None))
        for user, password in ((f'user{secret}', 'foo'), ('userfoo', ''), ('use', 'rfoo'), ('user', f'{secret}foo')):
            self.assertEqual(401, self.login(user, password, None))


class Reload(Serving):
    def test_a_ca_that_the_host_no_longer_trusts(self):
        bundle = pathlib.Path('/etc/ssl/certs/ca-certificates.crt')
        ours = self.scratch / 'bundle.crt'
        usual, client = bundle.read_text(), self.self_signed['client'][0].read_text()
        ours.write_text(usual)
        subprocess.run(['mount', '--bind', str(ours), str(bundle)], check=True)  # in this namespace
        self.addCleanup(subprocess.run, ['umount', str(bundle)], check=True)
        self.serve_tls(client_auth_type='RequireAndVerifyClientCert')
        for text, status in ((usual + client, 200), (usual, 403)):
            ours.write_text(text)
            agent.wait_until(f'the client gets {status}',
                             lambda status=status: self.status(self.context('client')) == status)
        ours.write_text('')
        agent.wait_until('an empty bundle is refused', lambda: 'this host has no CAs of its own' in
                         (self.scratch / 'agent.log').read_text())
        self.assertEqual(403, self.status(self.context('client')))

    def test_a_demand_that_is_lifted_needs_a_restart(self):
        # exporter-toolkit applies it at once. Here a file that was cut short must not weaken protection.
        self.serve_tls(client_auth_type='RequireAndVerifyClientCert')
        self.assertEqual(403, self.status(self.context()))
        self.web_file.write_text(json.dumps({'tls_server_config': self.files(
            client_auth_type='VerifyClientCertIfGiven')}))
        agent.wait_until('the reload is refused', lambda: 'no longer requires client certificates' in
                         (self.scratch / 'agent.log').read_text())
        self.assertEqual(403, self.status(self.context()))
