"""The path to an endpoint up to the connection: interface, address, route, DNS, TCP."""

from lab.servers import DnsServer, answer

from .case import (AGENT, AGENT_V6, GATEWAY, GATEWAY_V6, HOST, LINK, URL, WEB, WEB_V6, InternetCase,
                   good_certificate)
from .network import family_of, run


class Healthy(InternetCase):
    def test_https_http_and_tcp_are_reachable(self):
        self.start_https()
        self.start(WEB, 80, answer(404))
        self.start(WEB, 8530, answer(200))
        found = self.check(URL, f'http://{HOST}/missing', f'tcp://{HOST}:8530')
        self.assert_found(found, 'reachable', 'all 3 endpoints', f'from {AGENT} through {LINK}',
                          f'gateway {GATEWAY}', f'tcp ok ({WEB}:443)', 'HTTP 404')
        self.assertEqual(0, found.exit_code)

    def test_every_passed_stage_has_its_samples(self):
        self.start_https(answer(200, 'welcome'))
        metrics = self.metrics({'url': URL, 'expect_body': 'welcome'})
        labels_of_endpoint = {'endpoint': URL, 'ip_family': 'any'}
        self.assertEqual(1, metrics.value('cal_endpoint_reachable', **labels_of_endpoint))
        stages = {labels['stage']: value for labels, value
                  in metrics.samples('cal_endpoint_stage_success', **labels_of_endpoint)}
        self.assertEqual({stage: 1 for stage in ('interface', 'address', 'route', 'dns', 'tcp',
                                                 'tls', 'http', 'content')}, stages)
        timed = {labels['stage'] for labels, _
                 in metrics.samples('cal_endpoint_stage_duration_seconds', **labels_of_endpoint)}
        self.assertEqual({'dns', 'tcp', 'tls', 'http', 'content'}, timed)
        phases = {labels['phase'] for labels, _
                  in metrics.samples('cal_probe_phase_duration_seconds')}
        self.assertEqual({'route', 'dns', 'transfer'}, phases)

    def test_the_systems_name_server_is_used_if_none_is_configured(self):
        self.start_https()
        self.write_system_file('/etc/resolv.conf', f'nameserver {GATEWAY}\n')
        self.assert_found(self.check(URL, name_servers=None), 'reachable')


class Interface(InternetCase):
    def test_a_lost_carrier(self):
        self.internet.run('ip', 'link', 'set', 'peer0', 'down')
        self.assert_found(self.check(URL), 'no_interface_up', LINK, 'no carrier')

    def test_a_lost_carrier_on_the_path_to_an_address_although_another_link_is_up(self):
        run('ip', 'link', 'add', 'other0', 'type', 'veth', 'peer', 'name', 'other1')
        self.addCleanup(run, 'ip', 'link', 'del', 'other0')
        for link in ('other0', 'other1'):
            run('ip', 'link', 'set', link, 'up')
        run('ip', 'addr', 'add', '10.78.0.1/24', 'dev', 'other0')
        self.internet.run('ip', 'link', 'set', 'peer0', 'down')
        self.assert_found(self.check(f'https://{WEB}'), 'no_interface_up', LINK, 'no carrier')

    def test_an_interface_that_is_switched_off(self):
        run('ip', 'link', 'set', LINK, 'down')
        self.assert_found(self.check(URL), 'no_interface_up', LINK, 'switched off')

    def test_a_name_server_on_the_host_itself_does_not_hide_a_lost_carrier(self):
        self.internet.run('ip', 'link', 'set', 'peer0', 'down')
        found = self.check(URL, name_servers=['127.0.0.1'])
        self.assert_found(found, 'no_interface_up', LINK, 'no carrier')


class Address(InternetCase):
    def test_no_address(self):
        run('ip', 'addr', 'flush', 'dev', LINK)
        self.assert_found(self.check(URL), 'no_address')

    def test_a_link_local_address_does_not_count(self):
        run('ip', 'addr', 'flush', 'dev', LINK)
        run('ip', 'addr', 'add', '169.254.7.7/16', 'dev', LINK)
        self.assert_found(self.check(URL), 'no_address', 'link-local')

    def test_no_ipv6_address_if_ipv6_is_required(self):
        self.dns.names[HOST] = [WEB, WEB_V6]
        self.start_https()
        run('ip', '-6', 'addr', 'flush', 'dev', LINK, 'scope', 'global')
        self.assert_found(self.check({'url': URL, 'ip_family': 'ipv6'}), 'no_address', 'IPv6')
        self.assert_found(self.check({'url': URL, 'ip_family': 'ipv4'}), 'reachable')


