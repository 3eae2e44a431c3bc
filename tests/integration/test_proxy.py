"""HTTP proxies: configured, from the environment, with a password, or unreachable."""

from lab.servers import answer, hang_up, proxy, silent

from .case import GATEWAY, GATEWAY_V6, HOST, URL, WEB, InternetCase
from .network import run

PORT = 3128
PROXY = f'http://{GATEWAY}:{PORT}'


class ProxyCase(InternetCase):
    """The endpoint answers, but only the proxy can reach it; its name is not in DNS."""

    def setUp(self):
        super().setUp()
        self.start_https()
        self.start(WEB, 80, answer(200, 'Microsoft Connect Test'))
        self.dns.names = {'proxy.example.com': [GATEWAY]}
        run('ip', 'route', 'del', 'default')

    def start_proxy(self, **behavior):
        return self.start(GATEWAY, PORT, proxy(self.internet, **behavior))

    def check_all(self, **options):
        """Through the proxy, by addresses, since the proxy uses this machine's resolver."""
        plain = {'url': f'http://{WEB}', 'expect_body': 'Microsoft Connect Test'}
        return self.check(f'https://{WEB}', plain, f'tcp://{WEB}:80', **options)


class Healthy(ProxyCase):
    def test_nothing_is_reachable_without_the_proxy(self):
        self.assert_found(self.check_all(), 'no_route')

    def test_configured(self):
        self.start_proxy()
        self.assert_found(self.check_all(proxy=PROXY), 'reachable', 'all 3 endpoints',
                          f'proxy ok ({GATEWAY}:{PORT})', 'connected by the proxy')

    def test_configured_although_the_environment_exempts_the_host(self):
        self.start_proxy()
        self.assert_found(self.check_all(proxy=PROXY, environment={'no_proxy': '*'}), 'reachable')

    def test_configured_by_name(self):
        self.start_proxy()
        found = self.check_all(proxy=f'http://proxy.example.com:{PORT}')
        self.assert_found(found, 'reachable', 'proxy ok (proxy.example.com:3128)')

    def test_configured_by_an_ipv6_address(self):
        self.start(GATEWAY_V6, PORT, proxy(self.internet))
        found = self.check_all(proxy=f'http://[{GATEWAY_V6}]:{PORT}')
        self.assert_found(found, 'reachable', f'proxy ok ([{GATEWAY_V6}]:{PORT})')

    def test_from_the_environment(self):
        self.start_proxy()
        environment = {'http_proxy': PROXY, 'HTTPS_PROXY': PROXY, 'all_proxy': PROXY}
        self.assert_found(self.check_all(proxy=None, environment=environment), 'reachable',
                          f'proxy ok ({GATEWAY}:{PORT})')

    def test_from_the_environment_but_not_for_this_host(self):
        self.start_proxy()
        environment = {'https_proxy': PROXY, 'no_proxy': f'localhost,{WEB}'}
        found = self.check(f'https://{WEB}', proxy=None, environment=environment)
        self.assert_found(found, 'no_route')

    def test_from_the_environment_but_not_for_this_network(self):
        self.start_proxy()
        environment = {'https_proxy': PROXY, 'no_proxy': '198.51.100.0/24'}
        found = self.check(f'https://{WEB}', proxy=None, environment=environment)
        self.assert_found(found, 'no_route')

    def test_entries_that_exempt_nothing_and_pac_files_are_named(self):
        self.start_proxy()
        environment = {'https_proxy': PROXY, 'no_proxy': f'{WEB}:443',
                       'auto_proxy': 'http://config.example.com/proxy.pac'}
        found = self.check(f'https://{WEB}',
                           {'url': f'http://{WEB}', 'proxy': PROXY, 'expect_status': 200}, proxy=None,
                           environment=environment)
        self.assert_found(found, 'reachable', f'has {WEB}:443, which exempts no host')
        self.assertNotIn('proxy.pac', str(found))  # every endpoint has a proxy
        found = self.check(f'tcp://{WEB}:80', proxy=None, environment=environment)
        self.assert_found(found, 'no_route', 'names the PAC file http://config.example.com/proxy.pac')

    def test_one_endpoint_may_have_its_own_proxy(self):
        self.start_proxy()
        found = self.check({'url': f'https://{WEB}', 'proxy': PROXY}, f'http://{WEB}')
        self.assert_found(found, 'no_route', '1 of 2', f'https://{WEB}: interface ok')


