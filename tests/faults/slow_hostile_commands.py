"""Commands with hostile files: errors, in bounded time and memory."""

import json
import os

from integration.test_hostile_files import HOSTILE, PROBE, report

from . import command_stage as stage
from . import fake_stage


def fifo(row):
    os.mkfifo(row.scratch / 'fifo')
    return row.scratch / 'fifo'


def sparse(row):
    file = row.scratch / 'log.evtx'
    file.write_bytes(b'ElfFile\0')
    os.truncate(file, 1 << 40)
    return file


ODD_FILES = (
    ('Fifo', 'a pipe that nobody writes to', fifo), ('Endless', 'an endless device (/dev/zero)', lambda _: '/dev/zero'),
    ('Device', 'a device (/dev/full)', lambda _: '/dev/full'), ('Folder', 'a folder', lambda row: row.scratch),
    ('Failing', 'a file that fails (/proc/self/mem)', lambda _: '/proc/self/mem'),
    ('Sparse', 'an event log of 1 TB', sparse))

fake_stage.rows(globals(), stage.OddFile, (
    (f'{command}{name}', f'`{" ".join(before)}` is given {what}', stage.Ended(code),
     {'make': make, 'before': before})
    for command, before, code in (('Events', ('events', '--file'), 3), ('Report', ('check', '--from'), 3))
    for name, what, make in ODD_FILES))


FORGED = 'timeout\nother: No cause found\n\r\u2028other: all clear'


class LinesOf(stage.Ended):
    """The command ends with this exit code, and each line of its output begins with one of these."""

    def __init__(self, code, *beginnings):
        super().__init__(code)
        self.beginnings = beginnings

    def __str__(self):
        return f'{super().__str__()}, no line of its own'

    def allows(self, output):
        return all(line.startswith(self.beginnings) for line in output.splitlines())


class Report(stage.CommandFault):
    """`check --from` reads a report with this content."""

    content = ''
    fault = '`check --from` is given an empty file'
    says = stage.Ended(3)

    def arguments(self):
        file = self.scratch / 'report.json'
        content = self.content
        file.write_text(content if isinstance(content, str) else json.dumps(content))
        return ['check', '--from', file]


fake_stage.rows(globals(), Report, (
    ('NoNetworks', '`check --from` is given a report without networks', stage.Ended(3),
     {'content': {**report(PROBE), 'networks': []}}),
    ('NoProbes', '`check --from` is given a report of a network without probes', stage.Ended(3),
     {'content': report()}),
    ('NoTime', '`check --from` is given a report of no time', stage.Ended(3),
     {'content': report(PROBE, generated_at='now')}),
    ('TimeIn9999', '`check --from` is given a report of the year 9999', stage.Ended(3),
     {'content': report(PROBE, generated_at='9999-12-31T23:59:59Z')}),
    ('TimeIn1969', '`check --from` is given a report of the year 1969', stage.Ended(3),
     {'content': report(PROBE, generated_at='1969-12-31T23:59:59Z')}),
    ('ControlCharacters', '`check --from` is given control characters in its texts', stage.Ended(3),
     {'content': report({**PROBE, 'verdict': 'unknown', 'severity': 'warning', 'reason': 'timeout',
                         'summary': HOSTILE, 'action': HOSTILE, 'evidence': [
                             {'verdict': None, 'item': HOSTILE, 'text': HOSTILE}]})}),
    ('ForgedLines', '`check --from` is given lines of a report in its texts', LinesOf(3, 'ebs', ' '),
     {'content': report({**PROBE, 'verdict': 'unknown', 'severity': 'warning', 'reason': 'timeout',
                         'summary': FORGED, 'action': FORGED, 'evidence': [
                             {'verdict': None, 'item': FORGED, 'text': FORGED}]})}),
    ('NetworkName', '`check --from` is given control characters in the name of a network', stage.Ended(3),
     {'content': report(PROBE, network=HOSTILE)}),
    ('Deep', '`check --from` is given ten million open brackets', stage.Ended(3), {'content': '[' * 10_000_000})))


LAUGHS = '\n'.join(['a0: &a0 [x, x, x, x, x, x, x, x, x, x]',
                    *(f'a{i}: &a{i} [' + ', '.join([f'*a{i - 1}'] * 10) + ']' for i in range(1, 10))])

def accounts(names):
    return json.dumps({'networks': [{
        'name': 'a', 'directory': {'uri': 'ldaps://a', 'bind': {'user': 'a@b', 'password_file': '/etc/hostname'}},
        'probes': {'administrators_membership': {'accounts': names}}}]})


fake_stage.rows(globals(), stage.Configuration, (
    ('Laughs', '`--config.check` is given a billion values', stage.Ended(2, 'expand'), {'text': LAUGHS}),
    ('Cycle', '`--config.check` is given an anchor that contains itself', stage.Ended(2, 'contains it'),
     {'text': 'networks: &a [*a]'}),
    ('CycleOfKeys', '`--config.check` is given an anchor that contains itself in a key',
     stage.Ended(2, 'contains it'), {'text': '&a {? *a : 1}'}),
    ('DeepYaml', '`--config.check` is given 100,000 open brackets', stage.Ended(2, 'deep'),
     {'text': 'networks: ' + '[' * 100_000}),
    ('Brackets', '`--config.check` is given 4 MB of brackets', stage.Ended(2, 'brackets'), {'text': '[' * (4 << 20)}),
    ('FewerBrackets', '`--config.check` is given 399,000 brackets', stage.Ended(2, 'deep'), {'text': '[' * 399_000}),
    ('FlowMapping', '`--config.check` is given a mapping of 390,000 keys in one line', stage.Ended(2, 'more errors'),
     {'text': '{' + 'a,' * 390_000 + '}'}),
    ('Errors', '`--config.check` is given 149,000 networks that are wrong',
     stage.Ended(2, 'there are more errors; these are the first 200'), {'text': 'networks: [' + 'a,' * 149_000 + ']'}),
    ('Accounts', '`--config.check` is given 140,000 accounts', stage.Ended(0, '1 probe'),
     {'text': accounts([f'a{i}' for i in range(140_000)]), 'most_seconds': 20}),
    ('LongYaml', '`--config.check` is given a file of 64 MB', stage.Ended(2, 'larger'),
     {'text': '# ' + 'x' * (64 << 20)}),
    ('LongUri', '`--config.check` is given a URI of 100 kB', stage.Ended(2, 'cal_exporter.yml:'),
     {'text': json.dumps({'networks': [{'name': 'a', 'directory': {
         'uri': 'ldaps://' + 'a' * 100_000, 'bind': {'user': 'a@b', 'password_file': '/etc/hostname'}}}]})})))


class Users(stage.CommandFault):
    fault = '`--config.check` is given a web configuration of 70,000 users'
    says = stage.Ended(0, '0 probes')
    most_seconds = 20

    def arguments(self):
        networks, web = self.scratch / 'cal_exporter.yml', self.scratch / 'web.yml'
        networks.write_text('networks: []')
        web.write_text(json.dumps({'basic_auth_users': {f'u{i}': '$2y$10$' + 'a' * 53 for i in range(70_000)}}))
        return ['--config.check', '--config.file', networks, '--web.config.file', web]
