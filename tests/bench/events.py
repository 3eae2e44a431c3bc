#!/usr/bin/python3
"""Measures what a long event log costs: processor time and peak memory of one `check` that follows 250 MB of JSON
lines, and of one that reads an .evtx file of 100 MB, beside a plain parse of the same lines as JSON.

--baseline PROGRAM measures an older program in the same rounds."""

import argparse
import datetime
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from fakes.evtx_writer import Event, evtx  # noqa: E402
from lab.event_lines import OTHER_PROVIDER, RDS_PROVIDER  # noqa: E402

ROUNDS = 3
MB = 1_000_000
START = datetime.datetime(2026, 11, 1, tzinfo=datetime.timezone.utc)
MESSAGE = ('The Remote Desktop license server cannot update the license attributes for user "{0}" in the Active '
           'Directory Domain "CORP". Ensure that the computer account for the license server is a member of Terminal '
           'Server License Servers group in Active Directory domain "CORP".\r\nWin32 error code: 0x80070005')


def line(number):
    """As Winlogbeat writes it, with all that we do not need; one event in ten is about licensing."""
    provider, event_id = (RDS_PROVIDER, '4105') if number % 10 == 0 else (OTHER_PROVIDER, '7036')
    time = (START + datetime.timedelta(seconds=number)).strftime('%Y-%m-%dT%H:%M:%S.123Z')
    user = f'user{number % 500}'
    return json.dumps({
        '@timestamp': time,
        'agent': {'id': '5f0b7f0c-1d2c-4d44-a5a1-1f3c2d1e0f10', 'name': 'LS1', 'type': 'winlogbeat'},
        'ecs': {'version': '8.0.0'},
        'event': {'action': 'None', 'code': event_id, 'created': time, 'kind': 'event', 'provider': provider},
        'host': {'name': 'LS1.corp.example.com'}, 'log': {'level': 'warning'}, 'message': MESSAGE.format(user),
        'winlog': {
            'api': 'wineventlog', 'channel': 'System', 'computer_name': 'LS1.corp.example.com',
            'event_id': event_id, 'keywords': ['Classic'], 'process': {'pid': 712, 'thread': {'id': 4120}},
            'provider_guid': '{4D99F017-0EB1-4B52-8419-14AEBD13D770}', 'provider_name': provider,
            'record_id': number, 'task': 'None',
            'user': {'domain': 'NT AUTHORITY', 'identifier': 'S-1-5-20', 'name': 'NETWORK SERVICE'},
            'user_data': {'param1': user, 'param2': 'CORP', 'param3': '0x80070005', 'xml_name': 'EventXML'}}},
        separators=(',', ':')) + '\n'


def write_lines(file, size):
    number = written = 0
    with open(file, 'w', encoding='utf-8') as log:
        while written < size:
            number += 1
            written += log.write(line(number))
    return number


def record(number):
    provider, event_id = (RDS_PROVIDER, 4105) if number % 10 == 0 else (OTHER_PROVIDER, 7036)
    return Event(provider, event_id, number, START + datetime.timedelta(seconds=number),
                 [f'user{number % 500}', 'CORP', '0x80070005'], channel='System')


def write_evtx(file, size):
    """The chunks of a few thousand records again and again: their content does not matter here, their number does."""
    few = 5000
    content = evtx([record(number) for number in range(1, few + 1)])
    head, chunks = content[:4096], content[4096:]
    copies = size // len(chunks)
    with open(file, 'wb') as log:
        log.write(head[:120] + bytes([1, 0, 0, 0]) + head[124:])  # as of a log in use: its header lags behind
        for _ in range(copies):
            log.write(chunks)
    return few * copies


class Cost:
    def __init__(self):
        self.seconds, self.peaks = [], []

    def run(self, command):
        # A child of this program would begin with this program's peak.
        done = subprocess.run(['/usr/bin/time', '-q', '-f', '%U %S %M', *map(str, command)], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode not in (0, 1, 2):  # 3: the log was not read
            raise SystemExit(f'{command[0]} exits {done.returncode}:\n{done.stdout}\n{done.stderr}')
        user, system, kilobytes = done.stderr.splitlines()[-1].split()
        self.seconds.append(float(user) + float(system))
        self.peaks.append(int(kilobytes) * 1024)

    def __str__(self):
        return f'{statistics.median(self.seconds):6.2f} s {max(self.peaks) / MB:6.1f} MB'


def checks(binary, folder, source, file):
    config = folder / f'{source}.yml'
    config.write_text(json.dumps({'networks': [{'name': 'bench', 'probes': {'activation_events': {
        'source': {source: str(file)}, 'interval': '600s', 'timeout': '300s', 'max_age': '3650d'}}}]}))
    return [binary, 'check', '--config.file', config]


def main(arguments):
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        lines, log = folder / 'log.jsonl', folder / 'log.evtx'
        print(f'{write_lines(lines, 250 * MB)} lines in {lines.stat().st_size / MB:.0f} MB, '
              f'{write_evtx(log, 100 * MB)} records in {log.stat().st_size / MB:.0f} MB; '
              f'median of {ROUNDS} rounds')
        commands = {'plain JSON parse': [pathlib.Path(arguments.tools) / 'plain_json', lines]}
        programs = {'': arguments.binary, 'baseline, ': arguments.baseline}
        for name, binary in programs.items():
            if binary:
                commands[f'{name}JSON lines'] = checks(binary, folder, 'jsonl', lines)
                commands[f'{name}evtx'] = checks(binary, folder, 'evtx', log)
        costs = {name: Cost() for name in commands}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                costs[name].run(command)
        plain = statistics.median(costs['plain JSON parse'].seconds)
        for name, cost in costs.items():
            print(f'{cost}  {statistics.median(cost.seconds) / plain:5.2f} x plain  {name}')


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--binary', required=True)
    parser.add_argument('--tools', required=True)
    parser.add_argument('--baseline')
    main(parser.parse_args())
