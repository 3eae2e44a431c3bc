"""Writes Windows event log files (.evtx) for the tests: chunks of records whose BinXml is spelt
out in each, without templates. Layout: libevtx, documentation/Windows XML Event Log (EVTX).asciidoc; XML:
MS-EVEN6 2.2.13."""

import datetime
import struct
import zlib

FILE_HEADER_SIZE = 4096
CHUNK_SIZE = 65536
CHUNK_HEADER_SIZE = 512
DIRTY = 1

_EPOCH = datetime.datetime(1601, 1, 1, tzinfo=datetime.timezone.utc)
_NAMESPACE = 'http://schemas.microsoft.com/win/2004/08/events/event'

# Tokens of BinXml.
_END_OF_FRAGMENT, _OPEN, _CLOSE_START, _CLOSE_EMPTY, _END, _VALUE, _ATTRIBUTE = range(7)
_MORE = 0x40  # the element has attributes; another attribute follows
_FRAGMENT_HEADER = b'\x0f\x01\x01\x00'
_TEXT_TYPE = 1


class Event:
    """`number` is the number of the record in its file; in exported logs it is not the record ID."""

    def __init__(self, provider, event_id, record_id, time, data=(), computer='srv1',
                 channel=None, user='S-1-5-18', number=None):
        self.provider = provider
        self.event_id = event_id
        self.record_id = record_id
        self.time = time
        self.data = list(data)
        self.computer = computer
        self.channel = channel or f'{provider}/Operational'
        self.user = user
        self.number = record_id if number is None else number

    def filetime(self):
        return (self.time - _EPOCH) // datetime.timedelta(microseconds=1) * 10

    def xml(self):
        """The element tree: (name, attributes, text or children)."""
        system = [
            ('Provider', {'Name': self.provider}, None),
            ('EventID', {}, str(self.event_id)),
            ('Level', {}, '2'),
            ('TimeCreated', {'SystemTime': self.time.isoformat()}, None),
            ('EventRecordID', {}, str(self.record_id)),
            ('Channel', {}, self.channel),
            ('Computer', {}, self.computer),
            ('Security', {'UserID': self.user}, None)]
        data = [('Data', {}, str(value)) for value in self.data]
        return ('Event', {'xmlns': _NAMESPACE}, [('System', {}, system), ('EventData', {}, data)])


class _Chunk:
    def __init__(self):
        self._bytes = bytearray(CHUNK_HEADER_SIZE)
        self._names = {}
        self._numbers = []
        self._last_record = 0

    def add(self, event):
        """Adds the event. False if the chunk has no room for it; then the chunk is unchanged."""
        names, start = dict(self._names), len(self._bytes)
        self._bytes += struct.pack('<IIQQ', 0x2a2a, 0, event.number, event.filetime())
        self._bytes += _FRAGMENT_HEADER
        self._element(*event.xml())
        self._bytes.append(_END_OF_FRAGMENT)
        self._bytes += bytes(-(len(self._bytes) - start + 4) % 8)
        size = len(self._bytes) - start + 4
        self._bytes += struct.pack('<I', size)
        if len(self._bytes) > CHUNK_SIZE:
            del self._bytes[start:]
            self._names = names
            return False
        struct.pack_into('<I', self._bytes, start + 4, size)
        self._numbers.append(event.number)
        self._last_record = start
        return True

    def finish(self):
        used = len(self._bytes)
        chunk = self._bytes + bytes(CHUNK_SIZE - used)
        first, last = self._numbers[0], self._numbers[-1]
        struct.pack_into('<8sQQQQIIII', chunk, 0, b'ElfChnk\0', first, last, first, last, 128,
                         self._last_record, used, zlib.crc32(chunk[CHUNK_HEADER_SIZE:used]))
        struct.pack_into('<I', chunk, 124, zlib.crc32(chunk[:120] + chunk[128:CHUNK_HEADER_SIZE]))
        return chunk

    def _element(self, name, attributes, content):
        self._bytes += struct.pack('<BHI', _OPEN | (_MORE if attributes else 0), 0xffff, 0)
        begin = len(self._bytes)
        self._name(name)
        if attributes:
            self._attributes(attributes)
        if content is None:
            self._bytes.append(_CLOSE_EMPTY)
        else:
            self._bytes.append(_CLOSE_START)
            if isinstance(content, str):
                self._value(content)
            else:
                for child in content:
                    self._element(*child)
            self._bytes.append(_END)
        struct.pack_into('<I', self._bytes, begin - 4, len(self._bytes) - begin)

    def _attributes(self, attributes):
        self._bytes += bytes(4)
        begin = len(self._bytes)
        for left, (name, value) in zip(range(len(attributes) - 1, -1, -1), attributes.items()):
            self._bytes.append(_ATTRIBUTE | (_MORE if left else 0))
            self._name(name)
            self._value(value)
        struct.pack_into('<I', self._bytes, begin - 4, len(self._bytes) - begin)

    def _name(self, name):
        """A reference to the name in this chunk, which is stored where it is first used."""
        here = len(self._bytes) + 4
        self._bytes += struct.pack('<I', self._names.setdefault(name, here))
        if self._names[name] == here:
            self._bytes += struct.pack('<IHH', 0, _hash(name), len(name))
            self._bytes += name.encode('utf-16le') + b'\0\0'

    def _value(self, text):
        encoded = text.encode('utf-16le')
        self._bytes += struct.pack('<BBH', _VALUE, _TEXT_TYPE, len(encoded) // 2) + encoded


def _hash(name):
    result = 0
    for character in name:
        result = (result * 65599 + ord(character)) & 0xffffffff
    return result & 0xffff


def evtx(events, flags=0):
    """The bytes of a log with these events, in chunks in the order given."""
    chunks, chunk = [], None
    for event in events:
        if chunk is None or not chunk.add(event):
            chunk = _Chunk()
            chunks.append(chunk)
            if not chunk.add(event):
                raise ValueError('an event is larger than a chunk')
    return header(len(chunks), 1 + max(event.number for event in events), flags) + b''.join(
        chunk.finish() for chunk in chunks)


def header(chunks, next_record, flags=0):
    block = bytearray(FILE_HEADER_SIZE)
    struct.pack_into('<8sQQQIHHHH', block, 0, b'ElfFile\0', 0, max(chunks - 1, 0), next_record, 128,
                     1, 3, FILE_HEADER_SIZE, chunks)
    struct.pack_into('<II', block, 120, flags, zlib.crc32(block[:120]))
    return bytes(block)
