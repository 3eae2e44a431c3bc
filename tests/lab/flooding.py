"""Directory servers that send without end."""

import socket

from fakes.ldap_protocol import element, number, octets

from .servers import TcpServer


def _message(request_id, operation):
    return element(0x30, number(request_id), operation)


def _search_entry(request_id, values, size):
    """An entry with `values` values of `size` octets."""
    member = element(0x30, octets('member'), element(0x31, octets(b'x' * size) * values))
    return _message(request_id, element(0x64, octets('CN=x'), element(0x30, member)))


def _entry_with_dn(request_id, size):
    return _message(request_id, element(0x64, octets('CN=' + 'x' * size), element(0x30)))


def _referral(request_id):
    return _message(request_id, element(0x73, octets('ldap://other.example.com/DC=other,DC=example')))


def _bind_response(request_id):
    return _message(request_id, element(0x61, number(0, 0x0a), octets(''), octets('')))


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


class FloodingServer(TcpServer):
    """Answers its clients' first requests as a directory does, then floods. LDAPS, except for the
    flood before TLS."""

    def __init__(self, address, flood, authority):
        self._request, self._bytes = FLOODS[flood]
        is_plain = flood == 'answers to StartTLS'
        self.uri = f'{"ldap" if is_plain else "ldaps"}://{address}'
        super().__init__(socket.create_server((address, 389 if is_plain else 636), backlog=64), self._flood,
                         None if is_plain else authority.issue(f'flood-{address}', f'IP:{address}'))

    def _flood(self, client):
        for request in range(1, self._request + 1):
            if not client.recv(65536):
                return
            if request < self._request:
                client.sendall(_bind_response(request))
        while True:
            client.sendall(self._bytes)
