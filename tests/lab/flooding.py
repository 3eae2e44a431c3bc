"""Directory servers that send without end."""

import contextlib
import socket
import ssl
import threading


def _tlv(tag, content):
    length = len(content)
    size = bytes([length]) if length < 0x80 else b'\x84' + length.to_bytes(4, 'big')
    return bytes([tag]) + size + content


def _message(request_id, operation):
    return _tlv(0x30, _tlv(0x02, bytes([request_id])) + operation)


def _bind_response(request_id):
    return _message(request_id, _tlv(0x61, _tlv(0x0a, b'\0') + _tlv(0x04, b'') * 2))


def _search_entry(request_id, values, size):
    """An entry with `values` values of `size` octets."""
    member = _tlv(0x30, _tlv(0x04, b'member') + _tlv(0x31, _tlv(0x04, b'x' * size) * values))
    return _message(request_id, _tlv(0x64, _tlv(0x04, b'CN=x') + _tlv(0x30, member)))


def _entry_with_dn(request_id, size):
    return _message(request_id, _tlv(0x64, _tlv(0x04, b'CN=' + b'x' * size) + _tlv(0x30, b'')))


def _referral(request_id):
    return _message(request_id, _tlv(0x73, _tlv(0x04, b'ldap://other.example.com/DC=other,DC=example')))


# What is sent without end, and as the answer to which request: the first is the bind, or StartTLS.
FLOODS = {
    'answers to StartTLS': (1, _search_entry(1, 1_000, 10)),
    'answers to the bind': (1, _search_entry(1, 1_000, 10)),
    'entries of the root DSE': (2, _search_entry(2, 1_000, 10)),
    'notifications': (2, _search_entry(0, 1_000, 10)),
    'entries with very many tiny values': (2, _search_entry(2, 400_000, 0)),
    'large values': (2, _search_entry(2, 3, 1_000_000)),
    'entries with huge DNs': (2, _entry_with_dn(2, 3_000_000)),
    'referrals': (2, _referral(2)),
}


class FloodingServer:
    """Answers its clients' first requests as a directory does, then floods. LDAPS, except for the
    flood before TLS."""

    def __init__(self, address, flood, authority):
        self._request, self._bytes = FLOODS[flood]
        self._tls = None
        if flood == 'answers to StartTLS':
            self.uri = f'ldap://{address}'
        else:
            self.uri = f'ldaps://{address}'
            self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._tls.load_cert_chain(*map(str, authority.issue(f'flood-{address}', f'IP:{address}')))
        self._listener = socket.create_server((address, 636 if self._tls else 389), backlog=64)
        self._clients = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # otherwise accept() keeps the port
        self._listener.close()
        for client in self._clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                self._clients.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with contextlib.suppress(OSError), contextlib.closing(
                self._tls.wrap_socket(client, server_side=True) if self._tls else client) as client:
            for request in range(1, self._request + 1):
                if not client.recv(65536):
                    return
                if request < self._request:
                    client.sendall(_bind_response(request))
            while True:
                client.sendall(self._bytes)
