"""A directory server that answers from a table of entries as Active Directory does: attributes that it computes
are returned only if they are requested, long ones come in ranges, and DNs can have their SID. A test
changes the table, or how the server answers, at any time."""

import contextlib
import re
import socket
import ssl
import threading

from . import ldap_protocol as ldap

# Active Directory returns these only to a client that names them (MS-ADTS 3.1.1.4.5).
OPERATIONAL = {'tokengroups', 'tokengroupsglobalanduniversal', 'msds-user-account-control-computed',
               'msds-replattributemetadata', 'msds-replvaluemetadata'}
_SID = re.compile(r'<SID=(S-[0-9-]+)>;?')


def sid_octets(text):
    _, revision, authority, *parts = text.split('-')
    return (bytes([int(revision), len(parts)]) + int(authority).to_bytes(6, 'big')
            + b''.join(int(part).to_bytes(4, 'little') for part in parts))


class DirectoryServer:
    """`entries` has for each DN a mapping of attributes, named as clients do, to lists of text or octets. A value may begin with
    <SID=S-1-..>; which only a client that asks for it gets. `certificate`: two files; without it the
    server has no TLS."""

    def __init__(self, address, port, entries, certificate=None, tls_from_start=None):
        self.entries = entries
        self.hidden = {}      # DN, or '' for every entry: names of attributes that are not returned
        self.refused = {}     # DN: (code, text, referrals), of searches at or below it
        self.references = []  # URIs that follow the entries of every search below the root
        self.bind_result = (0, '')  # code and text; or a function of the password that returns them
        self.max_values = 1500  # MaxValRange
        self.knows_ranges = True  # or cuts an attribute and returns no more of it
        self.page = None  # or the value of the control after every search that asks for pages
        self.odd_range = ''   # in place of what follows `range=`
        self.endless = set()  # attributes whose ranges have no end
        self.binds = []       # (user, password)
        self.context = None
        self._from_start = port in (636, 3269) if tls_from_start is None else tls_from_start
        if certificate is not None:
            self.use_certificate(*certificate)
        self._listener = socket.create_server((address, port), backlog=64)
        self._clients = []
        threading.Thread(target=self._accept, daemon=True).start()

    def use_certificate(self, certificate, key):
        """Of the next connections."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers('DEFAULT:@SECLEVEL=0')  # a weak key is for the client to refuse
        context.load_cert_chain(str(certificate), str(key))
        self.context = context

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
        # The client may leave at any time, or speak something else.
        with contextlib.suppress(OSError, ValueError, IndexError), contextlib.ExitStack() as stack:
            stack.callback(client.close)
            if self._from_start:
                client = stack.enter_context(self.context.wrap_socket(client, server_side=True))
            while request := ldap.read_request(client):
                if request.operation == ldap.UNBIND:
                    return
                client.sendall(self._answer(request))
                if request.operation == ldap.EXTENDED and self.context is not None:
                    client = stack.enter_context(self.context.wrap_socket(client, server_side=True))

    def _answer(self, request):
        if request.operation == ldap.BIND:
            self.binds.append((request.user, request.password))
            answer = self.bind_result
            return ldap.result(request, *(answer(request.password) if callable(answer) else answer))
        if request.operation == ldap.EXTENDED:
            return ldap.result(request, *((52, 'no TLS here') if self.context is None else ()))
        if request.operation == ldap.SEARCH:
            return self._search(request)
        return b''

    def _search(self, request):
        base = self._dn_of(request.base)
        for dn, refusal in self.refused.items():
            if _is_below(base, dn) or base.lower() == dn.lower():
                return ldap.result(request, *refusal)
        if base is None or (base and base.lower() not in map(str.lower, self.entries)):
            return ldap.result(request, 32, 'no such object')
        matches, wanted = ldap.condition(request.filter), ldap.wanted_dns(request.filter)
        found = [ldap.entry(request, dn, self._selected(request, dn, entry))
                 for dn, entry in list(self.entries.items())
                 if (wanted is None or dn.lower() in wanted)  # fast with very many
                 and _in_scope(dn, base, request.scope)
                 and matches(lambda name, dn=dn: self._values(dn, name))]
        if base and request.scope == ldap.SUBTREE:
            found += [ldap.reference(request, uri) for uri in self.references]
        return b''.join(found) + ldap.result(request, page=self.page)

    def _dn_of(self, base):
        """Of an entry that is named by its SID, or None."""
        sid = _SID.fullmatch(base)
        if sid is None:
            return base
        return next((dn for dn in self.entries
                     if sid_octets(sid[1]) in self._values(dn, 'objectSid')), None)

    def _is_hidden(self, dn, name):
        return any(name.lower() == hidden.lower() for which in ('', dn) for hidden in self.hidden.get(which, ()))

    def _values(self, dn, name, with_sids=False):
        if self._is_hidden(dn, name):
            return []
        if name.lower() == 'distinguishedname':
            return [dn.encode()]
        values = self.entries[dn].get(name, [])
        return [value if isinstance(value, bytes) else
                (value if with_sids else _SID.sub('', value)).encode() for value in values]

    def _selected(self, request, dn, entry):
        names = []
        for name in request.attributes or ['*']:
            if name == '*':
                names += [key for key in entry if key.lower() not in OPERATIONAL]
            elif name == '+':
                names += [key for key in entry if key.lower() in OPERATIONAL]
            elif name != '1.1':  # no attributes
                names.append(name)
        selected = {}
        for name in names:
            plain, _, first = name.partition(';range=')
            values = self._values(dn, plain, request.wants_sids)
            self._add(selected, plain, values, int(first.split('-')[0]) if first else None)
        return selected

    def _add(self, selected, name, values, first):
        if first is not None and not self.knows_ranges:
            return
        if first is None and len(values) <= self.max_values:
            if values:
                selected[name] = values
            return
        first = first or 0
        part = values[first:first + self.max_values]
        if name in self.endless:
            part = values[:self.max_values]
            selected[f'{name};range={first}-{first + len(part) - 1}'] = part
            return
        last = '*' if first + len(part) >= len(values) else first + len(part) - 1
        selected[f'{name};range={self.odd_range or f"{first}-{last}"}'] = part


def _is_below(dn, base):
    return dn is not None and dn.lower().endswith(',' + base.lower())


def _in_scope(dn, base, scope):
    if scope == ldap.BASE:
        return dn.lower() == base.lower()
    if not base:
        return bool(dn) and scope == ldap.SUBTREE
    if scope == ldap.ONE_LEVEL:
        return _is_below(dn, base) and ',' not in dn[:-len(base) - 1].replace('\\,', '')
    return _is_below(dn, base) or dn.lower() == base.lower()
