"""Faults on the path to the activation service, each injected where it really occurs."""

from integration.case import AGENT, GATEWAY, HOST, LINK, WEB, certificates
from integration.network import run
from lab.certificates import Authority
from lab.servers import DnsServer, answer, hang_up, silent

from . import network_stage as stage
from .expectations import present

PORTAL = 'http://portal.example.org/login'


class CarrierLost(stage.NetworkFault):
    fault = 'the cable is pulled'
    says = present('no_interface_up', words=(LINK, 'no carrier'))

    def break_it(self):
        self.internet.run('ip', 'link', 'set', 'peer0', 'down')

    def fix_it(self):
        self.internet.run('ip', 'link', 'set', 'peer0', 'up')
        run('ip', 'route', 'replace', 'default', 'via', GATEWAY)


class InterfaceSwitchedOff(stage.NetworkFault):
    fault = 'the interface is switched off'
    says = present('no_interface_up', words=(LINK, 'switched off'))

    def break_it(self):
        run('ip', 'link', 'set', LINK, 'down')

    def fix_it(self):
        run('ip', 'link', 'set', LINK, 'up')
        run('ip', 'route', 'replace', 'default', 'via', GATEWAY)


class NoAddress(stage.NetworkFault):
    fault = 'the interface has no address'
    says = present('no_address')

    def break_it(self):
        run('ip', 'addr', 'flush', 'dev', LINK)

    def fix_it(self):
        run('ip', 'addr', 'add', f'{AGENT}/24', 'dev', LINK)
        run('ip', 'route', 'replace', 'default', 'via', GATEWAY)


class NoRoute(stage.NetworkFault):
    fault = 'the default route is gone'
    says = present('no_route', words=(WEB,))

    def break_it(self):
        run('ip', 'route', 'del', 'default')

    def fix_it(self):
        run('ip', 'route', 'add', 'default', 'via', GATEWAY)


class NameUnknown(stage.NetworkFault):
    fault = 'the name no longer exists'
    says = present('dns_not_found', words=('NXDOMAIN',))

    def break_it(self):
        del self.dns.names[HOST]

    def fix_it(self):
        self.dns.names[HOST] = [WEB]


class NameServerRefuses(stage.NameServerFault):
    fault = 'the name server refuses'
    says = present('dns_refused', words=('REFUSED',))
    answers = DnsServer.REFUSED


class NameServerFails(stage.NameServerFault):
    fault = 'the name server fails'
    says = present('dns_server_failure', words=('SERVFAIL',))
    answers = DnsServer.SERVFAIL


class NameServerSilent(stage.NameServerFault):
    fault = 'the name server is silent'
    says = present('dns_timeout')
    answers = 'silence'


class ConnectionRefused(stage.NetworkFault):
    fault = 'the server refuses connections'
    says = present('tcp_refused', words=(WEB,))

    def break_it(self):
        self.server.close()

    def fix_it(self):
        self.server = self.serve_well()


class DroppedByFirewall(stage.FirewallFault):
    fault = 'a firewall drops the packets'
    says = present('tcp_timeout', words=('no answer in time',))
    rule = 'drop'


class RejectedByFirewall(stage.FirewallFault):
    fault = 'a firewall rejects the packets'
    says = present('tcp_unreachable')
    rule = 'reject with icmpx type admin-prohibited'


class TlsSilent(stage.ServerFault):
    fault = 'the server accepts connections but sends nothing'
    says = present('tls_failed', words=('nothing answers the TLS handshake',))

    def serve_badly(self):
        return self.start(WEB, 443, silent)


class NoTls(stage.ServerFault):
    fault = 'the server does not speak TLS'
    says = present('tls_failed')

    def serve_badly(self):
        return self.start(WEB, 443, answer(200))


class CertificateOfAStranger(stage.ServerFault):
    fault = 'the certificate is from an unknown authority (a proxy that inspects TLS)'
    says = present('tls_untrusted')

    def serve_badly(self):
        stranger = Authority(self.scratch / 'stranger', 'A stranger')
        return self.start_https(certificate=stranger.issue('stranger', f'DNS:{HOST}'))


class CertificateExpired(stage.ServerFault):
    fault = 'the certificate has expired'
    says = present('tls_expired')

    def serve_badly(self):
        return self.start_https(certificate=certificates().issue(
            'old', f'DNS:{HOST}', expired=True))


class CertificateOfAnotherName(stage.ServerFault):
    fault = 'the certificate is for another name'
    says = present('tls_name_mismatch')

    def serve_badly(self):
        return self.start_https(certificate=certificates().issue(
            'other', 'DNS:portal.example.org'))


class HangsUp(stage.ServerFault):
    fault = 'the server hangs up after the handshake'
    says = present('http_error')

    def serve_badly(self):
        return self.start_https(hang_up)


class CaptivePortal(stage.WebPageFault):
    fault = 'a captive portal redirects to its login page'
    says = present('captive_portal', words=(PORTAL,))
    behave = staticmethod(answer(302, Location=PORTAL))


class ServerError(stage.WebPageFault):
    fault = 'the service answers with an error'
    says = present('http_error', words=('HTTP 503',))
    behave = staticmethod(answer(503))


class AnotherText(stage.WebPageFault):
    fault = 'the server returns an unexpected page'
    says = present('content_mismatch')
    behave = staticmethod(answer(200, 'It works!'))


class Flood(stage.WebPageFault):
    fault = 'the page has no end'
    says = present('content_mismatch', words=('first 16384 bytes',))

    @staticmethod
    def behave(connection):
        connection.recv(65536)
        connection.sendall(b'HTTP/1.1 200 OK\r\n\r\n')
        while True:
            connection.sendall(b'x' * 65536)


class ProxyGone(stage.ProxyFault):
    fault = 'the proxy refuses connections'
    says = present('proxy_unreachable')

    def break_it(self):
        self.proxy.close()


class ProxyWantsPassword(stage.ProxyFault):
    fault = 'the proxy suddenly requires a password'
    says = present('proxy_auth_required')

    def break_it(self):
        self.proxy.close()
        self.proxy = self.start_proxy(wants_password=True)
