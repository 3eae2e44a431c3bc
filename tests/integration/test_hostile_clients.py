"""Hostile clients. Meanwhile a well-behaved client gets its metrics, memory and threads stay bounded, and in the
end the agent exits with 0. The response times are printed, but no test depends on them."""

import contextlib
import itertools
import pathlib
import resource
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from lab import agent

from .web import PASSWORD, USER, WebCase, authorization, bcrypt

MANY = 2000
SCRAPES = 20  # of the well-behaved client, at least
PATIENCE = 60
MB = 1_000_000


class GoodClient:
    """Scrapes while the block runs: `with GoodClient(case, what):`."""

    def __init__(self, case, what):
        self._case = case
        self._what = what
        self._output = tempfile.NamedTemporaryFile('r')
        self._before = self._figures()

    def __enter__(self):
        case = self._case
        with open(self._output.name, 'a') as written:  # with its own position, since we seek
            self._process = subprocess.Popen(
                [sys.executable, pathlib.Path(__file__).with_name('good_client.py'), case.agent.url,
                 str(case.authority.certificate) if case.agent.context else '-',
                 authorization()['Authorization']], stdin=subprocess.PIPE, stdout=written)
        agent.wait_until('the well-behaved client has an answer', self._scrapes)
        return self

    def __exit__(self, kind, value, traceback):
        try:
            if kind is None:
                agent.wait_until('the well-behaved client has its answers', lambda:
                                 len(self._scrapes()) >= SCRAPES or self._failures(), 600)
            self._process.stdin.close()
            self._process.wait()
            if kind is None:
                self._judge()
        finally:
            self._process.kill()
            self._process.wait()
            self._output.close()

    def _scrapes(self):
        """The seconds and the result of each scrape."""
        self._output.seek(0)
        return [line.rstrip().split(' ', 1) for line in self._output if line.endswith('\n')]

    def _failures(self):
        return [how for _, how in self._scrapes() if how != 'ok']

    def _figures(self):
        """The agent's maximum resident memory in bytes, and its number of threads."""
        lines = pathlib.Path(f'/proc/{self._case.agent.pid}/status').read_text().splitlines()
        fields = dict(line.split(':', 1) for line in lines)
        return int(fields['VmHWM'].split()[0]) * 1024, int(fields['Threads'])

    def _judge(self):
        memory, threads = self._figures()
        # The first one, before the hostile clients, opened the connection.
        times = sorted(float(seconds) * 1e3 for seconds, _ in self._scrapes()[1:])
        print(f'\n{self._what}: {len(times)} scrapes, median {statistics.median(times):.1f} ms, '
              f'99 % {times[len(times) * 99 // 100]:.1f} ms, worst {times[-1]:.1f} ms; '
              f'{self._before[0] / MB:.0f} to {memory / MB:.0f} MB, {threads} threads', flush=True)
        self._case.assertEqual([], self._failures())
        self._case.assertLessEqual(threads, self._before[1] + 1)  # a run of the probe
        if not agent.is_sanitized():
            self._case.assertLess(memory - self._before[0], self._case.MOST_MEMORY)


