"""Certificates with one defect, and other failed handshakes."""

import time

from lab.servers import answer, hang_up, silent

from .case import GATEWAY, HOST, URL, WEB, InternetCase, certificates, good_certificate


class Certificates(InternetCase):
    def assert_refused(self, reason, certificate, *words, **options):
        """Asserts the reason, and that the certificate's known facts are exported nevertheless."""
        self.start_https(certificate=certificate)
        self.assert_found(self.check({'url': URL, **options}), reason, *words)
        metrics = self.metrics({'url': URL, **options})
        self.assertEqual(0, metrics.value('cal_endpoint_certificate_trusted'))
        self.assertEqual(0, metrics.value('cal_endpoint_stage_success', stage='tls'))
        self.assertIsNone(metrics.value('cal_endpoint_stage_success', stage='http'))
        return metrics.value('cal_endpoint_certificate_not_after_timestamp_seconds')

    def test_from_a_trusted_authority(self):
        self.start_https()
        self.assert_found(self.check(URL), 'reachable', 'CN=A private root')
        metrics = self.metrics(URL)
        self.assertEqual(1, metrics.value('cal_endpoint_certificate_trusted'))
        self.assertGreater(metrics.value('cal_endpoint_certificate_not_after_timestamp_seconds'),
                           time.time())

    def test_from_another_authority(self):
        self.start_https()
        self.assert_found(self.check(URL, ca_file=None), 'tls_untrusted',
                          ': the issuer is not trusted here')

    def test_expired(self):
        expired = certificates().issue('old', f'DNS:{HOST}', expired=True)
        expiry = self.assert_refused('tls_expired', expired, ': expired on 20')
        self.assertLess(expiry, time.time())

    def test_for_another_name(self):
        other = certificates().issue('other', 'DNS:portal.example.org')
        expiry = self.assert_refused('tls_name_mismatch', other, f': not valid for {HOST}; it names: portal.example.org')
        self.assertGreater(expiry, time.time())

    def test_for_an_address(self):
        self.start_https()
        self.assert_found(self.check(f'https://{WEB}'), 'reachable')
        self.start('10.77.0.2', 443, answer(200), certificates().issue('named', f'DNS:{HOST}'))
        self.assert_found(self.check('https://10.77.0.2'), 'tls_name_mismatch')

    def test_a_chain_that_was_verified_counts_for_its_host_alone(self):
        self.start_https()
        self.start(GATEWAY, 443, answer(200), good_certificate())
        endpoints = [f'{URL}{number}' for number in range(20)] + [f'https://{GATEWAY}/']
        self.assert_found(self.check(*endpoints), 'tls_name_mismatch', '1 of 21 endpoints failed')
        metrics = self.metrics(*endpoints)
        for family in ('trusted', 'not_after_timestamp_seconds', 'chain_not_after_timestamp_seconds'):
            values = {endpoint: metrics.value(f'cal_endpoint_certificate_{family}', endpoint=endpoint)
                      for endpoint in endpoints}
            self.assertEqual(1, len({values[endpoint] for endpoint in endpoints[:-1]}), family)
            self.assertEqual(family == 'trusted', values[endpoints[0]] != values[endpoints[-1]])


class Chains(InternetCase):
    """A certificate that an intermediate authority has issued."""

    def start_chain(self, stem, sent=True, **intermediate):
        below = certificates().intermediate(stem, **intermediate)
        leaf, key = below.issue('leaf', f'DNS:{HOST}')
        if sent:
            leaf.write_text(leaf.read_text() + below.certificate.read_text())
        self.start_https(certificate=(leaf, key))

    def test_the_first_expiry_is_exported(self):
        self.start_chain('Issuing 1')
        self.assert_found(self.check(URL), 'reachable', 'CN=leaf, issued by "CN=Issuing 1", valid until 20')
        metrics = self.metrics(URL)
        leaf, chain, issuers = (
            metrics.value(f'cal_endpoint_certificate_{which}not_after_timestamp_seconds')
            for which in ('', 'chain_', 'intermediate_'))
        self.assertEqual(chain, issuers)
        self.assertLess(issuers, time.time() + 366 * 86400)
        self.assertGreater(leaf, time.time() + 3649 * 86400)

    def test_an_expired_intermediate_is_named(self):
        self.start_chain('Issuing 2', expired=True)
        found = self.check(URL)
        self.assert_found(found, 'tls_expired', 'CN=Issuing 2 (an issuer): expired on 20')
        metrics = self.metrics(URL)
        for which in ('chain_', 'intermediate_'):
            self.assertLess(metrics.value(f'cal_endpoint_certificate_{which}not_after_timestamp_seconds'),
                            time.time())

    def test_an_intermediate_that_is_not_sent(self):
        self.start_chain('Issuing 3', sent=False)
        self.assert_found(self.check(URL), 'tls_untrusted',
                          'issued by "CN=Issuing 3": the issuer is not trusted here')

    def test_several_faults_give_the_text_of_the_reason(self):
        below = certificates().intermediate('Issuing 4', expired=True)
        leaf, key = below.issue('elsewhere', 'DNS:portal.example.org')
        leaf.write_text(leaf.read_text() + below.certificate.read_text())
        self.start_https(certificate=(leaf, key))
        self.assert_found(self.check(URL), 'tls_expired', '(an issuer): expired on 20')
        self.assert_found(self.check({'url': URL, 'tls_trust': 'report'}, ca_file=None), 'tls_expired',
                          '(an issuer): expired on 20')
        self.assert_found(self.check(URL, ca_file=None), 'tls_untrusted',
                          'CN=Issuing 4 (an issuer): the issuer is not trusted here')


class OnlyReported(InternetCase):
    """tls_trust: report"""

    def check_reported(self, certificate=None):
        self.start_https(certificate=certificate)
        return self.check({'url': URL, 'tls_trust': 'report'}, ca_file=None)

    def test_an_unknown_authority_is_reachable_and_not_trusted(self):
        self.assert_found(self.check_reported(), 'reachable', 'the issuer is not trusted here', 'HTTP 200')
        metrics = self.metrics({'url': URL, 'tls_trust': 'report'}, ca_file=None)
        self.assertEqual(0, metrics.value('cal_endpoint_certificate_trusted'))
        self.assertEqual(1, metrics.value('cal_endpoint_stage_success', stage='tls'))

    def test_an_expired_certificate_still_counts(self):
        old = certificates().issue('old', f'DNS:{HOST}', expired=True)
        self.assert_found(self.check_reported(old), 'tls_expired')

    def test_another_name_still_counts(self):
        other = certificates().issue('other', 'DNS:portal.example.org')
        self.assert_found(self.check_reported(other), 'tls_name_mismatch')


class Handshakes(InternetCase):
    def test_a_server_that_accepts_but_sends_nothing(self):
        self.start(WEB, 443, silent)
        self.assert_found(self.check(URL, timeout='2s'), 'tls_failed', 'nothing answers the TLS handshake',
                          f'tcp ok ({WEB}:443)')

    def test_a_server_that_does_not_speak_tls(self):
        self.start(WEB, 443, answer(200))
        self.assert_found(self.check(URL), 'tls_failed')

    def test_a_server_that_hangs_up(self):
        self.start(WEB, 443, lambda connection: connection.recv(1))
        self.assert_found(self.check(URL), 'tls_failed')

    def test_a_server_that_hangs_up_after_the_handshake(self):
        self.start_https(hang_up)
        self.assert_found(self.check(URL), 'http_error', 'tls ok')
