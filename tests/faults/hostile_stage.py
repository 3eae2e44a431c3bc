"""The common part of the rows about hostile peers, clients and files: servers in the controller's place, and
a configuration that must not become active."""

import contextlib
import json
import resource
import socket
import statistics
import time
import urllib.parse

from lab import names
from lab.flooding import FloodingServer

from . import directory_stage, fake_stage, file_stage
from .expectations import clear, unknown

MOST_MEMORY = 64  # MB above rest
MOST_MEMORY_OF_A_CONFIGURATION = 192  # MB above rest, while it is read
MANY_CLIENTS = 2000
BY_ADDRESS = f'ldaps://{names.ADDRESS}'


class ServerInPlace(directory_stage.DirectoryFault):
    """The controller is stopped, and serve() answers at its address."""

    def directory_options(self):
        return {'uri': [BY_ADDRESS]}

    def serve(self):
        """Returns what has a method close()."""
        raise NotImplementedError

    def break_it(self):
        self.dc.stop()
        self.stranger = self.serve()
        self.addCleanup(self.stranger.close)

    def fix_it(self):
        self.stranger.close()
        self.dc.start()


class Flood(ServerInPlace):
    """A server that sends without end."""

    flood = None  # one of FLOODS
    most_memory = MOST_MEMORY
    says = unknown('server_error', 'timeout')

    def serve(self):
        return FloodingServer(names.ADDRESS, self.flood, self.dc.authority)


class FakeFlood(fake_stage.FakeDirectoryFault):
    """A fake directory that does not end."""

    says = unknown('membership_not_seen', 'server_error', 'timeout')
    known = 'cal_account_usable'
    most_memory = MOST_MEMORY


class FloodBeforeTls(Flood):
    def directory_options(self):
        return {'uri': [f'ldap://{names.ADDRESS}'], 'start_tls': True}


class ReloadRefused:
    """The last reload failed with these words in the log, and the probe is healthy with what was active."""

    def __init__(self, *words):
        self.words = words

    def __str__(self):
        return 'the reload is refused: ' + ', '.join(f'“{word}”' for word in self.words)

    def seen(self, fault):
        failed = fault.metrics().value('cal_exporter_config_last_reload_successful') == 0
        return failed and fault.healthy.seen(fault) and all(
            word in fault.agent.log() for word in self.words)


class HostileConfiguration(file_stage.FileFault):
    """The configuration is replaced by bad_text() and the agent is reloaded."""

    goes_on = 'the active configuration stays; ' + file_stage.FileFault.goes_on

    def bad_text(self):
        raise NotImplementedError

    def break_it(self):
        self.good = self.configuration.read_text()
        self.configuration.write_text(self.bad_text())
        self.reload()

    def fix_it(self):
        self.configuration.write_text(self.good)
        self.reload()

    def with_directory(self, **directory):
        configuration = json.loads(self.good)
        configuration['networks'][0]['directory'] = {
            'bind': {'user': 'a@b', 'password_file': str(self.configuration)}, **directory}
        return json.dumps(configuration)


class SlowClients(file_stage.FileFault):
    """Each has sent a part of a request, and sends more while it is broken. A good client, of another address,
    measures how long /metrics takes it."""

    addresses = None
    says = clear('not_installed')

    def break_it(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.at_rest = self.typical_milliseconds()
        port = urllib.parse.urlsplit(self.agent.url).port
        self.clients = []
        for i in range(MANY_CLIENTS):
            client = socket.create_connection(
                ('127.0.0.1', port), 30, (f'127.0.0.{10 + i % self.addresses}', 0))
            self.addCleanup(client.close)
            self.clients.append(client)
        self.trickle()

    def trickle(self):
        for client in self.clients:
            with contextlib.suppress(OSError):
                client.sendall(b'GET /metrics HTTP/1.1\r\nX: ')

    def while_broken(self):
        self.trickle()
        typical = self.typical_milliseconds()
        self.goes_on = (f'`/metrics` answers another address in {typical:.1f} ms (median of 50; '
                        f'{self.at_rest:.1f} ms before), the other network stays clear')
        self.assertLess(typical, max(100, 20 * self.at_rest))

    def typical_milliseconds(self):
        times = []
        for _ in range(50):
            started = time.monotonic()
            self.assertEqual(200, self.get('/metrics')[0])
            times.append(time.monotonic() - started)
        return statistics.median(times) * 1000

    def fix_it(self):
        for client in self.clients:
            client.close()
