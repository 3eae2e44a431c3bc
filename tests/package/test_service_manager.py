"""What the agent sends to the service manager (sd_notify), received on the test's socket."""

import pathlib
import signal
import socket
import tempfile
import unittest

from lab.agent import Agent, wait_until

from .hold import Held

HEARTBEAT = 0.1  # seconds; half of what WATCHDOG_USEC says


class Listener:
    def __init__(self, path):
        self.address = str(path)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.address)

    def hears(self, within):
        """The lines of the next message, or None if there is none for that many seconds."""
        self._socket.settimeout(within)
        try:
            return self._socket.recv(65536).decode().splitlines()
        except (TimeoutError, BlockingIOError):
            return None

    def wait_for(self, line):
        """Returns the next message that has this line, skipping others."""
        def heard():
            message = self.hears(1)
            return message if message and line in message else None
        return wait_until(f'the service manager hears {line}', heard)

    def close(self):
        self._socket.close()


class ServiceManager(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.scratch = pathlib.Path(folder.name)
        self.manager = Listener(self.scratch / 'notify')
        self.addCleanup(self.manager.close)
        self.configuration = self.scratch / 'cal_exporter.yml'
        self.configuration.write_text('networks: []')

    def serve(self):
        agent = Agent(self.configuration, self.scratch / 'agent.log',
                      {'NOTIFY_SOCKET': self.manager.address,
                       'WATCHDOG_USEC': str(int(2 * HEARTBEAT * 1e6))})
        self.addCleanup(lambda: self.assertEqual(0, agent.stop()))
        return agent

    def test_a_life(self):
        agent = self.serve()
        ready = self.manager.wait_for('READY=1')
        self.assertTrue(any(line.startswith('STATUS=0 probes; serving on http://127.0.0.1:')
                            for line in ready), ready)
        self.assertEqual(200, agent.get('/-/healthy')[0])
        for _ in range(5):
            self.manager.wait_for('WATCHDOG=1')

        agent.send(signal.SIGHUP)
        self.manager.wait_for('RELOADING=1')
        self.manager.wait_for('READY=1')

        self.configuration.write_text('networks: [{}]')
        agent.send(signal.SIGHUP)
        self.manager.wait_for('RELOADING=1')
        self.manager.wait_for('STATUS=the configuration has errors; the previous one stays in effect')

        self.assertEqual(0, agent.stop())
        self.manager.wait_for('STOPPING=1')

    def test_no_message_arrives_while_the_publisher_hangs(self):
        agent = self.serve()
        self.manager.wait_for('WATCHDOG=1')
        with Held(agent.pid, 'publisher'):
            self.assertEqual(200, agent.get('/-/healthy')[0])  # only the publisher hangs
            while self.manager.hears(0) is not None:  # what it said before
                pass
            self.assertIsNone(self.manager.hears(20 * HEARTBEAT))
        self.manager.wait_for('WATCHDOG=1')
