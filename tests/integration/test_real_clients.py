"""Common programs with TLS, users and client certificates: curl, wget, Prometheus."""

import contextlib
import functools
import json
import subprocess
import time

from lab import monitoring
from lab.agent import Scraper, wait_until
from lab.certificates import Authority

from .web import PASSWORD, USER, WebCase, authorization, bcrypt, issue

CLIENT_NAME = 'prometheus.example.com'


@functools.cache
def stranger(folder, names):
    return Authority(folder / 'stranger').issue('stranger', names, usage='clientAuth')


class RealClients(WebCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {USER: bcrypt(PASSWORD)}
        names = f'DNS:{CLIENT_NAME}'
        cls.client = issue('client', names, usage='clientAuth')
        cls.expired = issue('expired', names, usage='clientAuth', expired=True)
        cls.other_name = issue('other', 'DNS:other.example.com', usage='clientAuth')
        cls.server_only = issue('server-only', names)
        cls.stranger = stranger(cls.folder, names)

    def require_client_certificate(self):
        return {'client_auth_type': 'RequireAndVerifyClientCert',
                'client_ca_file': str(self.authority.certificate),
                'client_allowed_sans': [CLIENT_NAME]}

    def curl(self, *arguments, path='/metrics', certificate=None):
        """Status and text."""
        if certificate:
            arguments += ('--cert', str(certificate[0]), '--key', str(certificate[1]))
        done = subprocess.run(
            ['curl', '--silent', '--show-error', '--max-time', '60', '--cacert',
             str(self.authority.certificate), '--write-out', '\n%{http_code}', *arguments,
             self.agent.url + path], capture_output=True, text=True, timeout=120)
        text, _, status = done.stdout.rpartition('\n')
        return int(status), text + done.stderr


class Curl(RealClients):
    def test_plain(self):
        self.start()
        status, text = self.curl('--compressed')
        self.assertEqual(200, status, text)
        self.assertIn('cal_probe_verdict', text)
        self.assertEqual(200, self.curl('--head')[0])

    def test_a_password_is_needed(self):
        self.start(users=self.users)
        self.assertEqual(200, self.curl('--user', f'{USER}:{PASSWORD}')[0])
        for wrong in ([], ['--user', f'{USER}:wrong'], ['--user', f'nobody:{PASSWORD}'],
                      ['--user', f'{USER}:'], ['--oauth2-bearer', 'abc']):
            status, text = self.curl(*wrong)
            self.assertEqual(401, status, wrong)
            self.assertNotIn('cal_', text)

    def test_versions_of_tls_unless_told_otherwise(self):
        self.start(tls={})
        self.assertEqual(200, self.curl('--tlsv1.2', '--tls-max', '1.2')[0])
        # Debian's curl offers the old versions only at this level.
        old = ('--ciphers', 'DEFAULT@SECLEVEL=0', '--tls-max', '1.1')
        self.assertEqual(0, self.curl('--tlsv1.0', *old)[0])

    def test_only_ciphers_with_forward_secrecy(self):
        self.start(tls={})
        self.assertEqual(0, self.curl('--tls-max', '1.2', '--ciphers', 'AES256-GCM-SHA384')[0])
        self.assertEqual(200, self.curl('--tls-max', '1.2', '--ciphers',
                                        'ECDHE-RSA-AES256-GCM-SHA384')[0])

    def test_the_oldest_version_of_tls(self):
        self.start(tls={'min_version': 'TLS13'})
        self.assertEqual(200, self.curl('--tlsv1.3')[0])
        self.assertEqual(0, self.curl('--tls-max', '1.2')[0])

    def test_the_newest_version_of_tls_is_reloaded(self):
        self.start(tls={})
        self.assertEqual(200, self.curl('--tlsv1.3')[0])
        self.configure_web({'max_version': 'TLS12'})
        wait_until('TLS 1.2 is the newest', lambda: self.curl('--tlsv1.3')[0] == 0)
        self.assertEqual(200, self.curl()[0])

    def test_a_client_certificate_is_needed_and_verified(self):
        self.start(tls=self.require_client_certificate(), users=None, client=self.client)
        self.assertEqual(200, self.curl(certificate=self.client)[0])
        for certificate, why in ((None, 'a client certificate is required'),
                                 (self.stranger, 'not issued by a CA'),
                                 (self.expired, 'has expired'),
                                 (self.server_only, 'not valid for client authentication'),
                                 (self.other_name, 'none of the names')):
            for path in ('/metrics', '/', '/nowhere'):
                status, text = self.curl(path=path, certificate=certificate)
                self.assertEqual(403, status, why)
                self.assertIn(why, text)
            for method in (['--head'], ['--request', 'POST']):
                self.assertEqual(403, self.curl(*method, certificate=certificate)[0])

    def test_an_address_may_be_the_name_in_a_client_certificate(self):
        ours, other = (self.authority.issue(address, f'IP:{address}', usage='clientAuth')
                       for address in ('192.0.2.7', '192.0.2.8'))
        ours_v6 = self.authority.issue('v6', 'IP:2001:db8::7', usage='clientAuth')
        self.start(tls={**self.require_client_certificate(),
                        'client_allowed_sans': ['192.0.2.7', '2001:db8::7']}, client=ours)
        self.assertEqual([200, 200, 403], [self.curl(certificate=each)[0]
                                           for each in (ours, ours_v6, other)])

    def test_a_given_certificate_is_verified(self):
        self.start(tls={**self.require_client_certificate(),
                        'client_auth_type': 'VerifyClientCertIfGiven'})
        self.assertEqual(200, self.curl()[0])
        self.assertEqual(200, self.curl(certificate=self.client)[0])
        self.assertEqual(403, self.curl(certificate=self.stranger)[0])

    def test_any_certificate_if_any_is_accepted(self):
        self.start(tls={'client_auth_type': 'RequireAnyClientCert'}, client=self.stranger)
        self.assertEqual(200, self.curl(certificate=self.stranger)[0])
        self.assertEqual(403, self.curl()[0])


class Handshakes(RealClients):
    def test_failed_ones_are_counted_and_logged_once_a_minute(self):
        def failed():
            self.agent.page()  # of this client, whose handshakes work
            return self.agent.metrics().value('cal_exporter_tls_handshake_failures_total')
        self.start(tls={})
        self.assertEqual(0, failed())
        for _ in range(5):
            self.assertEqual(0, self.curl('--cacert', str(self.stranger[0]))[0])
            self.assertEqual(0, self.curl('--tlsv1.2', '--tls-max', '1.2', '--ciphers',
                                          'AES256-GCM-SHA384')[0])
        wait_until('they are counted', lambda: failed() == 10)
        self.assertEqual(1, self.agent.log().count('TLS handshakes failed'), self.agent.log())


class Wget(RealClients):
    def test_any_client_certificate(self):
        self.start(tls={'client_auth_type': 'RequireAnyClientCert'}, client=self.stranger)
        done = subprocess.run(
            ['wget', '--quiet', '--output-document=-', '--timeout=60', '--tries=1',
             f'--ca-certificate={self.authority.certificate}', f'--certificate={self.stranger[0]}',
             f'--private-key={self.stranger[1]}', self.agent.url + '/metrics'],
            capture_output=True, text=True, timeout=120)
        self.assertEqual(0, done.returncode, done.stderr)

    def test_tls_user_and_client_certificate(self):
        self.start(tls=self.require_client_certificate(), users=self.users, client=self.client)
        command = ['wget', '--quiet', '--output-document=-', '--timeout=60', '--tries=1',
                   f'--ca-certificate={self.authority.certificate}',
                   f'--certificate={self.client[0]}', f'--private-key={self.client[1]}']
        done = subprocess.run([*command, f'--user={USER}', f'--password={PASSWORD}',
                               self.agent.url + '/metrics'],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn('cal_probe_verdict', done.stdout)
        done = subprocess.run([*command, self.agent.url + '/metrics'],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(6, done.returncode)  # wget's code for a rejected password


class Prometheus(RealClients):
    def test_it_scrapes_with_all_of_them_but_not_without(self):
        self.start(tls=self.require_client_certificate(), users=self.users, client=self.client)
        trust = {'ca_file': str(self.authority.certificate)}
        own = {'cert_file': str(self.client[0]), 'key_file': str(self.client[1])}
        password = {'username': USER, 'password': PASSWORD}
        prometheus = self.start_prometheus(
            good={'tls_config': {**trust, **own}, 'basic_auth': password},
            no_password={'tls_config': {**trust, **own}},
            no_certificate={'tls_config': trust, 'basic_auth': password},
            no_trust={'tls_config': own, 'basic_auth': password})
        for job, health, error in (('good', 'up', ''), ('no_password', 'down', '401'),
                                   ('no_certificate', 'down', '403'),
                                   ('no_trust', 'down', 'certificate')):
            target = wait_until(f'{job} is scraped', lambda: prometheus.target(job))
            self.assertEqual(health, target['health'], target)
            self.assertIn(error, target['lastError'])
        self.assertTrue(prometheus.query('cal_probe_verdict'))

    def start_prometheus(self, **jobs):
        prometheus = monitoring.Prometheus(self.scratch)
        self.addCleanup(prometheus.stop)
        prometheus.start(json.dumps({
            'global': {'scrape_interval': '1s', 'scrape_timeout': '1s'},
            'scrape_configs': [{
                'job_name': name, 'scheme': 'https',
                'static_configs': [{'targets': [self.agent.url.removeprefix('https://')]}],
                **options} for name, options in jobs.items()]}))
        return prometheus


class WhileServing(RealClients):
    def serial(self):
        url = self.agent.url.removeprefix('https://')
        shown = subprocess.run(['openssl', 's_client', '-connect', url], stdin=subprocess.DEVNULL,
                               capture_output=True, text=True, timeout=60).stdout
        return subprocess.run(['openssl', 'x509', '-noout', '-serial'], input=shown,
                              capture_output=True, text=True, check=True, timeout=60).stdout

    def test_a_new_certificate_is_used_and_no_scrape_fails(self):
        self.start(tls={})
        with contextlib.ExitStack() as stack:
            scrapers = [stack.enter_context(Scraper(self.agent)) for _ in range(4)]
            for _ in range(3):
                before = self.serial()
                self.authority.issue('server', 'DNS:localhost,IP:127.0.0.1')  # in its place
                wait_until('the new certificate is served', lambda: self.serial() != before)
        for scraper in scrapers:
            self.assertEqual([], scraper.failures)
            self.assertGreater(scraper.scrapes, 10)

    def test_a_new_authority_of_clients_is_used(self):
        self.start(tls=self.require_client_certificate(), client=self.client)
        self.assertEqual(403, self.curl(certificate=self.stranger)[0])
        self.configure_web({**self.require_client_certificate(),
                            'client_ca_file': str(self.folder / 'stranger' / 'ca.pem')})
        wait_until('the stranger is let in', lambda: self.curl(certificate=self.stranger)[0] == 200)
        self.assertEqual(403, self.curl(certificate=self.client)[0])

    def test_a_new_password_is_used_and_an_error_changes_nothing(self):
        self.start(users=self.users)
        self.web_configuration.write_text('basic_auth_users: { prometheus: secret }')
        wait_until('the error is logged', lambda: 'must be a bcrypt hash' in self.agent.log())
        self.assertEqual(200, self.curl('--user', f'{USER}:{PASSWORD}')[0])
        self.configure_web(users={USER: bcrypt('another')})
        wait_until('the new password counts',
                   lambda: self.curl('--user', f'{USER}:another')[0] == 200)
        self.assertEqual(401, self.curl('--user', f'{USER}:{PASSWORD}')[0])


    def test_a_file_that_removes_protection_changes_nothing(self):
        for keeps in ((), ('tls_server_config',), ('basic_auth_users',)):
            self.start(tls={}, users=self.users)
            whole = json.loads(self.web_configuration.read_text())
            self.web_configuration.write_text(json.dumps({key: whole[key] for key in keeps}))
            wait_until('it is refused', lambda:
                       'removes TLS or all users' in self.agent.log())
            self.assertEqual(401, self.curl()[0])
            self.assertEqual(200, self.curl('--user', f'{USER}:{PASSWORD}')[0])
            self.agent.stop()

    def test_a_file_cut_at_a_line_end_keeps_the_demand_for_client_certificates(self):
        lines = ['tls_server_config:', f'  cert_file: {self.certificate}', f'  key_file: {self.key}',
                 *(f'  {key}: {json.dumps(value)}'
                   for key, value in self.require_client_certificate().items())]
        for kept, why in ((4, 'client_ca_file'), (3, 'no longer requires client certificates'),
                          (5, 'client_allowed_sans')):
            self.start(tls=self.require_client_certificate(), client=self.client)
            self.web_configuration.write_text('\n'.join(lines[:kept]) + '\n')
            wait_until('it is refused', lambda: why in self.agent.log())
            self.assertEqual(403, self.curl()[0])
            self.assertEqual(403, self.curl(certificate=self.other_name)[0])
            self.assertEqual(200, self.curl(certificate=self.client)[0])
            self.agent.stop()

    def test_an_emptied_file_changes_nothing(self):
        authority = self.scratch / 'clients-ca.pem'
        authority.write_text(self.authority.certificate.read_text())
        self.start(tls={**self.require_client_certificate(), 'client_ca_file': str(authority)},
                   client=self.client)
        authority.write_text('')
        wait_until('it is refused', lambda: 'clients-ca.pem is empty' in self.agent.log())
        self.assertEqual(403, self.curl(certificate=self.stranger)[0])
        self.assertEqual(200, self.curl(certificate=self.client)[0])


class Names(RealClients):
    def test_a_wrong_user_costs_what_a_wrong_password_costs(self):
        self.start(users={**self.users, 'cheap': bcrypt('another', 4)})
        fastest = {USER: float('inf'), 'cheap': float('inf'), 'nobody': float('inf')}
        for i in range(15):
            for user in fastest:
                started = time.monotonic()
                self.assertEqual(401, self.agent.get('/', 60, authorization(user, str(i)))[0])
                fastest[user] = min(fastest[user], time.monotonic() - started)
        # Without the hashing, a rejection would take a hundredth of the time.
        self.assertGreater(min(fastest.values()), max(fastest.values()) / 2)
