"""The cases of blackbox_exporter's own tests (0.28) that concern what internet_connectivity tests, too. The table in
README.md lists all of its cases; the rows and the wording here are ours."""

import gzip
import socket
import subprocess
import time

from lab import agent
from lab.certificates import openssl
from lab.servers import DnsServer, TcpServer, answer, hang_up, read_head, silent

from .case import GATEWAY, InternetCase
from .network import family_of

PAGE = 'Download the latest version here. Copyright 2015 Test Inc.'
DAY = 86400


def raw(head, body=b''):
    """A behavior: these bytes to every request."""
    def behave(connection):
        if read_head(connection)[0]:
            connection.sendall(head.encode() + b'\r\n\r\n' + body)
    return behave


class Peer(InternetCase):
    """Servers on loopback, where the hosts file knows localhost; a link makes names worth looking up."""

    def serve(self, behave, certificate=None, address='127.0.0.1'):
        """The server's port."""
        listener = socket.create_server((address, 0), family=family_of(address))
        server = TcpServer(listener, behave, certificate)
        self.addCleanup(server.close)
        return listener.getsockname()[1]

    def configure(self, *endpoints, name_servers=None, **options):
        return super().configure(*endpoints, name_servers=name_servers, **options)

    def expect(self, reason, endpoint, *words, environment=None, **options):
        """Checks the endpoint: the reason, and words of the summary or the evidence."""
        with self.subTest(endpoint=endpoint, expected=reason):
            found = self.check(endpoint, environment=environment, **options)
            self.assertEqual(reason, found.reason, str(found))
            for word in words:
                self.assertIn(word, str(found))

    def self_signed(self, subject='self', names='DNS:localhost', days=1):
        certificate, key = self.scratch / f'{subject}.pem', self.scratch / f'{subject}.key'
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', f'/CN={subject}', '-days', str(days),
                '-addext', f'subjectAltName={names}', '-keyout', str(key), '-out', str(certificate))
        return certificate, key


class Answers(Peer):
    def test_status_codes_that_are_expected(self):
        for status, expected, reason in ((200, [200, 404], 'reachable'), (404, [200, 404], 'reachable'),
                                         (201, [200, 404], 'http_error'), (404, [404], 'reachable'),
                                         (200, [404], 'http_error')):
            url = f'http://127.0.0.1:{self.serve(answer(status))}/'
            self.expect(reason, {'url': url, 'expect_status': expected}, f'HTTP {status}')

    def test_without_an_expectation_every_final_answer_counts(self):
        # blackbox_exporter expects 2xx then. That the endpoint answers is what an activation needs.
        for status in (200, 201, 299, 300, 404):
            self.expect('reachable', f'http://127.0.0.1:{self.serve(answer(status))}/', f'HTTP {status}')

    def test_versions_of_http(self):
        for version in ('HTTP/1.0', 'HTTP/1.1'):
            port = self.serve(raw(f'{version} 200 OK\r\nConnection: close', PAGE.encode()))
            self.expect('reachable', {'url': f'http://127.0.0.1:{port}/', 'expect_body': 'latest'})

    def test_a_body_is_compared_as_it_was_sent(self):
        for encoding, body, reason in (('identity', PAGE.encode(), 'reachable'), ('xxx', PAGE.encode(), 'reachable'),
                                       ('gzip', gzip.compress(PAGE.encode()), 'content_mismatch')):
            port = self.serve(raw('HTTP/1.1 200 OK\r\nConnection: close\r\n'
                                  f'Content-Encoding: {encoding}\r\nContent-Length: {len(body)}', body))
            self.expect(reason, {'url': f'http://127.0.0.1:{port}/', 'expect_body': 'latest version'})

    def test_no_encoding_is_asked_for(self):
        def behave(connection):
            plain = b'accept-encoding' not in read_head(connection)[1].lower()
            connection.sendall(b'HTTP/1.1 %d x\r\nContent-Length: 0\r\n\r\n' % (200 if plain else 415))
        self.expect('reachable', {'url': f'http://127.0.0.1:{self.serve(behave)}/', 'expect_status': 200})

    def test_texts(self):
        bad = 'Bad news: could not connect to database server'
        for body, expected, reason in ((PAGE, 'Download the latest version here', 'reachable'),
                                       (bad, 'Download the latest version here', 'content_mismatch'),
                                       (PAGE, 'Copyright 2015', 'reachable'), ('', 'x', 'content_mismatch')):
            url = f'http://127.0.0.1:{self.serve(answer(200, body))}/'
            self.expect(reason, {'url': url, 'expect_body': expected})

    def test_a_redirect_is_an_answer_and_is_not_followed(self):
        paths = []

        def behave(connection):
            paths.append(read_head(connection)[0].split()[1])
            connection.sendall(b'HTTP/1.1 302 Found\r\nLocation: /noredirect\r\nContent-Length: 0\r\n'
                               b'Set-Cookie: somecookie=cookie\r\nConnection: close\r\n\r\n')
        url = f'http://127.0.0.1:{self.serve(behave)}/'
        self.expect('reachable', {'url': url, 'expect_status': 302})
        self.expect('http_error', {'url': url, 'expect_status': 200}, 'HTTP 302', '/noredirect')
        self.assertEqual({'/'}, set(paths))

    def test_a_connection_that_ends_without_an_answer(self):
        self.expect('http_error', f'http://127.0.0.1:{self.serve(hang_up)}/')
        self.expect('http_error', f'http://127.0.0.1:{self.serve(lambda connection: None)}/')

    def test_schemes(self):
        port = self.serve(answer(200))
        tls = self.serve(answer(200), self.self_signed())
        for url in (f'http://127.0.0.1:{port}', f'HTTP://127.0.0.1:{port}'):
            self.expect('reachable', url)
        for url in (f'https://localhost:{tls}', f'HtTpS://localhost:{tls}'):
            self.expect('reachable', {'url': url, 'tls_trust': 'report'})
        for url in (f'127.0.0.1:{port}', f'invalid://127.0.0.1:{port}', 'tcp://:0', 'tcp://127.0.0.1:0'):
            with self.subTest(url):
                done = subprocess.run([agent.binary(), '--config.check', '--config.file', str(self.configure(url))],
                                      capture_output=True, text=True, timeout=60)
                self.assertEqual(2, done.returncode)
                self.assertIn(url, done.stdout + done.stderr)


