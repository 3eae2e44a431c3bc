"""The responses of a server, and of something else that answers in its place."""

from lab.servers import answer, silent

from .case import HOST, URL, WEB, InternetCase

NCSI = {'url': f'http://{HOST}/connecttest.txt', 'expect_status': 200,
        'expect_body': 'Microsoft Connect Test'}
PORTAL = 'http://portal.example.org/login'
LOGIN_PAGE = '<html><title>Please log in</title></html>'


class Answers(InternetCase):
    def test_any_status_is_reachable_if_none_is_expected(self):
        for status in (200, 401, 404, 503):
            with self.subTest(status):
                server = self.start(WEB, 80, answer(status))
                self.assert_found(self.check(f'http://{HOST}'), 'reachable', f'HTTP {status}')
                server.close()

    def test_another_status_than_expected(self):
        self.start(WEB, 80, answer(503))
        found = self.check({'url': f'http://{HOST}', 'expect_status': [200, 204]})
        self.assert_found(found, 'http_error', 'HTTP 503, expected 200 or 204')
        self.assertEqual('warning', found.severity)

    def test_no_answer_to_the_request(self):
        self.start(WEB, 80, silent)
        self.assert_found(self.check(f'http://{HOST}', timeout='2s'), 'http_error',
                          'no answer in time')

    def test_an_answer_that_is_not_http(self):
        self.start(WEB, 80, lambda connection: connection.sendall(b'220 mail.example.com\r\n'))
        self.assert_found(self.check(f'http://{HOST}'), 'http_error')

    def test_the_expected_text(self):
        self.start(WEB, 80, answer(200, 'Microsoft Connect Test'))
        self.assert_found(self.check(NCSI), 'reachable', 'content ok')

    def test_another_text(self):
        self.start(WEB, 80, answer(200, 'Microsoft NCSI'))
        self.assert_found(self.check(NCSI), 'content_mismatch', 'Microsoft Connect Test')

    def test_a_text_without_end_is_read_to_a_limit(self):
        def flood(connection):
            connection.recv(65536)
            connection.sendall(b'HTTP/1.1 200 OK\r\n\r\n')
            while True:
                connection.sendall(b'x' * 65536)
        self.start(WEB, 80, flood)
        self.assert_found(self.check(NCSI), 'content_mismatch', 'first 16384 bytes')


class CaptivePortal(InternetCase):
    def test_that_redirects(self):
        self.start(WEB, 80, answer(302, Location=PORTAL))
        self.assert_found(self.check(NCSI), 'captive_portal', PORTAL)

    def test_that_answers_with_its_own_page(self):
        self.start(WEB, 80, answer(200, LOGIN_PAGE, 'text/html'))
        self.assert_found(self.check(NCSI), 'captive_portal', 'a web page')

    def test_that_says_so(self):
        self.start(WEB, 80, answer(511, LOGIN_PAGE, 'text/html'))
        self.assert_found(self.check(f'http://{HOST}'), 'captive_portal', 'HTTP 511')

    def test_a_redirect_is_reachable_if_nothing_is_expected(self):
        self.start(WEB, 80, answer(302, Location='https://www.example.com/'))
        self.assert_found(self.check(f'http://{HOST}'), 'reachable')

    def test_a_trusted_certificate_proves_that_the_endpoint_answers(self):
        self.start_https(answer(302, Location=PORTAL))
        self.assert_found(self.check({'url': URL, 'expect_status': 200}), 'http_error', PORTAL)