class HostileClients:
    """For a WebCase that starts an agent in setUp()."""

    MOST_MEMORY = 100 * MB

    def setUp(self):
        super().setUp()
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(hard, 8192), max(hard, 8192)))
        self.start_agent()
        self._connections = contextlib.ExitStack()
        self.addCleanup(self._connections.close)

    def connect_raw(self, source='127.0.0.1'):
        url = urllib.parse.urlsplit(self.agent.url)
        connection = socket.create_connection((url.hostname, url.port), PATIENCE, (source, 0))
        return self._connections.enter_context(connection)

    def connect(self):
        """A connection, with TLS if the agent uses it."""
        return self.connect_raw()

    def requests(self, count, sent, connect=None):
        """Opens this many connections, then sends the text on each."""
        connections = [(connect or self.connect)() for _ in range(count)]
        for connection in connections:
            with contextlib.suppress(OSError):  # it may have been refused already
                connection.sendall(sent)
        return connections

    def replies(self, connections):
        """What each connection received until it was closed."""
        return [self._reply(connection) for connection in connections]

    @staticmethod
    def _reply(connection):
        got = b''
        with contextlib.suppress(ConnectionError, ssl.SSLError):  # an abrupt end: a reset, or no alert
            while data := connection.recv(65536):
                got += data
        return got

    def test_nobody_else(self):
        with GoodClient(self, 'nobody else, for comparison'):
            pass

    def test_half_open_connections(self):
        with GoodClient(self, f'{self.HALF_OPEN} half-open connections'):
            self.requests(self.HALF_OPEN, b'GET /metrics HTTP/1.1\r\nHo')

    def test_connections_that_send_nothing(self):
        with GoodClient(self, f'{MANY} silent connections'):
            self.requests(MANY, b'', self.connect_raw)

    def test_headers_that_trickle(self):
        with GoodClient(self, '200 connections whose headers trickle'):
            connections = self.requests(200, b'GET /metrics HTTP/1.1\r\nX: ')
            for _ in range(20):
                self.trickle(connections)

    @staticmethod
    def trickle(connections):
        """Sends a byte on each connection, and returns those that the agent has not ended."""
        still_open = []
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.sendall(b'x')
                still_open.append(connection)
        return still_open

    def test_requests_that_trickle_from_several_addresses(self):
        for addresses in (3, 50):
            with GoodClient(self, f'{MANY} requests that trickle from {addresses} addresses'):
                connections = self.requests(MANY, self.slow_start, lambda sources=itertools.cycle(
                    f'127.0.0.{10 + i}' for i in range(addresses)): self.connect_raw(next(sources)))
                status, _ = self.agent.get('/metrics', PATIENCE, authorization())
                self.assertEqual(200, status)
                # Bytes keep coming, so the agent's idle timeout would end none.
                agent.wait_until('the agent ends them', lambda: self.are_ended(connections))

    def are_ended(self, connections):
        """If not, each of the others has got another byte."""
        time.sleep(0.5)
        return not self.trickle(connections)

    def test_bodies_that_never_arrive(self):
        with GoodClient(self, '500 bodies that never come'):
            self.requests(500, b'POST /-/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n'
                          + self.header + b'\r\n')

    def test_replies_that_nobody_reads(self):
        with GoodClient(self, '500 clients that take no reply'):
            self.requests(500, (b'GET /runbooks/activation_events HTTP/1.1\r\nHost: localhost\r\n'
                                + self.header + b'\r\n') * 50)

    def test_huge_headers_and_paths(self):
        much = b'x' * 1_000_000
        with GoodClient(self, '100 huge headers and paths'):
            paths = self.requests(50, b'GET /' + much)
            headers = self.requests(50, b'GET / HTTP/1.1\r\nX: ' + much)
            # Some get no reply, since they are disconnected while they send.
            statuses = {(reply.split(b' ') + [b''])[1] for reply in self.replies(paths + headers)}
        self.assertLessEqual(statuses, {b'414', b'431', b''})
        self.assertGreater(len(statuses), 1)

    def test_data_that_is_not_http(self):
        with GoodClient(self, '400 times data that is not HTTP'):
            for garbage in (b'\0' * 5000, b'\r\n' * 5000, b'GET\r\n\r\n',
                            b'GET / HTTP/9.9\r\nHost: a\r\n\r\n'):
                self.requests(100, garbage)

    def test_pipelining(self):
        with GoodClient(self, '20 connections with 200 requests each at once'):
            head = b'GET /-/healthy HTTP/1.1\r\nHost: a\r\n' + self.header
            last = head + b'Connection: close\r\n\r\n'
            connections = self.requests(20, (head + b'\r\n') * 199 + last)
            # On a slow machine a handshake may take too long, so that the agent ends its connection.
            replies = [reply for reply in self.replies(connections) if reply]
        self.assertTrue(replies)
        for reply in replies:
            self.assertEqual(200, reply.count(b'HTTP/1.1 200 OK\r\n'))

    def test_methods(self):
        with GoodClient(self, 'HEAD and bad methods'):
            for method, status in (('HEAD', b'200'), ('DELETE', b'405'), ('get', b'405'),
                                   ('CONNECT', b'405'), ('X' * 5000, b'405')):
                sent = method.encode() + b' /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n'
                replies = [reply for reply in self.replies(
                    self.requests(50, sent + self.header + b'\r\n')) if reply]
                self.assertTrue(replies)  # a reset, on a slow machine, may destroy some
                for reply in replies:
                    head, _, body = reply.partition(b'\r\n\r\n')
                    self.assertEqual(status, head.split(b' ')[1], reply[:200])
                    self.assertEqual(method == 'HEAD', not body)

    def test_parallel_scrapes(self):
        scrape = (b'GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n' + self.header
                  + b'\r\n')
        # All connections are opened first, so that the scrapes are parallel. On a slow machine this can
        # take so long that some are closed again; then their clients reconnect, as real ones do.
        connections = [self.connect() for _ in range(1000)]
        with GoodClient(self, '1000 parallel scrapes'):
            for connection in connections:
                with contextlib.suppress(OSError):
                    connection.sendall(scrape)
            for reply in self.replies(connections):
                reply = reply or self.replies(self.requests(1, scrape))[0]
                self.assertTrue(reply.startswith(b'HTTP/1.1 200 OK\r\n'), reply[:200])


class Plain(HostileClients, WebCase):
    HALF_OPEN = MANY
    header = b''
    slow_start = b'GET /metrics HTTP/1.1\r\nX: '

    def start_agent(self):
        self.start()


class Tls(HostileClients, WebCase):
    """With TLS and users, when a request costs most."""

    HALF_OPEN = 500  # a handshake each, on both sides
    slow_start = b'\x16\x03\x01\x20\x00'  # a handshake record of 8 kB
    header = next(f'{name}: {value}\r\n'.encode() for name, value in authorization().items())

    def start_agent(self):
        self.start(tls={}, users={USER: bcrypt(PASSWORD)})

    def connect(self):
        return self._connections.enter_context(self.agent.context.wrap_socket(
            self.connect_raw(), server_hostname='localhost'))

    def test_handshakes_that_stop(self):
        with GoodClient(self, f'{MANY} handshakes that stop'):
            self.requests(MANY, b'\x16\x03\x01\x02\x00\x01', self.connect_raw)

    def test_a_flood_of_wrong_passwords(self):
        with GoodClient(self, 'a flood of wrong passwords'):
            statuses = self._flood(100)
        self.assertLessEqual(set(statuses), {401, 503})
        self.assertIn(401, statuses)

    def _flood(self, count):
        """Different passwords from ten parallel clients, for existing and missing users."""
        statuses = []

        def guess(first):
            for i in range(first, count, 10):
                user = USER if i % 2 else f'user{i}'
                statuses.append(self.agent.get('/', PATIENCE, authorization(user, str(i)))[0])
        clients = [threading.Thread(target=guess, args=(i,)) for i in range(10)]
        for each in clients:
            each.start()
        for each in clients:
            each.join()
        return statuses
