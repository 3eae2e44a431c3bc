"""The lab's stand-in for the activation service on the Internet: a web server on its own loopback
address, healthy or with one fault. It runs as a separate process, so that it outlives the command that
started it:  python3 -m lab.activation FOLDER VARIANT"""

import os
import pathlib
import signal
import socket
import sys
import time

from .certificates import Authority
from .processes import OwnProcess
from .servers import TcpServer, answer, silent

ADDRESS = '127.0.0.20'
HTTP_PORT, HTTPS_PORT = 10080, 10443  # rarely used by the machine's own servers
HEALTHY = 'healthy'

_TEST_PAGE = answer(200, 'Microsoft Connect Test')
_TO_PORTAL = answer(302, Location='http://portal.example.org/login')


class ActivationService:
    """Starts and stops the service. `folder` is the lab's, whose authority issues the certificates."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self._process = OwnProcess(self.folder / 'activation.pid')
        self._output = self.folder / 'activation.log'

    def start(self, variant=HEALTHY, patience=30.0):
        """Returns when the service listens. It must not be running."""
        self._process.start(
            [sys.executable, '-m', 'lab.activation', str(self.folder), variant], self._output,
            env={**os.environ, 'PYTHONPATH': str(pathlib.Path(__file__).parent.parent)})
        deadline = time.monotonic() + patience
        while not (self._accepts(HTTP_PORT) and self._accepts(HTTPS_PORT)):
            if not self.running() or time.monotonic() > deadline:
                raise RuntimeError(f'the activation service does not answer on {ADDRESS}; it '
                                   f'said:\n{self._output.read_text(errors="replace")[-2000:]}')
            time.sleep(0.02)

    def running(self):
        return self._process.running()

    def stop(self):
        return self._process.stop()

    @staticmethod
    def _accepts(port):
        with socket.socket() as probe:
            probe.settimeout(1.0)
            return probe.connect_ex((ADDRESS, port)) == 0


def _certificate(folder, variant):
    if variant == 'untrusted':
        return Authority(folder / 'stranger', 'A stranger').issue('activation', f'IP:{ADDRESS}')
    names = 'DNS:portal.example.org' if variant == 'other-name' else f'IP:{ADDRESS}'
    return Authority(folder / 'tls').issue(f'activation-{variant}', names,
                                           expired=variant == 'expired')


def serve(folder, variant):
    """Runs until a signal ends it. It listens once it has its certificate, so that start() notices a
    failure before that."""
    plain = {'portal': _TO_PORTAL, 'silent': silent}.get(variant, _TEST_PAGE)
    certificate = None if variant == 'silent' else _certificate(folder, variant)
    listeners = [socket.create_server((ADDRESS, port), backlog=64)
                 for port in (HTTP_PORT, HTTPS_PORT)]
    TcpServer(listeners[0], plain)
    TcpServer(listeners[1], silent if variant == 'silent' else answer(200), certificate)
    signal.pause()


if __name__ == '__main__':
    serve(pathlib.Path(sys.argv[1]), sys.argv[2])
