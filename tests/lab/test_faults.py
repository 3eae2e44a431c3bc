"""Faults between the agent and the directory: each gets its reason, /metrics answers all the time, and the
agent recovers when the fault ends."""

import contextlib

from . import names
from .agent import MEMBERSHIP, Scraper
from .case import LabCase
from .certificates import Authority
from .silence import TcpRelay, UdpRelay

BY_ADDRESS = f'ldaps://{names.ADDRESS}'
MONITOR_DN = names.test_dn(names.MONITOR)
HIDDEN_FROM_ALL_BUT_ADMINISTRATORS = 'O:DAG:DAD:P(A;;0xf01ff;;;DA)(A;;0xf01ff;;;SY)'

# A run ends at its timeout plus one second of grace; the rest is for a busy machine.
SLACK = 1 + 5


class FaultCase(LabCase):
    def healthy(self, **options):
        """An agent that has its first good result."""
        agent = self.serve(**options)
        agent.wait_for('clear', 'member_nested')
        return agent

    @contextlib.contextmanager
    def scraped(self, agent):
        """/metrics must answer from here to the end of the block."""
        with Scraper(agent) as scraper:
            yield
        self.assertEqual([], scraper.failures)
        self.assertGreater(scraper.scrapes, 0)

    def assert_recovers(self, agent):
        agent.wait_for('clear', 'member_nested')

    def assert_in_time(self, metrics):
        duration = metrics.value('cal_probe_duration_seconds', probe=MEMBERSHIP)
        timeout = metrics.value('cal_probe_timeout_seconds', probe=MEMBERSHIP)
        self.assertLess(duration, timeout + SLACK)

    def assert_no_fact_is_claimed(self, metrics):
        self.assertEqual([], metrics.samples('cal_account_member'))
        self.assertEqual([], metrics.samples('cal_account_usable'))


class Server(FaultCase):
    def test_a_stopped_controller_is_connect_failed(self):
        agent = self.healthy()
        with self.scraped(agent):
            self.dc.stop()
            self.assert_no_fact_is_claimed(agent.wait_for('unknown', 'connect_failed'))
            self.dc.start()
            self.assert_recovers(agent)

    def test_a_silent_controller_is_a_timeout(self):
        agent = self.healthy(uri=[BY_ADDRESS], probe={'interval': '2s', 'timeout': '2s'})
        self.addCleanup(self.dc.thaw)
        with self.scraped(agent):
            self.dc.freeze()
            metrics = agent.wait_for('unknown', 'timeout')
            self.assert_no_fact_is_claimed(metrics)
            self.assert_in_time(metrics)
            self.dc.thaw()
            self.assert_recovers(agent)

    def test_a_controller_killed_during_a_run_is_connect_failed(self):
        self.dc.freeze()
        agent = self.serve(uri=[BY_ADDRESS], probe={'interval': '8s', 'timeout': '8s'})
        with self.scraped(agent):
            self.dc.wait_for_unread(636)  # the first run has started and waits
            self.dc.kill()
            self.assert_no_fact_is_claimed(agent.wait_for('unknown', 'connect_failed'))
            self.dc.start()
            self.assert_recovers(agent)


class Certificates(FaultCase):
    def refused(self, certificate, key, reason):
        """Restarts the controller with this certificate, and then with the right one."""
        agent = self.healthy()
        with self.scraped(agent):
            self.restart_with(certificate, key)
            self.addCleanup(self.restart_with, *self.right())
            self.assert_no_fact_is_claimed(agent.wait_for('unknown', reason))
            self.restart_with(*self.right())
            self.assert_recovers(agent)

    def right(self):
        return self.dc.folder / 'tls' / 'server.pem', self.dc.folder / 'tls' / 'server.key'

    def restart_with(self, certificate, key):
        self.dc.stop()
        self.dc.use_certificate(certificate, key)
        self.dc.start()

    def test_from_another_authority(self):
        other = Authority(self.scratch / 'other', 'another authority')
        self.refused(*other.issue('other'), 'tls_untrusted')

    def test_for_another_name(self):
        self.refused(*self.dc.authority.issue('named', 'DNS:wrong.example.org'),
                     'tls_name_mismatch')

    def test_expired(self):
        self.refused(*self.dc.authority.issue('old', expired=True), 'tls_expired')

    def test_a_valid_certificate_without_the_configured_name(self):
        found = self.check(uri=['ldaps://dc1'])
        self.assert_found(found, 'unknown', 'tls_name_mismatch', 'dc1')