class Route(InternetCase):
    def test_no_route_to_the_endpoint_although_there_is_one_to_the_name_server(self):
        run('ip', 'route', 'del', 'default')
        self.assert_found(self.check(URL), 'no_route', WEB, 'dns ok')

    def test_no_route_to_the_name_server(self):
        found = self.check(URL, name_servers=['192.0.2.53'])
        self.assert_found(found, 'dns_timeout')  # the gateway receives the query and drops it
        run('ip', 'route', 'del', 'default')
        found = self.check(URL, name_servers=['192.0.2.53'])
        self.assert_found(found, 'no_route', '192.0.2.53')

    def test_a_prohibit_route(self):
        for kind in ('unreachable', 'blackhole', 'prohibit'):
            with self.subTest(kind):
                run('ip', 'route', 'add', kind, WEB)
                self.assert_found(self.check(URL), 'no_route', WEB)
                run('ip', 'route', 'del', kind, WEB)


class Dns(InternetCase):
    def test_a_name_that_does_not_exist(self):
        self.assert_found(self.check('https://nowhere.example.com'), 'dns_not_found', 'NXDOMAIN',
                          'nowhere.example.com')

    def test_a_name_without_an_address_of_that_family(self):
        self.start_https()
        self.assert_found(self.check({'url': URL, 'ip_family': 'ipv6'}), 'dns_not_found',
                          'the IPv6 address')

    def test_a_server_that_refuses(self):
        self.dns.fault = DnsServer.REFUSED
        self.assert_found(self.check(URL), 'dns_refused', 'REFUSED')

    def test_a_server_that_fails(self):
        self.dns.fault = DnsServer.SERVFAIL
        self.assert_found(self.check(URL), 'dns_server_failure', 'SERVFAIL')

    def test_a_lost_query_does_not_hide_what_the_server_answers(self):
        for fault, reason in ((DnsServer.REFUSED, 'dns_refused'),
                              (DnsServer.SERVFAIL, 'dns_server_failure'),
                              (DnsServer.NXDOMAIN, 'dns_not_found')):
            with self.subTest(reason):
                self.dns.fault, self.dns.lost = fault, 2
                self.assert_found(self.check(URL), reason)

    def test_a_silent_server_does_not_hide_that_another_refuses(self):
        self.dns.fault = DnsServer.REFUSED
        self.start_dns(GATEWAY_V6).fault = 'silence'
        for servers in ([GATEWAY, GATEWAY_V6], [GATEWAY_V6, GATEWAY]):
            with self.subTest(servers):
                self.assert_found(self.check(URL, name_servers=servers), 'dns_refused', 'REFUSED')

    def test_a_silent_server(self):
        self.dns.fault = 'silence'
        found = self.check(URL, timeout='2s')
        self.assert_found(found, 'dns_timeout')
        self.assertLess(found.seconds, 2)  # it leaves time for the others

    def test_a_closed_port(self):
        self.dns.close()  # the gateway reports a closed port once a second at most
        found = self.check(URL, f'https://x.{HOST}', f'https://y.{HOST}')
        self.assert_found(found, 'dns_refused', 'nothing listens on the port', '3 of 3')
        self.assertLess(found.seconds, 3)

    def test_a_search_domain_does_not_hide_that_a_name_does_not_exist(self):
        self.start_https()
        self.write_system_file('/etc/resolv.conf',
                               f'nameserver {GATEWAY}\nsearch corp.example.com\noptions ndots:3\n')
        self.dns.names = {'gone.example.com.corp.example.com': [WEB], 'web.corp.example.com': [WEB]}
        for host in ('gone.example.com', 'gone.example.com.'):
            with self.subTest(host):
                found = self.check(f'https://{host}/', name_servers=None)
                self.assert_found(found, 'dns_not_found', 'of gone.example.com by', 'NXDOMAIN')
        self.assert_found(self.check('tcp://web:443', name_servers=None), 'reachable')

    def test_a_final_dot(self):
        self.start_https()
        self.assert_found(self.check(f'https://{HOST}./'), 'reachable', f'tcp ok ({WEB}:443)')

    def test_a_silent_name_server_does_not_affect_an_address(self):
        self.dns.fault = 'silence'
        self.start_https()
        found = self.check(URL, f'https://{WEB}', timeout='2s')
        self.assert_found(found, 'dns_timeout', f'https://{WEB}: interface ok', 'HTTP 200')

    def test_the_hosts_file_is_used_and_its_difference_from_dns_is_reported(self):
        self.write_system_file('/etc/hosts', f'{WEB} {HOST}\n')
        self.write_system_file('/etc/resolv.conf', f'nameserver {GATEWAY}\n')
        self.dns.names[HOST] = ['192.0.2.99']
        self.start_https()
        found = self.check(URL, name_servers=None)
        self.assert_found(found, 'reachable', f'says {WEB}; DNS says: 192.0.2.99')


