"""Every kind of connection that a configuration can use, against a real directory."""

import subprocess

from . import names
from .agent import MEMBERSHIP, wait_until
from .case import LabCase
from .certificates import RIGHT_NAMES
from .silence import TcpRelay

LDAP_URI = f'ldap://{names.full_name(names.HOST)}'
BY_ADDRESS = f'ldaps://{names.ADDRESS}'
NAME_SERVERS = [names.ADDRESS]
ONLY_IN_DNS = 'only-in-dns'


class CertificateCase(LabCase):
    @classmethod
    def present(cls, certificate):
        cls.dc.stop()
        cls.dc.use_certificate(*certificate)
        cls.dc.start()

    def assert_reached(self, found):
        self.assert_found(found, 'clear', 'member_nested')


class Connection(CertificateCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        certificate = cls.dc.authority.issue(
            'two-names', f'{RIGHT_NAMES},DNS:{names.full_name(ONLY_IN_DNS)}')
        cls.present(certificate)

    def gssapi(self):
        keytab = self.dc.export_keytab(f'{names.MONITOR}@{names.REALM}', self.scratch / 'keytab')
        return {'method': 'gssapi', 'user': f'{names.MONITOR}@{names.REALM}',
                'keytab_file': str(keytab)}

    def announce(self, hosts):
        with self.directory() as directory:
            directory.announce(hosts)

    def test_ldaps(self):
        self.assert_reached(self.check())

    def test_ldaps_to_an_address_that_is_in_the_certificate(self):
        self.assert_reached(self.check(uri=[BY_ADDRESS]))

    def test_starttls(self):
        self.assert_reached(self.check(uri=[LDAP_URI], start_tls=True))

    def test_gssapi_with_a_keytab(self):
        self.assert_reached(self.check(uri=[LDAP_URI], bind=self.gssapi(),
                                       environment=self.kerberos()))

    def refused(self, user, environment=None):
        bind = self.gssapi()
        bind['user'] = user
        return self.check(uri=[LDAP_URI], bind=bind, environment=environment or self.kerberos())

    def test_a_realm_in_lower_case_is_named(self):
        self.assert_found(self.refused(f'{names.MONITOR}@{names.REALM.lower()}'), 'unknown',
                          'bind_refused', 'the realm of', f'write {names.MONITOR}@{names.REALM}')

    def test_a_principal_that_is_not_in_the_keytab_is_named_with_those_that_are(self):
        self.assert_found(self.refused(f'nobody@{names.REALM}'), 'unknown', 'bind_refused',
                          'the keytab has no key of this principal',
                          f'the keytab has {names.MONITOR}@{names.REALM}')

    def test_a_realm_without_a_known_kdc_is_named(self):
        configuration = self.scratch / 'krb5.conf'
        configuration.write_text('[libdefaults]\ndns_lookup_kdc = false\n'
                                 f'default_realm = {names.REALM}\n')
        found = self.refused(f'{names.MONITOR}@{names.REALM}',
                             environment={'KRB5_CONFIG': str(configuration)})
        self.assert_found(found, 'unknown', 'bind_refused', 'no KDC of this realm is known',
                          'krb5.conf')

    def test_user_as_domain_and_name_or_as_dn(self):
        for user in (f'EBS\\{names.MONITOR}', names.test_dn(names.MONITOR)):
            with self.subTest(user):
                self.assert_reached(self.check(bind={
                    'method': 'simple', 'user': user,
                    'password_file': str(self.dc.password_file_of(names.MONITOR))}))

    def test_srv_records_of_the_domain(self):
        self.announce({names.HOST: names.ADDRESS})
        self.assert_reached(self.check(uri=None, srv=names.DNS_DOMAIN, name_servers=NAME_SERVERS))

    def test_srv_records_with_starttls_and_with_gssapi(self):
        self.announce({names.HOST: names.ADDRESS})
        self.assert_reached(self.check(uri=None, srv=names.DNS_DOMAIN, start_tls=True,
                                       name_servers=NAME_SERVERS))
        self.assert_reached(self.check(uri=None, srv=names.DNS_DOMAIN, bind=self.gssapi(),
                                       name_servers=NAME_SERVERS, environment=self.kerberos()))

    def test_a_second_server_of_the_srv_records_replaces_the_first(self):
        self.announce({names.SECOND_HOST: names.SECOND_ADDRESS, names.HOST: names.ADDRESS})
        self.addCleanup(self.announce, {names.HOST: names.ADDRESS})
        self.assert_reached(self.check(uri=None, srv=names.DNS_DOMAIN, name_servers=NAME_SERVERS))

    def test_name_servers_are_asked_instead_of_the_systems(self):
        uri = [f'ldaps://{names.full_name(ONLY_IN_DNS)}']
        self.announce({names.HOST: names.ADDRESS, ONLY_IN_DNS: names.ADDRESS})
        self.addCleanup(self.announce, {names.HOST: names.ADDRESS})
        self.assert_found(self.check(uri=uri), 'unknown', 'resolve_failed', ONLY_IN_DNS)
        for server in (names.ADDRESS, f'{names.ADDRESS}:53'):
            with self.subTest(server):
                self.assert_reached(self.check(uri=uri, name_servers=[server]))

    def test_a_silent_first_server_costs_its_share_once(self):
        silent = TcpRelay((names.SECOND_ADDRESS, 636), (names.ADDRESS, 636), silent=True)
        self.addCleanup(silent.close)
        agent = self.serve(uri=[f'ldaps://{names.SECOND_ADDRESS}', BY_ADDRESS],
                           probe={'interval': '10s', 'timeout': '10s'})
        first = agent.wait_for('clear', 'member_nested')
        share = first.value('cal_probe_duration_seconds', probe=MEMBERSHIP)
        self.assertGreater(share, 2.5)
        runs = first.value('cal_probe_runs_total', probe=MEMBERSHIP)
        later = wait_until('a later run', lambda: self.after(agent, runs))
        self.assertEqual(('clear', 'member_nested'), later.verdict(MEMBERSHIP))
        self.assertLess(later.value('cal_probe_duration_seconds', probe=MEMBERSHIP), 2.5)

    @staticmethod
    def after(agent, runs):
        metrics = agent.metrics()
        return metrics if metrics.value('cal_probe_runs_total', probe=MEMBERSHIP) > runs else None


class ProofOfTheDomain(CertificateCase):
    """With SRV records, the name of the host alone proves nothing."""

    HOST_ONLY = f'DNS:{names.full_name(names.HOST)}'

    def check_by_dns(self, **directory):
        with self.directory() as directory_of_lab:
            directory_of_lab.announce({names.HOST: names.ADDRESS})
        return self.check(uri=None, srv=names.DNS_DOMAIN, name_servers=NAME_SERVERS, **directory)

    def test_a_host_name_is_refused_and_kerberos_needs_no_certificate(self):
        self.present(self.dc.authority.issue('member', self.HOST_ONLY))
        for start_tls in (False, True):
            self.assert_found(self.check_by_dns(start_tls=start_tls), 'unknown',
                              'tls_domain_mismatch', 'KDC Authentication', '`uri`', 'gssapi')
        self.assert_reached(self.check())  # the server is listed
        keytab = self.dc.export_keytab(f'{names.MONITOR}@{names.REALM}', self.scratch / 'keytab')
        bind = {'method': 'gssapi', 'user': f'{names.MONITOR}@{names.REALM}',
                'keytab_file': str(keytab)}
        self.assert_reached(self.check_by_dns(bind=bind, environment=self.kerberos()))

    def test_the_purpose_of_a_key_distribution_center_is_enough(self):
        self.present(self.dc.authority.issue('kdc', self.HOST_ONLY,
                                             usage='serverAuth,1.3.6.1.5.2.3.5'))
        self.assert_reached(self.check_by_dns())

    def test_the_name_of_the_domain_is_enough(self):
        self.present(self.dc.authority.issue('domain', f'DNS:{names.DNS_DOMAIN}'))
        self.assert_reached(self.check_by_dns())


class Pages(LabCase):
    def test_promtool_accepts_the_page(self):
        agent = self.serve('EBS\\licadmin', 'EBS\\alice', ODD_ACCOUNT)
        agent.wait_for('present', 'not_member', 'account_not_found')
        page = agent.page()
        done = subprocess.run(['promtool', 'check', 'metrics'], input=page, text=True,
                              capture_output=True)
        self.assertEqual((0, ''), (done.returncode, done.stdout + done.stderr))

    def test_ready_after_every_probe_ran(self):
        agent = self.serve()
        wait_until('ready', lambda: agent.get('/-/ready')[0] == 200)
        self.assertEqual(('clear', 'member_nested'), agent.verdict())

    def test_the_first_page_has_every_family_of_the_probe(self):
        agent = self.serve(probe={'interval': '60s', 'timeout': '20s'})
        self.assertIn(agent.verdict(), [('unknown', 'not_run_yet'), ('clear', 'member_nested')])

    def test_the_password_is_never_shown(self):
        agent = self.serve()
        agent.wait_for('clear', 'member_nested')
        password = self.dc.password_of(names.MONITOR)
        for path in ('/', '/metrics', '/config'):
            self.assertNotIn(password, agent.get(path)[1], path)
        self.assertNotIn(password, agent.log())


ODD_ACCOUNT = 'EBS\\quo"te\\n'
