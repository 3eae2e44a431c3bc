"""What happens to files on their way: encodings, damage, cuts, rotation. None of it makes a log clear in which a
failure may be."""

import json
import os
import unittest

from fakes.evtx_writer import CHUNK_SIZE, DIRTY, FILE_HEADER_SIZE, Event, evtx, header

from .field_case import DATA, NOW, FieldCase

RDS_PROVIDER = 'Microsoft-Windows-TerminalServices-Licensing'
FAILURE = (DATA / 'events/winlogbeat_ja.ndjson').read_text()
HARMLESS = (DATA / 'events/licensing_events-20261125.ndjson').read_text()
ASCII_FAILURE = (DATA / 'events/winlogbeat_userdata.ndjson').read_text().splitlines()[0] + '\n'
BOTH = HARMLESS + FAILURE
FOUND = ('present', 'assignment_failed', 'event 4105', 'for user CORP\\alice')
NULS = b'\0' * 4096


def other(channel):
    line = json.loads(HARMLESS)
    line['winlog'].update(provider_name='Microsoft-Windows-Other', channel=channel)
    return json.dumps(line) + '\n'


LINES = {
    'UTF-8 with a mark': (('\ufeff' + BOTH).encode(), FOUND),
    'UTF-16 LE': (('\ufeff' + BOTH).encode('utf-16-le'), FOUND),
    'UTF-16 LE without a mark': (BOTH.encode('utf-16-le'), FOUND),
    'UTF-16 BE without a mark': (BOTH.encode('utf-16-be'), FOUND),
    'UTF-16 appended to UTF-8': (HARMLESS.encode() + ASCII_FAILURE.encode('utf-16-le'), FOUND),
    'the same in Japanese': (HARMLESS.encode() + FAILURE.encode('utf-16-le'),
                             ('unknown', 'log_damaged', 'may be a licensing event')),
    'a block of NULs before a line': (HARMLESS.encode() + NULS + FAILURE.encode(), FOUND),
    'a block of NULs at the end': (BOTH.encode() + NULS, FOUND),
    'an array, one event on each line': (
        f'[\n{HARMLESS.strip()},\n{FAILURE.strip()}\n]\n', FOUND),
    'an array on one line': (f'[{HARMLESS.strip()},{FAILURE.strip()}]', FOUND),
    'an array over many lines': (
        json.dumps([json.loads(FAILURE)], indent=2),
        ('unknown', 'log_not_understood', 'line 1 is the start of JSON')),
    'cut in the last line': (BOTH[:-60], ('unknown', 'log_partly_read', 'ends inside a line')),
    'cut in the only line': (FAILURE[:60], ('unknown', 'log_partly_read', 'ends inside a line')),
    'cut in another line': (HARMLESS + FAILURE[:-60] + '\n' + HARMLESS,
                            ('unknown', 'log_damaged', 'may be a licensing event')),
    'a line that is too long': (
        HARMLESS + FAILURE.replace('"message":"', '"message":"' + 'x' * 1100000),
        ('unknown', 'log_damaged', 'may be a licensing event')),
    'lines that end with CR alone': (BOTH.replace('\n', '\r'),
                                     ('unknown', 'log_partly_read', 'ends inside a line')),
    'two events on a line': (HARMLESS + BOTH.replace('}\n{', '}{'),
                             ('unknown', 'log_damaged', 'may be a licensing event')),
    'only another log': (other('Security') * 3,
                         ('unknown', 'log_empty', 'no licensing provider writes')),
    'other events of a log with licensing events': (other('System'), ('clear', 'no_failure')),
    'a failure and damage': (BOTH + FAILURE[:-60] + '\n', FOUND),
    'nothing': ('', ('unknown', 'log_empty')),
}


def records(first, last, event_id=44):
    return [Event(RDS_PROVIDER, event_id, i, NOW, ['x' * 500]) for i in range(first, last + 1)]