class Tcp(InternetCase):
    def test_refused(self):
        self.assert_found(self.check(URL), 'tcp_refused', f'{WEB} port 443')

    def test_dropped_by_a_firewall(self):
        self.start_https()
        self._firewall('drop')
        self.assert_found(self.check(URL, timeout='2s'), 'tcp_timeout', 'no answer in time')

    def test_rejected_by_a_firewall(self):
        self.start_https()
        self._firewall('reject with icmpx type admin-prohibited')
        self.assert_found(self.check(URL), 'tcp_unreachable')

    def test_an_absent_host(self):
        run('sysctl', '-qw', f'net.ipv4.neigh.{LINK}.retrans_time_ms=100')
        self.assert_found(self.check('https://10.77.0.99'), 'tcp_unreachable',
                          '10.77.0.99 port 443', 'interface ok')

    def _firewall(self, verdict):
        for rule in ('add table inet f',
                     'add chain inet f in { type filter hook input priority 0; policy accept; }',
                     f'add rule inet f in tcp dport 443 {verdict}'):
            self.internet.run('nft', rule)


class Families(InternetCase):
    def test_ipv6_only(self):
        run('ip', '-4', 'addr', 'flush', 'dev', LINK)
        self.start_dns(GATEWAY_V6).names[HOST] = [WEB_V6]
        self.start(WEB_V6, 80, answer(200))
        found = self.check(f'http://{HOST}', name_servers=[GATEWAY_V6])
        self.assert_found(found, 'reachable', f'[{WEB_V6}]:80', AGENT_V6)

    def test_an_ipv6_address_as_endpoint(self):
        self.start(WEB_V6, 80, answer(200))
        self.start(WEB_V6, 443, answer(200), good_certificate())
        urls = [f'http://[{WEB_V6}]/', f'https://[{WEB_V6}]/', f'tcp://[{WEB_V6}]:443']
        self.assert_found(self.check(*urls), 'reachable', 'all 3 endpoints', f'[{WEB_V6}]:80')
        self.assert_found(self.check(f'http://[{WEB_V6}]:9/'), 'tcp_refused', f'{WEB_V6} port 9')

    def test_an_ipv4_address_in_ipv6_form(self):
        family_of('::ffff:0.0.0.0')  # a socket for IPv6, although it is reached over IPv4
        self.start(WEB, 80, answer(200))
        found = self.check(f'http://[::ffff:{WEB}]/')
        self.assert_found(found, 'reachable', f'from {AGENT} through')
        self.assertNotIn(AGENT_V6, str(found))

    def test_a_name_server_with_an_ipv6_address(self):
        self.start(WEB, 80, answer(200))
        self.start_dns(GATEWAY_V6)
        for server in (GATEWAY_V6, f'[{GATEWAY_V6}]', f'[{GATEWAY_V6}]:53'):
            self.assert_found(self.check(f'http://{HOST}/', name_servers=[server]), 'reachable')

    def test_both_are_distinguished(self):
        self.dns.names[HOST] = [WEB, WEB_V6]
        self.start(WEB_V6, 80, answer(200))
        endpoint = {'url': f'http://{HOST}', 'ip_family': 'both'}
        found = self.check(endpoint)
        self.assert_found(found, 'tcp_refused', '1 of 2', f'http://{HOST} (ipv4) cannot be reached',
                          f'http://{HOST} (ipv6): interface ok')
        metrics = self.metrics(endpoint)
        self.assertEqual(0, metrics.value('cal_endpoint_reachable', ip_family='ipv4'))
        self.assertEqual(1, metrics.value('cal_endpoint_reachable', ip_family='ipv6'))

    def test_any_uses_the_family_that_answers(self):
        self.dns.names[HOST] = [WEB_V6, WEB]
        self.start(WEB, 80, answer(200))
        self.assert_found(self.check(f'http://{HOST}'), 'reachable', f'tcp ok ({WEB}:80)')
