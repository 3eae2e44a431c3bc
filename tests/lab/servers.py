"""Servers whose behavior a test controls, each on its own threads from construction to close()."""

import contextlib
import socket
import ssl
import struct
import threading

PATIENCE = 30  # more than any test takes; after that, a stuck connection ends


class TcpServer:
    """`behave(connection)` is called for each connection, which is closed when it returns."""

    def __init__(self, listener, behave, certificate=None):
        self._listener = listener
        self._behave = behave
        self._context = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):  # it may have been closed by the test
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self):
        while True:
            try:
                connection = self._listener.accept()[0]
            except OSError:
                return  # closed
            connection.settimeout(PATIENCE)
            threading.Thread(target=self._serve_one, args=(connection,), daemon=True).start()

    def _serve_one(self, connection):
        with contextlib.suppress(OSError), connection:  # the client may give up at any time
            if self._context is None:
                self._behave(connection)
            else:
                with self._context.wrap_socket(connection, server_side=True) as encrypted:
                    self._behave(encrypted)


def read_head(connection):
    """The head of an HTTP request: its first line, and the whole head."""
    head = b''
    while b'\r\n\r\n' not in head and (data := connection.recv(65536)):
        head += data
    return head.split(b'\r\n')[0].decode('latin-1'), head


def answer(status, body='', content_type='text/plain', **headers):
    """A behavior: this HTTP response to every request."""
    lines = [f'HTTP/1.1 {status} said so', f'Content-Type: {content_type}',
             f'Content-Length: {len(body)}', 'Connection: close',
             *(f'{name.replace("_", "-")}: {value}' for name, value in headers.items())]

    def behave(connection):
        if read_head(connection)[0]:
            connection.sendall(('\r\n'.join(lines) + '\r\n\r\n' + body).encode())
    return behave


def silent(connection):
    """A behavior: reads, but sends nothing until the client closes the connection."""
    while connection.recv(65536):
        pass


def hang_up(connection):
    """A behavior: closes the connection after the request."""
    read_head(connection)


def proxy(network, wants_password=False, answers=None):
    """A behavior: an HTTP proxy in that network. `answers` is a status for every CONNECT."""
    def behave(connection):
        line, head = read_head(connection)
        if wants_password and b'Proxy-Authorization: Basic ' not in head:
            connection.sendall(b'HTTP/1.1 407 who are you\r\n'
                               b'Proxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
            return
        if answers is not None:
            connection.sendall(f'HTTP/1.1 {answers} no\r\nContent-Length: 0\r\n\r\n'.encode())
            return
        method, target = line.split()[:2]
        target = target.removeprefix('http://').split('/')[0]
        host, _, port = target.partition(':')
        upstream = network.connect(host, int(port or 80))
        with upstream:
            if method == 'CONNECT':
                connection.sendall(b'HTTP/1.1 200 connected\r\n\r\n')
            else:
                upstream.sendall(head)
            _relay(connection, upstream)
    return behave


def _relay(one, other):
    def pump(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
    back = threading.Thread(target=pump, args=(other, one))
    back.start()
    pump(one, other)
    back.join()


class DnsServer:
    """Answers A and AAAA queries from `names`, a mapping of names to lists of addresses, and SRV queries from
    `services`, a mapping of names to a host and a port. `fault` is an
    rcode for every query, or 'silence'. The next `lost` queries are not answered. With `truncates`, an
    answer says that it is cut short, so that it is asked for over TCP."""

    NXDOMAIN, SERVFAIL, REFUSED = 3, 2, 5
    _A, _AAAA, _SRV = 1, 28, 33

    def __init__(self, udp_socket, names, services=None):
        self.names = names
        self.services = services or {}
        self.fault = None
        self.lost = 0
        self.truncates = False
        self._socket = udp_socket
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):  # it is not connected
            self._socket.shutdown(socket.SHUT_RDWR)  # otherwise recvfrom() keeps the port
        self._socket.close()

    def _serve(self):
        while True:
            try:
                question, client = self._socket.recvfrom(4096)
                if not question:
                    return  # closed
                if self.lost > 0:
                    self.lost -= 1
                elif self.fault != 'silence':
                    self._socket.sendto(self.answer(question, self.truncates), client)
            except OSError:
                return  # closed

    def answer(self, message, truncated=False):
        name, end = self._name(message)
        kind, = struct.unpack('!H', message[end:end + 2])
        question = message[12:end + 4]
        code = self.fault
        if code is None:
            code = 0 if name in self.names or name in self.services else self.NXDOMAIN
        family = {self._A: socket.AF_INET, self._AAAA: socket.AF_INET6}.get(kind)
        records = []
        if code == 0 and family is not None and not truncated:
            for address in self.names.get(name, ()):
                if (':' in address) == (family == socket.AF_INET6):
                    records.append(self._record(kind, socket.inet_pton(family, address)))
        if code == 0 and kind == self._SRV and name in self.services:
            host, port = self.services[name]
            labels = b''.join(bytes([len(label)]) + label.encode() for label in host.split('.'))
            records.append(self._record(kind, struct.pack('!HHH', 0, 100, port) + labels + b'\0'))
        head = message[:2] + struct.pack('!HHHHH', 0x8580 | (0x0200 if truncated else 0) | code, 1, len(records), 0, 0)
        return head + question + b''.join(records)

    @staticmethod
    def _record(kind, data):
        return b'\xc0\x0c' + struct.pack('!HHIH', kind, 1, 0, len(data)) + data

    @staticmethod
    def _name(message):
        labels, at = [], 12
        while length := message[at]:
            labels.append(message[at + 1:at + 1 + length].decode().lower())
            at += 1 + length
        return '.'.join(labels), at + 1
