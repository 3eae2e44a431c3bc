"""Hostile and broken peers, clients and files: nothing from outside crashes the agent, fills it, locks its account
or gets its password."""

import contextlib
import http.client
import itertools
import json
import os
import ssl
import urllib.parse
import urllib.request

from fakes.directory_entries import PARTITIONS_DN
from fakes.ldap_protocol import page_value
from lab import names
from lab.agent import wait_until
from lab.certificates import Authority
from lab.flooding import FLOODS, FloodingServer
from lab.servers import TcpServer

from . import directory_stage, fake_stage, file_stage
from . import hostile_stage as stage
from .expectations import Logged, clear, unknown
from .fault import PATIENCE
from .hostile_stage import ReloadRefused

NETWORKS_THAT_FLOOD = 16


class OldTls(stage.ServerInPlace):
    fault = 'the server speaks TLS 1.0 and 1.1 only'
    says = unknown('tls_failed', words=('TLS 1.1',))
    goes_on = 'nothing is sent over old TLS; ' + stage.ServerInPlace.goes_on
    received = b''

    def serve(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers('ALL:@SECLEVEL=0')
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.load_cert_chain(*map(str, self.dc.authority.issue('old-tls', f'IP:{names.ADDRESS}')))
        return TcpServer(directory_stage.listen(names.ADDRESS, 636), lambda connection: self.talk(
            context, connection))

    def talk(self, context, connection):
        with contextlib.suppress(OSError):
            self.received += context.wrap_socket(connection, server_side=True).recv(1000)

    def while_broken(self):
        self.assertEqual(b'', self.received)


class CertificateOfAMember(directory_stage.CertificateFault):
    fault = 'DNS names a server whose certificate has only its own name'
    says = unknown('tls_domain_mismatch', words=('KDC Authentication', 'was not sent'))

    def setUp(self):
        super().setUp()
        with self.directory() as directory:
            directory.announce({names.HOST: names.ADDRESS})

    def directory_options(self):
        return {'uri': None, 'srv': names.DNS_DOMAIN, 'name_servers': [names.ADDRESS]}

    def certificate(self):
        return self.dc.authority.issue('member', f'DNS:{names.full_name(names.HOST)}')


class WrongPassword(directory_stage.PasswordFault):
    fault = 'two probes have a wrong password'
    says = unknown('bind_refused', words=('49/52e', 'held until'))
    goes_on = 'further binds are held; ' + directory_stage.PasswordFault.goes_on

    def networks(self):
        [network] = super().networks()
        network['probes']['directory_permissions'] = {
            'object': 'CN=msWssgConfig,CN=System', **self.timing}
        return [network]

    def may_claim(self, family, labels):
        return family.startswith('cal_directory_')  # of the other probe, until it has run

    def break_it(self):
        self.secret.write_text('Wrong-Passw0rd')

    def while_broken(self):
        held = self.metrics().value('cal_directory_binds_held_total', network='ebs')
        wait_until('the next binds are held', lambda: self.metrics().value(
            'cal_directory_binds_held_total', network='ebs') > held)


class FloodOfStartTls(stage.FloodBeforeTls):
    fault = 'the server answers StartTLS without end'
    flood = 'answers to StartTLS'


class FloodOfBind(stage.Flood):
    fault = 'the server answers the bind without end'
    flood = 'answers to the bind'


class FloodOfEntries(stage.Flood):
    fault = 'the server sends entries without end'
    flood = 'entries of the root DSE'


class FloodOfNotices(stage.Flood):
    fault = 'the server sends notifications without end'
    flood = 'notifications'


class FloodOfTinyValues(stage.Flood):
    fault = 'the server sends entries of 400,000 empty values'
    flood = 'entries with very many tiny values'


class FloodOfLargeValues(stage.Flood):
    fault = 'the server sends values of 1 MB without end'
    flood = 'large values'


class FloodOfDns(stage.Flood):
    fault = 'the server sends entries with DNs of 3 MB'
    flood = 'entries with huge DNs'


class FloodOfReferrals(stage.Flood):
    fault = 'the server sends referrals without end'
    flood = 'referrals'


class EndlessRanges(stage.FakeFlood):
    fault = 'the server sends ranges of `memberOf` without end'

    def break_it(self):
        self.server.endless = {'memberOf'}
        self.entries[fake_stage.ACCOUNT]['memberOf'] = [f'CN={i},{names.BASE_DN}' for i in range(2000)]
        self.server.hidden = {'': ['tokenGroups']}

    def fix_it(self):
        super().fix_it()
        self.server.endless = set()


class EndlessPages(stage.FakeFlood):
    fault = 'the server sends pages of 500 tiny entries without end'

    def break_it(self):
        self.server.page = page_value(b'always the same')
        for i in range(500):
            self.entries[f'CN={i},{PARTITIONS_DN}'] = {
                'objectClass': ['crossRef'], 'nETBIOSName': ['x']}

    def fix_it(self):
        super().fix_it()
        self.server.page = None


class OldStartTls(fake_stage.FakeDirectoryFault):
    fault = 'the server speaks TLS 1.0 and 1.1 only, after StartTLS'
    says = unknown('tls_failed', words=('TLS 1.1',))
    goes_on = 'nothing is sent over old TLS; ' + stage.ServerInPlace.goes_on
    port, uri = 389, f'ldap://{fake_stage.DC}'

    def directory_options(self):
        return {'start_tls': True}

    def break_it(self):
        self.server.context.minimum_version = ssl.TLSVersion.TLSv1
        self.server.context.maximum_version = ssl.TLSVersion.TLSv1_1

    def while_broken(self):
        before = len(self.server.binds)
        self.await_witness()
        self.assertEqual(before, len(self.server.binds))

    def fix_it(self):
        self.server.use_certificate(*fake_stage.certificate())


class FloodsOfManyNetworks(directory_stage.DirectoryFault):
    fault = f'the servers of {NETWORKS_THAT_FLOOD} networks send without end'
    says = clear('member_nested')
    goes_on = 'the healthy networks stay clear'
    most_memory = stage.MOST_MEMORY

    def setUp(self):
        super().setUp()
        self.authority = Authority(self.scratch / 'hostile')
        self.places = list(zip((f'127.0.0.{30 + i}' for i in range(NETWORKS_THAT_FLOOD)),
                               itertools.cycle(FLOODS)))

    def networks(self):
        [healthy] = super().networks()
        return [healthy, *(self.hostile(healthy, *place) for place in self.places)]

    def hostile(self, healthy, address, flood):
        network = json.loads(json.dumps(healthy))
        before_tls = flood == 'answers to StartTLS'
        network['name'] = f'hostile-{address}'
        network['directory'].update({
            'uri': f'{"ldap" if before_tls else "ldaps"}://{address}', 'start_tls': before_tls,
            'ca_file': str(self.authority.certificate)})
        return network

    def break_it(self):
        self.servers = [FloodingServer(*place, self.authority) for place in self.places]
        for server in self.servers:
            self.addCleanup(server.close)

    def while_broken(self):
        hostile = [f'hostile-{address}' for address, _ in self.places]
        before = {network: self.runs(network) for network in hostile}
        wait_until('each has flooded five runs', lambda: all(
            self.runs(network) >= before[network] + 5 for network in hostile), PATIENCE)
        for network in hostile:
            self.assertEqual('unknown', self.metrics().verdict(self.probe, network)[0])

    def fix_it(self):
        for server in self.servers:
            server.close()


class CyclicYaml(stage.HostileConfiguration):
    fault = 'the configuration has an anchor that contains itself'
    says = ReloadRefused('contains it')

    def bad_text(self):
        return 'networks: &a [*a]'


class BillionLaughs(stage.HostileConfiguration):
    fault = 'the configuration expands to a billion values'
    says = ReloadRefused('expand')

    def bad_text(self):
        lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
        lines += [f'a{i}: &a{i} [' + ', '.join([f'*a{i - 1}'] * 10) + ']' for i in range(1, 10)]
        return '\n'.join(lines)


class ManyErrors(stage.HostileConfiguration):
    fault = 'the configuration has 149,000 networks that are wrong'
    says = ReloadRefused('there are more errors')
    most_memory = stage.MOST_MEMORY_OF_A_CONFIGURATION

    def bad_text(self):
        return 'networks: [' + 'a,' * 149_000 + ']'

    def while_broken(self):
        super().while_broken()
        self.assertLess(len(self.agent.log()), 64_000)


class ManyBrackets(stage.HostileConfiguration):
    fault = 'the configuration becomes 4 MB of brackets'
    says = ReloadRefused('brackets')
    most_memory = stage.MOST_MEMORY

    def bad_text(self):
        return '[' * (4 << 20)


class LongUri(stage.HostileConfiguration):
    fault = 'the configuration has a URI of 100 kB'
    says = ReloadRefused('cal_exporter.yml:1:', 'ldaps://aaaaaaaa')

    def bad_text(self):
        return self.with_directory(uri='ldaps://' + 'a' * 100_000)


class CutWebConfiguration(stage.HostileConfiguration):
    fault = 'the web configuration is cut at the end of a line'
    says = Logged('cut short')
    goes_on = 'its protection stays; ' + file_stage.FileFault.goes_on

    def start_agent(self):
        self.web = self.scratch / 'web.yml'
        self.web.write_text('---\nhttp_server_config:\n  headers:\n    X-Frame-Options: sameorigin\n...\n')
        self.arguments = ('--web.config.file', str(self.web))
        super().start_agent()

    def break_it(self):
        self.good = self.web.read_text()
        self.web.write_text(self.good.replace('...\n', ''))

    def while_broken(self):
        with urllib.request.urlopen(self.agent.url, timeout=30) as page:
            self.assertEqual('sameorigin', page.headers['X-Frame-Options'])

    def fix_it(self):
        self.web.write_text(self.good)


class LogIsAPipe(file_stage.EventFault):
    fault = 'the event log is a pipe'
    says = unknown('log_unreadable', words=('not a regular file',))

    def break_it(self):
        self.kept = self.log.file.rename(self.scratch / 'kept')
        os.mkfifo(self.log.file)

    def fix_it(self):
        self.log.file.unlink()
        self.kept.rename(self.log.file)


class LogWithoutEnd(LogIsAPipe):
    fault = 'the event log is 1 TB without a line end'
    says = unknown('log_unreadable', words=('without a line end',))

    def break_it(self):
        self.kept = self.log.file.rename(self.scratch / 'kept')
        self.log.file.touch()
        os.truncate(self.log.file, 1 << 40)


class SlowClientsFromMany(stage.SlowClients):
    fault = f'{stage.MANY_CLIENTS:,} requests trickle from 50 addresses'
    addresses = 50


class SlowClientsFromFew(stage.SlowClients):
    fault = f'{stage.MANY_CLIENTS:,} requests trickle from 3 addresses'
    addresses = 3


class Rebinding(file_stage.FileFault):
    fault = "a page of another site asks under its own name, and posts (DNS rebinding)"
    says = clear('not_installed')
    goes_on = 'it gets 421 and 403; ' + file_stage.FileFault.goes_on

    def break_it(self):
        self.assertEqual(421, self.asked('GET', '/', Host='evil.example'))
        self.assertEqual(421, self.asked('POST', '/-/reload', Host='evil.example'))
        self.assertEqual(403, self.asked('POST', '/-/reload', Origin='https://evil.example'))

    def asked(self, method, path, **headers):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.agent.url).netloc,
                                                timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, headers=headers)
            return connection.getresponse().status

    def fix_it(self):
        """Nothing is broken."""
