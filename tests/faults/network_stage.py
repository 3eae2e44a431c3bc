"""The common part of the rows about the network: an Internet that the agent reaches through one link, and one
endpoint in it."""

import json

from integration.case import GATEWAY, HOST, URL, WEB, InternetCase
from lab.servers import answer, proxy

from .expectations import clear
from .fault import Fault

PROXY_PORT = 3128


class NetworkFault(Fault, InternetCase):
    """An Internet that the agent reaches through one link, and one endpoint in it."""

    probe = 'internet_connectivity'
    healthy = clear('reachable')
    endpoint = URL
    options = {}

    def setUp(self):
        super().setUp()
        self.server = self.serve_well()

    def serve_well(self):
        """The healthy server."""
        return self.start_https()

    def networks(self):
        text = self.configure(self.endpoint, **self.timing, **self.options).read_text()
        return json.loads(text)['networks']


class NameServerFault(NetworkFault):
    """The name server answers every question with an error, or not at all."""

    answers = None

    def break_it(self):
        self.dns.fault = self.answers

    def fix_it(self):
        self.dns.fault = None


class FirewallFault(NetworkFault):
    """A rule that blocks every connection."""

    rule = None

    def break_it(self):
        for command in ('add table inet f', 'add chain inet f in '
                        '{ type filter hook input priority 0; policy accept; }',
                        f'add rule inet f in tcp dport 443 {self.rule}'):
            self.internet.run('nft', *command.split(' '))

    def fix_it(self):
        self.internet.run('nft', 'delete', 'table', 'inet', 'f')


class ServerFault(NetworkFault):
    """Another server replaces the right one."""

    def serve_badly(self):
        raise NotImplementedError

    def break_it(self):
        self.server.close()
        self.server = self.serve_badly()

    def fix_it(self):
        self.server.close()
        self.server = self.serve_well()


class WebPageFault(ServerFault):
    """The test page that distinguishes the Internet from a captive portal is replaced by `behave`."""

    endpoint = {'url': f'http://{HOST}/connecttest.txt', 'expect_status': 200,
                'expect_body': 'Microsoft Connect Test'}
    behave = None

    def serve_well(self):
        return self.start(WEB, 80, answer(200, 'Microsoft Connect Test'))

    def serve_badly(self):
        return self.start(WEB, 80, self.behave)


class ProxyFault(NetworkFault):
    """The connection goes through `self.proxy`."""

    endpoint = f'https://{WEB}'  # by address, since the proxy uses this machine's resolver
    options = {'proxy': f'http://{GATEWAY}:{PROXY_PORT}'}

    def setUp(self):
        super().setUp()
        self.proxy = self.start_proxy()

    def start_proxy(self, **options):
        return self.start(GATEWAY, PROXY_PORT, proxy(self.internet, **options))

    def fix_it(self):
        self.proxy.close()
        self.proxy = self.start_proxy()