class Certificates(Peer):
    def test_self_signed(self):
        certificate = self.self_signed()
        url = f'https://localhost:{self.serve(answer(200), certificate)}/'
        self.expect('tls_untrusted', url, 'signed by itself')
        self.expect('reachable', {'url': url, 'tls_trust': 'report'})
        self.expect('reachable', url, ca_file=str(certificate[0]))

    def test_the_name_in_the_url_is_the_one_that_counts(self):
        certificate = self.self_signed()
        port = self.serve(answer(200), certificate)
        self.expect('reachable', f'https://localhost:{port}/', ca_file=str(certificate[0]))
        self.expect('tls_name_mismatch', f'https://127.0.0.1:{port}/', ca_file=str(certificate[0]))

    def test_certificates_do_not_matter_without_tls(self):
        self.expect('reachable', {'url': f'http://localhost:{self.serve(answer(200))}/', 'tls_trust': 'require'},
                    ca_file=str(self.self_signed()[0]))

    def test_the_expiry_is_exported(self):
        certificate = self.self_signed(days=1)
        metrics = self.metrics(f'https://localhost:{self.serve(answer(200), certificate)}/',
                               ca_file=str(certificate[0]))
        for which in ('', 'chain_'):
            self.assertAlmostEqual(time.time() + DAY, metrics.value(
                f'cal_endpoint_certificate_{which}not_after_timestamp_seconds'), delta=600)

    def test_a_root_that_is_sent_and_was_replaced_does_not_shorten_the_chain(self):
        # Two roots with one key: the server sends the old one, this host trusts both.
        old, key = self.self_signed('root', days=1)
        new = self.scratch / 'new.pem'
        openssl('req', '-x509', '-key', str(key), '-subj', '/CN=root', '-days', '3', '-out', str(new))
        request, leaf, leaf_key = (self.scratch / f'leaf.{kind}' for kind in ('csr', 'pem', 'key'))
        extensions = self.scratch / 'leaf.ext'
        extensions.write_text('subjectAltName=DNS:localhost\n')
        openssl('req', '-new', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=leaf', '-keyout', str(leaf_key),
                '-out', str(request))
        openssl('x509', '-req', '-in', str(request), '-CA', str(old), '-CAkey', str(key), '-CAcreateserial',
                '-extfile', str(extensions), '-days', '2', '-out', str(leaf))
        leaf.write_text(leaf.read_text() + old.read_text())
        for order in ((new, old), (old, new)):
            trusted = self.scratch / 'trusted.pem'
            trusted.write_text(''.join(each.read_text() for each in order))
            url = f'https://localhost:{self.serve(answer(200), (leaf, leaf_key))}/'
            self.expect('reachable', url, ca_file=str(trusted))
            self.assertAlmostEqual(time.time() + 2 * DAY, self.metrics(url, ca_file=str(trusted)).value(
                'cal_endpoint_certificate_chain_not_after_timestamp_seconds'), delta=600)


