"""Faults between the agent and the directory: the controller, its certificate, the agent's own account,
and the servers that a bind needs beside it."""

import os

from lab import names
from lab.certificates import Authority
from lab.servers import TcpServer
from lab.silence import TcpRelay, UdpRelay

from . import directory_stage as stage
from .expectations import clear, unknown

BY_ADDRESS = f'ldaps://{names.ADDRESS}'
MONITOR_DN = names.test_dn(names.MONITOR)


def greet(connection):
    connection.sendall(b'220 mail.example.com\r\n')


class Stopped(stage.DirectoryFault):
    fault = 'the domain controller is stopped'
    says = unknown('connect_failed')

    def break_it(self):
        self.dc.stop()

    def fix_it(self):
        self.dc.start()


class Silent(stage.DirectoryFault):
    fault = 'the domain controller hangs (SIGSTOP)'
    says = unknown('timeout')

    def directory_options(self):
        return {'uri': [BY_ADDRESS]}

    def break_it(self):
        self.addCleanup(self.dc.thaw)
        self.dc.freeze()

    def fix_it(self):
        self.dc.thaw()


class Killed(stage.DirectoryFault):
    fault = 'the domain controller is killed while a run waits for its answer'
    says = unknown('connect_failed')

    def directory_options(self):
        return {'uri': [BY_ADDRESS]}

    def break_it(self):
        self.dc.freeze()
        self.dc.wait_for_unread(636)
        self.dc.kill()

    def fix_it(self):
        self.dc.start()


class FirstOfTwoHangs(stage.CertificateFault):
    fault = 'the first of two domain controllers hangs'
    healthy = clear('member_nested', words=(stage.RELAY,))
    says = clear('member_nested', words=(names.ADDRESS,))
    recovered = clear('member_nested')

    def setUp(self):
        super().setUp()
        self.restart_with(*self.dc.authority.issue(
            'both', f'IP:{names.ADDRESS},IP:{stage.RELAY}'))
        self.relay = TcpRelay((stage.RELAY, 636), (names.ADDRESS, 636), silent=False)
        self.addCleanup(self.relay.close)

    def directory_options(self):
        return {'uri': [f'ldaps://{stage.RELAY}', BY_ADDRESS]}

    def break_it(self):
        self.relay.silent = True

    def fix_it(self):
        self.relay.silent = False


class NoDirectoryAtAll(stage.DirectoryFault):
    fault = 'another kind of server answers on the directory port'
    says = unknown('tls_failed')

    def directory_options(self):
        return {'uri': [BY_ADDRESS]}

    def break_it(self):
        self.dc.stop()
        self.stranger = TcpServer(stage.listen(names.ADDRESS, 636), greet)
        self.addCleanup(self.stranger.close)

    def fix_it(self):
        self.stranger.close()
        self.dc.start()


class CertificateOfAStranger(stage.CertificateFault):
    fault = "the controller's certificate is from another authority"
    says = unknown('tls_untrusted')

    def certificate(self):
        return Authority(self.scratch / 'other', 'another authority').issue('other')


class CertificateOfAnotherName(stage.CertificateFault):
    fault = "the controller's certificate is for another name"
    says = unknown('tls_name_mismatch')

    def certificate(self):
        return self.dc.authority.issue('named', 'DNS:wrong.example.org')


class CertificateExpired(stage.CertificateFault):
    fault = "the controller's certificate has expired"
    says = unknown('tls_expired')

    def certificate(self):
        return self.dc.authority.issue('old', expired=True)


class PasswordChanged(stage.PasswordFault):
    fault = "the agent's password was changed in the directory only"
    says = unknown('bind_refused', words=('49/52e', 'password'))

    def break_it(self):
        self.secret.write_text('Wrong-Passw0rd')

    def while_broken(self):
        for path in ('/', '/metrics', '/config', f'/probes/ebs/{self.probe}'):
            self.assertNotIn('Wrong-Passw0rd', self.agent.get(path)[1], path)
        self.assertNotIn('Wrong-Passw0rd', self.agent.log())


class PasswordGone(stage.PasswordFault):
    fault = 'the password file is gone'
    says = unknown('bind_refused', words=('cannot be opened', 'No such file'))

    def break_it(self):
        self.secret.unlink()


class PasswordIsAPipe(stage.PasswordFault):
    fault = 'the password file is a pipe that nobody writes to'
    says = unknown('bind_refused', words=('not a regular file',))

    def break_it(self):
        self.secret.unlink()
        os.mkfifo(self.secret)


class MonitorLocked(stage.DirectoryFault):
    fault = "the agent's account is locked"
    says = unknown('bind_refused', words=('49/775', 'locked'))

    def break_it(self):
        with self.directory() as directory:
            directory.lock(MONITOR_DN)

    def fix_it(self):
        with self.directory() as directory:
            directory.unlock(MONITOR_DN)


class MonitorDisabled(stage.DisabledAccount):
    fault = "the agent's account is disabled"
    says = unknown('bind_refused', words=('49/533', 'disabled'))
    dn = MONITOR_DN


class NameServerSilent(stage.DirectoryFault):
    fault = "the domain's name server is silent"
    says = unknown('resolve_failed', 'timeout')

    def setUp(self):
        super().setUp()
        self.server = UdpRelay((stage.RELAY, 53), (names.ADDRESS, 53), silent=False)
        self.addCleanup(self.server.close)

    def directory_options(self):
        return {'uri': None, 'srv': names.DNS_DOMAIN, 'name_servers': [stage.RELAY]}

    def break_it(self):
        self.server.silent = True

    def fix_it(self):
        self.server.silent = False


class KdcSilent(stage.KerberosFault):
    fault = 'the key distribution center hangs'
    says = unknown('timeout')

    def break_it(self):
        self.kdc.silent = True

    def fix_it(self):
        self.kdc.silent = False