def chunks_of(content):
    return [content[at:at + CHUNK_SIZE] for at in range(FILE_HEADER_SIZE, len(content), CHUNK_SIZE)]


class Variants(FieldCase):
    def test_lines(self):
        for name, (content, answer) in LINES.items():
            with self.subTest(name):
                self.assert_answer(self.events(self.write('log.jsonl', content)), *answer)

    def evtx(self, content):
        return self.events(self.write('log.evtx', content), 'evtx')

    def test_event_log_files_with_damage(self):
        whole = evtx(records(1, 200))
        chunks = chunks_of(whole)
        self.assertGreater(len(chunks), 3)
        self.assert_answer(self.evtx(whole), 'clear', 'no_failure')
        empty = bytes(CHUNK_SIZE)
        changed = bytearray(chunks[1])
        changed[2000] ^= 1  # in a value
        for flags in (0, DIRTY):
            start = header(len(chunks), 201, flags)
            cases = {
                'a chunk in the middle is empty': [chunks[0], empty, *chunks[2:]],
                'a chunk in the middle is gone': [chunks[0], *chunks[2:]],
                'a chunk in the middle is overwritten': [chunks[0], b'\xff' * CHUNK_SIZE, *chunks[2:]],
                'a record has no beginning': [
                    chunks[0], chunks[1].replace(b'**\0\0', b'xx\0\0', 3), *chunks[2:]],
            }
            if not flags:  # a log in use has no checksums yet
                cases['a byte is changed'] = [chunks[0], bytes(changed), *chunks[2:]]
                cases['the last chunk is gone'] = chunks[:-1]
                cases['cut inside of a chunk'] = [*chunks[:-1], chunks[-1][:3000]]
            for name, parts in cases.items():
                with self.subTest(name, flags=flags):
                    self.assert_answer(self.evtx(start + b''.join(parts)), 'unknown', 'log_damaged')

    def test_a_failure_is_found_in_spite_of_damage(self):
        chunks = chunks_of(evtx(records(1, 200) + records(201, 201, 21)))
        content = header(len(chunks), 202) + chunks[0] + bytes(CHUNK_SIZE) + b''.join(chunks[2:])
        self.assert_answer(self.evtx(content), 'present', 'assignment_failed', 'event 21', 'the log: ')

    def test_the_provider_of_an_event_log_file_in_lower_case(self):
        event = Event(RDS_PROVIDER.lower(), 21, 1, NOW, ['LS1'])
        self.assert_answer(self.evtx(evtx([event])), 'present', 'assignment_failed', 'event 21')

    def test_an_event_log_file_of_another_log(self):
        event = Event('Microsoft-Windows-Security-Auditing', 4624, 1, NOW, channel='Security')
        self.assert_answer(self.evtx(evtx([event])), 'unknown', 'log_empty',
                           'no licensing provider writes')

    def test_winlogbeat_was_updated(self):
        """Before, it wrote to the name alone."""
        os.utime(self.write('events', HARMLESS), (NOW.timestamp() - 9000,) * 2)
        self.write('events-20261126.ndjson', FAILURE)
        self.assert_answer(self.events(self.folder / 'events'), *FOUND)

    def test_two_servers_write_into_one_folder(self):
        (self.folder / 'logs').mkdir()
        self.write('logs/ls1.jsonl', FAILURE)
        self.write('logs/ls2.jsonl', HARMLESS.replace('LS1', 'LS2'))
        self.assert_answer(self.events(self.folder / 'logs'), *FOUND)

    def test_an_event_log_file_as_json_lines_and_the_reverse(self):
        self.assert_answer(self.events(self.copy('evtx/one_exported.evtx')), 'unknown',
                           'log_not_understood', 'line 1 is an event log file')
        self.assert_answer(self.events(self.copy('events/rcm.ndjson'), 'evtx'), 'unknown',
                           'log_unreadable', 'it does not begin with ElfFile')


if __name__ == '__main__':
    unittest.main()
