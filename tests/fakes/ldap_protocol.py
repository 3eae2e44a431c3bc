"""The part of LDAP (RFC 4511) that the agent speaks: decodes requests and encodes answers."""

import dataclasses

BIND, UNBIND, SEARCH, ABANDON, EXTENDED = 0x60, 0x42, 0x63, 0x50, 0x77
BASE, ONE_LEVEL, SUBTREE = 0, 1, 2
_PAGES = b'1.2.840.113556.1.4.319'
_EXTENDED_DN = b'1.2.840.113556.1.4.529'


def element(tag, *contents):
    content = b''.join(contents)
    length = len(content)
    size = bytes([length]) if length < 0x80 else b'\x84' + length.to_bytes(4, 'big')
    return bytes([tag]) + size + content


def number(value, tag=0x02):
    return element(tag, value.to_bytes(value.bit_length() // 8 + 1, 'big'))


def octets(value, tag=0x04):
    return element(tag, value.encode() if isinstance(value, str) else value)


def elements(content):
    """(tag, content) of each element; a ValueError if one is cut short."""
    at, found = 0, []
    while at < len(content):
        tag, length = content[at], content[at + 1]
        at += 2
        if length > 0x80:
            count = length & 0x7f
            length = int.from_bytes(content[at:at + count], 'big')
            at += count
        if at + length > len(content):
            raise ValueError('an element is cut short')
        found.append((tag, content[at:at + length]))
        at += length
    return found


@dataclasses.dataclass
class Request:
    id: int
    operation: int
    user: str = ''
    password: bytes = b''
    base: str = ''
    scope: int = BASE
    filter: tuple = ()       # (tag, content)
    attributes: list = ()    # as requested, with ranges
    wants_pages: bool = False
    wants_sids: bool = False  # before DNs


def read_request(connection):
    """The next request of a client, or None if it leaves."""
    head = _exactly(connection, 2)
    if not head:
        return None
    length = head[1]
    if length > 0x80:
        length = int.from_bytes(_exactly(connection, length & 0x7f), 'big')
    (_, request_id), (operation, body), *controls = elements(_exactly(connection, length))
    request = Request(int.from_bytes(request_id, 'big'), operation)
    if operation == BIND:
        _, (_, user), (_, request.password) = elements(body)
        request.user = user.decode()
    if operation == SEARCH:
        (_, base), (_, scope), *_, request.filter, (_, attributes) = elements(body)
        request.base, request.scope = base.decode(), scope[0]
        request.attributes = [name.decode() for _, name in elements(attributes)]
    for _, control in elements(controls[0][1]) if controls else ():
        oid = elements(control)[0][1]
        request.wants_pages |= oid == _PAGES
        request.wants_sids |= oid == _EXTENDED_DN
    return request


def _exactly(connection, size):
    data = b''
    while len(data) < size and (more := connection.recv(size - len(data))):
        data += more
    return data


def condition(found):
    """A search filter as a function of an entry's `values_of(attribute)`, which returns octets. Text is
    compared without case."""
    tag, content = found
    if tag in (0xa0, 0xa1):
        parts = elements(content)
        if tag == 0xa1 and len(parts) > 1 and all(part[0] == 0xa3 for part in parts):
            return _any_of([elements(part) for _, part in parts])
        conditions = [condition(part) for part in parts]
        every = all if tag == 0xa0 else any
        return lambda values_of: every(each(values_of) for each in conditions)
    if tag == 0xa2:
        denied = condition(elements(content)[0])
        return lambda values_of: not denied(values_of)
    if tag == 0x87:
        return lambda values_of: bool(values_of(content.decode()))
    if tag == 0xa3:
        return _any_of([elements(content)])
    raise ValueError(f'a filter of kind {tag:#x}')


def _any_of(equations):
    """Whether one of these attributes has one of these values: fast also for very many."""
    wanted = {}
    for (_, name), (_, value) in equations:
        wanted.setdefault(name.decode(), set()).add(value.lower())
    return lambda values_of: any(value.lower() in values for name, values in wanted.items()
                                 for value in values_of(name))


def wanted_dns(found):
    """The DNs in lower case, if a search filter asks for entries by their DNs; else None."""
    parts = elements(found[1]) if found[0] == 0xa1 else [found]
    equations = [elements(content) for tag, content in parts if tag == 0xa3]
    if len(equations) < len(parts) or any(name != b'distinguishedName' for (_, name), _ in equations):
        return None
    return {value.decode().lower() for _, (_, value) in equations}


def message(request_id, operation, controls=b''):
    return element(0x30, number(request_id), operation, controls)


def page_value(cookie):
    """The value of the control for paged results, after a page; after the last one the cookie is empty."""
    return element(0x30, number(0), octets(cookie))


def result(request, code=0, text='', referrals=(), page=None):
    """The end of the answer to a request. `page`: the value of the control for paged results, if the
    page is not the last one."""
    tag = {BIND: 0x61, SEARCH: 0x65, EXTENDED: 0x78}[request.operation]
    uris = element(0xa3, *map(octets, referrals)) if referrals else b''
    controls = b''
    if request.wants_pages:
        controls = element(0xa0, element(0x30, octets(_PAGES), octets(page_value(b'') if page is None else page)))
    return message(request.id, element(tag, number(code, 0x0a), octets(''), octets(text), uris), controls)


def entry(request, dn, attributes):
    """`attributes`: names to lists of octets."""
    encoded = [element(0x30, octets(name), element(0x31, *map(octets, values)))
               for name, values in attributes.items()]
    return message(request.id, element(0x64, octets(dn), element(0x30, *encoded)))


def reference(request, uri):
    return message(request.id, element(0x73, octets(uri)))