class Faults(ProxyCase):
    def test_a_proxy_that_requires_a_password(self):
        self.start_proxy(wants_password=True)
        for endpoint in (f'https://{WEB}', f'http://{WEB}', f'tcp://{WEB}:80'):
            with self.subTest(endpoint):
                self.assert_found(self.check(endpoint, proxy=PROXY), 'proxy_auth_required',
                                  f'{GATEWAY}:{PORT}')

    def test_the_password_of_the_environment_is_used_and_never_shown(self):
        self.start_proxy(wants_password=True)
        secret = {'https_proxy': f'http://licadmin:hunter2@{GATEWAY}:{PORT}'}
        found = self.check(f'https://{WEB}', proxy=None, environment=secret)
        self.assert_found(found, 'reachable')
        self.assertNotIn('hunter2', str(found))

    def test_a_proxy_that_is_down(self):
        self.assert_found(self.check(URL, proxy=PROXY), 'proxy_unreachable', f'{GATEWAY}:{PORT}',
                          'refused')

    def test_a_proxy_whose_name_does_not_exist(self):
        found = self.check(URL, proxy='http://gone.example.com:3128')
        self.assert_found(found, 'proxy_unreachable', 'gone.example.com', 'NXDOMAIN')

    def test_no_route_to_the_proxy(self):
        self.assert_found(self.check(URL, proxy='http://192.0.2.1:3128'), 'no_route', '192.0.2.1')

    def test_a_server_that_is_not_a_proxy(self):
        self.start(GATEWAY, PORT, hang_up)
        self.assert_found(self.check(URL, proxy=PROXY), 'proxy_unreachable', 'does not behave like an HTTP proxy')

    def test_a_proxy_that_sends_nothing(self):
        self.start(GATEWAY, PORT, silent)
        self.assert_found(self.check(URL, proxy=PROXY, timeout='2s'), 'tcp_timeout')

    def test_a_proxy_that_does_not_connect(self):
        for status, reason in ((403, 'tcp_refused'), (502, 'tcp_unreachable'),
                               (504, 'tcp_timeout')):
            with self.subTest(status):
                server = self.start_proxy(answers=status)
                self.assert_found(self.check(f'https://{WEB}', proxy=PROXY), reason,
                                  f'HTTP {status}')
                server.close()

    def test_a_certificate_behind_the_proxy(self):
        self.start_proxy()
        found = self.check(f'https://{WEB}', proxy=PROXY, ca_file=None)
        self.assert_found(found, 'tls_untrusted', 'connected by the proxy')


class OwnAnswers(ProxyCase):
    """Without a tunnel, a proxy's own answer comes in place of the endpoint's."""

    def assert_not_of_the_endpoint(self, reason, behave, *words, **expectations):
        server = self.start(GATEWAY, PORT, behave)
        found = self.check({'url': f'http://{HOST}/', **expectations}, proxy=PROXY)
        server.close()
        self.assert_found(found, reason, *words)

    def test_marked_by_squid(self):
        for status, reason in ((403, 'tcp_refused'), (503, 'tcp_unreachable'), (504, 'tcp_timeout')):
            with self.subTest(status):
                self.assert_not_of_the_endpoint(
                    reason, answer(status, '<html>', 'text/html', Via='1.1 squid',
                                   X_Squid_Error='ERR_DNS_FAIL 0'),
                    f'HTTP {status} (X-Squid-Error: ERR_DNS_FAIL 0)')

    def test_marked_by_proxy_status(self):
        self.assert_not_of_the_endpoint('tcp_unreachable', answer(502, Proxy_Status='p; error=dns_error'),
                                        'error=dns_error')

    def test_not_marked(self):
        for status in (403, 404, 500, 502, 503):
            with self.subTest(status):
                self.assert_not_of_the_endpoint('http_error', answer(status, Via='1.1 proxy'),
                                                'cannot be told apart')

    def test_a_page_or_a_redirect_where_nothing_is_expected(self):
        for behave in (answer(200, '<html>blocked', 'text/html'),
                       answer(302, Location='http://block.example.org/')):
            self.assert_not_of_the_endpoint('answer_not_proven', behave, 'cannot be told apart')

    def test_a_page_in_place_of_the_expected_text(self):
        self.assert_not_of_the_endpoint('content_mismatch', answer(503, '<html>no', 'text/html'),
                                        'may be of the proxy', expect_body='Microsoft Connect Test')