class Credentials(FaultCase):
    def test_a_wrong_password_is_explained_in_words_and_never_shown(self):
        secret = self.scratch / 'password'
        secret.write_text(self.dc.password_of(names.MONITOR))
        agent = self.healthy(bind={'method': 'simple',
                                   'user': f'{names.MONITOR}@{names.DNS_DOMAIN}',
                                   'password_file': str(secret)})
        with self.scraped(agent):
            secret.write_text('Wrong-Passw0rd')
            agent.wait_for('unknown', 'bind_refused')
            status_page = agent.get('/')[1]
            self.assertIn('49/52e', status_page)
            self.assertIn('password', status_page)
            self.assertNotIn('Wrong-Passw0rd', status_page + agent.log())
            secret.write_text(self.dc.password_of(names.MONITOR))
            self.assert_recovers(agent)

    def test_a_locked_monitor_account_is_distinguished_from_a_wrong_password(self):
        agent = self.healthy()
        self.addCleanup(self.unlock)
        with self.scraped(agent):
            with self.directory() as directory:
                directory.lock(MONITOR_DN)
            agent.wait_for('unknown', 'bind_refused')
            status_page = agent.get('/')[1]
            self.assertIn('49/775', status_page)
            self.assertIn('locked', status_page)
            self.unlock()
            self.assert_recovers(agent)

    def unlock(self):
        with self.directory() as directory:
            directory.unlock(MONITOR_DN)

    def test_an_account_hidden_from_the_agent_is_reported_as_not_found_or_hidden(self):
        with self.directory() as directory:
            before = directory.sddl(names.test_dn('licadmin'))
            directory.set_sddl(names.test_dn('licadmin'), HIDDEN_FROM_ALL_BUT_ADMINISTRATORS)
        self.addCleanup(self.set_sddl, names.test_dn('licadmin'), before)
        self.assert_found(self.check(), 'present', 'account_not_found', 'hidden from the agent')
        self.set_sddl(names.test_dn('licadmin'), before)
        self.assert_found(self.check(), 'clear', 'member_nested')

    def set_sddl(self, dn, sddl):
        with self.directory() as directory:
            directory.set_sddl(dn, sddl)


class OtherServers(FaultCase):
    """The other servers that a bind needs."""

    def test_a_silent_name_server_is_resolve_failed_or_a_timeout(self):
        server = UdpRelay(('127.0.0.20', 53), (names.ADDRESS, 53), silent=False)
        self.addCleanup(server.close)
        # The name is not in the hosts file, so the agent must query the name server.
        agent = self.healthy(uri=None, srv=names.DNS_DOMAIN, name_servers=['127.0.0.20'],
                             probe={'interval': '3s', 'timeout': '3s'})
        with self.scraped(agent):
            server.silent = True
            metrics = agent.wait_for('unknown', 'resolve_failed', 'timeout')
            self.assert_in_time(metrics)
            server.silent = False
            self.assert_recovers(agent)

    def test_a_silent_key_distribution_center_is_a_timeout_while_the_call_is_stuck(self):
        kdc = TcpRelay(('127.0.0.21', 88), (names.ADDRESS, 88), silent=True)
        self.addCleanup(kdc.close)
        self.dc.write_kerberos_configuration(kdc='127.0.0.21')
        self.addCleanup(self.dc.write_kerberos_configuration)
        keytab = self.dc.export_keytab(f'{names.MONITOR}@{names.REALM}', self.scratch / 'keytab')
        agent = self.serve(uri=[f'ldap://{names.full_name(names.HOST)}'],
                           bind={'method': 'gssapi', 'user': f'{names.MONITOR}@{names.REALM}',
                                 'keytab_file': str(keytab)},
                           probe={'interval': '2s', 'timeout': '2s'},
                           environment=self.kerberos())
        with self.scraped(agent):
            self.assert_no_fact_is_claimed(agent.wait_for('unknown', 'timeout'))
            kdc.silent = False
            self.assert_recovers(agent)
