"""`cal_exporter health`, given the options of the agent that it asks."""

import signal
import subprocess

from lab import agent

from .web import PASSWORD, USER, WebCase, bcrypt


class Health(WebCase):
    def ask(self):
        done = subprocess.run(
            [agent.binary(), 'health', '--web.listen-address', self.agent.url.partition('://')[2],
             '--web.config.file', self.web_configuration], capture_output=True, text=True, timeout=60)
        return done.returncode, (done.stdout + done.stderr).strip()

    def assert_works(self):
        self.assertEqual((0, 'the agent works'), self.ask())

    def test_over_http(self):
        self.start()
        self.assert_works()

    def test_with_users(self):
        self.start(users={USER: bcrypt(PASSWORD)})
        self.assert_works()

    def test_over_tls_without_a_client_certificate_that_the_agent_demands(self):
        self.start(tls={'client_auth_type': 'RequireAndVerifyClientCert',
                        'client_ca_file': str(self.authority.certificate)},
                   client=self.authority.issue('client', 'DNS:client', usage='clientAuth'))
        self.assert_works()

    def test_over_tls_it_leaves_no_failed_handshake_behind(self):
        self.start(tls={})
        self.assert_works()
        self.assertEqual(0, self.agent.metrics().value('cal_exporter_tls_handshake_failures_total'))

    def test_an_agent_that_hangs(self):
        self.start()
        self.agent.send(signal.SIGSTOP)
        code, text = self.ask()
        self.agent.send(signal.SIGCONT)
        self.assertEqual(1, code, text)
        self.assertIn('gives no answer over http', text)

    def test_an_agent_that_is_gone(self):
        self.start()
        self.agent.stop()
        code, text = self.ask()
        self.assertEqual(1, code, text)
        self.assertIn('Connection refused', text)