class Connections(Peer):
    def test_a_connection_is_enough_for_tcp(self):
        for behave in (lambda connection: None, silent, answer(200)):
            self.expect('reachable', f'tcp://localhost:{self.serve(behave)}')

    def test_a_closed_port(self):
        with socket.create_server(('127.0.0.1', 0)) as closed:
            port = closed.getsockname()[1]
        self.expect('tcp_refused', f'tcp://127.0.0.1:{port}')

    def test_each_stage_has_its_duration(self):
        certificate = self.self_signed()
        url = f'https://localhost:{self.serve(answer(200, PAGE), certificate)}/'
        metrics = self.metrics({'url': url, 'expect_body': 'latest'}, ca_file=str(certificate[0]))
        for stage in ('tcp', 'tls', 'http', 'content'):
            self.assertIsNotNone(metrics.value('cal_endpoint_stage_duration_seconds', stage=stage), stage)


class Proxies(Peer):
    def test_the_proxy_looks_up_the_name(self):
        # The proxy answers itself: the name exists nowhere.
        port = self.serve(answer(204))
        endpoint = {'url': 'http://license.invalid/', 'expect_status': 204}
        environment = {'http_proxy': f'http://127.0.0.1:{port}', 'no_proxy': ''}
        self.expect('reachable', endpoint, proxy=f'http://127.0.0.1:{port}')
        self.expect('reachable', endpoint, proxy='environment', environment=environment)
        self.expect('dns_not_found', endpoint, proxy='none', environment=environment, name_servers=[GATEWAY])
        stages = self.metrics(endpoint, proxy=f'http://127.0.0.1:{port}').samples('cal_endpoint_stage_success')
        self.assertEqual([], [labels for labels, _ in stages if labels['stage'] == 'dns'])


class NameServers(Peer):
    def start_name_server(self, address):
        opened = socket.socket(family_of(address), socket.SOCK_DGRAM)
        opened.bind((address, 0))
        server = DnsServer(opened, {'example.com': ['127.0.0.1'], 'six.example.com': ['::1']})
        self.addCleanup(server.close)
        return server, opened.getsockname()[1]

    def test_answers_and_faults(self):
        port = self.serve(answer(200))
        for address in ('127.0.0.1', '[::1]'):
            with self.subTest(name_server=address):
                server, dns_port = self.start_name_server(address.strip('[]'))
                for fault, reason in ((None, 'reachable'), (DnsServer.SERVFAIL, 'dns_server_failure'),
                                      (DnsServer.NXDOMAIN, 'dns_not_found'), (DnsServer.REFUSED, 'dns_refused')):
                    server.fault = fault
                    self.expect(reason, f'http://example.com:{port}/', name_servers=[f'{address}:{dns_port}'])

    def test_the_family_of_the_address(self):
        _, dns_port = self.start_name_server('127.0.0.1')
        for host, port, families in (
                ('example.com', self.serve(answer(200)), {'any': True, 'ipv4': True, 'ipv6': False}),
                ('six.example.com', self.serve(answer(200), address='::1'),
                 {'any': True, 'ipv4': False, 'ipv6': True})):
            for family, reached in families.items():
                self.expect('reachable' if reached else 'dns_not_found',
                            {'url': f'http://{host}:{port}/', 'ip_family': family},
                            name_servers=[f'127.0.0.1:{dns_port}'])

    def test_an_answer_that_is_too_long_for_udp_comes_over_tcp(self):
        port = self.serve(answer(200))
        server, dns_port = self.start_name_server('127.0.0.1')
        server.truncates = True

        def over_tcp(connection):
            size = int.from_bytes(connection.recv(2), 'big')
            reply = server.answer(connection.recv(size))
            connection.sendall(len(reply).to_bytes(2, 'big') + reply)
        tcp = TcpServer(socket.create_server(('127.0.0.1', dns_port)), over_tcp)
        self.addCleanup(tcp.close)
        self.expect('reachable', f'http://example.com:{port}/', name_servers=[f'127.0.0.1:{dns_port}'])
        tcp.close()
        self.expect('dns_refused', f'http://example.com:{port}/', name_servers=[f'127.0.0.1:{dns_port}'])
