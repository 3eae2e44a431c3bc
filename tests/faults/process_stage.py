"""The common part of the rows about the process: limits on the running agent, and a call that never returns."""

import http.client
import pathlib
import resource
import threading
import urllib.parse

from lab.servers import TcpServer, answer

from .directory_stage import KerberosFault, listen
from .expectations import clear, unknown
from .file_stage import FileFault

STUCK = unknown('timeout')


class EndpointFault(FileFault):
    """A web server on loopback that the agent checks."""

    probe = 'internet_connectivity'
    healthy = clear('reachable')

    def setUp(self):
        super().setUp()
        listener = listen('127.0.0.1', 0)
        self.url = 'http://127.0.0.1:%d' % listener.getsockname()[1]
        self.addCleanup(TcpServer(listener, answer(200)).close)

    def probe_options(self):
        return {'endpoints': [self.url], 'proxy': 'none'}


class LimitFault:
    """A limit on the agent, lifted by fix_it(). It affects every probe, so there is no other network.
    A mixin before the area's class."""

    witness = False
    limit = None  # one of resource.RLIMIT_*

    def lower(self, to):
        self.before = resource.prlimit(self.agent.pid, self.limit)
        resource.prlimit(self.agent.pid, self.limit, (to, self.before[1]))

    def fix_it(self):
        resource.prlimit(self.agent.pid, self.limit, self.before)


class DescriptorFault(LimitFault):
    """The agent cannot open more descriptors. All requests use a connection that stays open, as in
    Prometheus."""

    limit = resource.RLIMIT_NOFILE
    goes_on = '`/metrics` answers on connections that are open'

    def start_agent(self):
        super().start_agent()
        self.lock = threading.Lock()
        self.connection = http.client.HTTPConnection(
            urllib.parse.urlsplit(self.agent.url).netloc, timeout=30)
        self.connection.connect()
        self.addCleanup(self.connection.close)

    def get(self, path, patience=30):
        with self.lock:
            self.connection.request('GET', path)
            reply = self.connection.getresponse()
            return reply.status, reply.read().decode()

    def break_it(self):
        self.lower(0)


class MemoryFault(LimitFault):
    """The agent can allocate only this much more memory."""

    limit = resource.RLIMIT_AS
    spare_kilobytes = None
    goes_on = '`/metrics` answers'

    def break_it(self):
        status = pathlib.Path(f'/proc/{self.agent.pid}/status').read_text()
        used = next(int(line.split()[1]) for line in status.splitlines()
                    if line.startswith('VmSize:'))
        self.lower((used + self.spare_kilobytes) * 1024)


class StuckFault(KerberosFault):
    """A run waits for tickets in a library call whose time we cannot limit."""

    def break_it(self):
        self.kdc.silent = True
        self.await_state(STUCK)
        self.act_on_stuck_agent()

    def fix_it(self):
        self.kdc.silent = False

    def act_on_stuck_agent(self):
        raise NotImplementedError
