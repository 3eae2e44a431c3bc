"""The flags of every command, from --help, and exit codes, by running it."""

import re
import signal
import socket
import subprocess

from lab.agent import Agent, binary
from .sample import inventory

_FLAG = re.compile(r'^  (?:-\w,)?(--[\w.-]+)((?: [^ \n]+)*)\s+(.*)$', re.MULTILINE)
_DEFAULT = re.compile(r'\[(\S+)\]$')  # at the end of the description
_GIVEN = re.compile(r'=(\S+)| \[(\S+)\]')  # the same after the value, as CLI11 2.3 and 2.4 write it
_COMMAND = re.compile(r'^  ([a-z][\w-]*)\s', re.MULTILINE)
_SDDL = 'O:SYG:SYD:(A;;RPWP;;;SY)'


def _run(*arguments):
    return subprocess.run([binary(), *map(str, arguments)], capture_output=True, text=True,
                          timeout=60)


def _help(*command):
    return _run(*command, '--help').stdout


def _flags_of(text):
    """"--flag: details", with what a script depends on: whether it takes a value, the default, and
    whether it is required or repeatable. "--flag word" for each word that is allowed."""
    for name, rest, description in _FLAG.findall(text):
        rest, _, excluded = rest.partition(' Excludes: ')
        words = _GIVEN.sub(lambda found: f' ={found[1] or found[2]}', rest).split()
        details = ['VALUE'] if words else []
        details += [word for word in words if word.startswith('=') or word in ('...', 'REQUIRED')]
        details += [f'={default}' for default in _DEFAULT.findall(description)]
        details += [f'without {excluded}'] if excluded else []
        yield f'{name}: {" ".join(details)}' if details else name
        if words and '|' in words[0]:
            yield from (f'{name} {word}' for word in words[0].split('|'))


def flags():
    """"COMMAND", and "COMMAND --flag"; the flags that every command takes have no command."""
    options, _, commands = _help().partition('Subcommands:')
    yield from _flags_of(options)
    for command in _COMMAND.findall(commands):
        yield command
        yield from (f'{command} {flag}' for flag in _flags_of(_help(command)))


def exit_codes(sample):
    """"exit code COMMAND (situation): code"."""
    for command, situation, arguments in _situations(sample):
        yield f'exit code {command} ({situation}): {_run(*arguments).returncode}'
    yield from _of_serve(sample)


def _situations(sample):
    good = ('--config.file', sample.configuration, '--state.dir', sample.state)
    wrong = sample.folder / 'wrong.yml'
    wrong.write_text('networks: 1\n')
    empty = sample.folder / 'empty.yml'
    empty.write_text('networks: []\n')
    (sample.folder / 'clear.json').write_text(inventory(assigned=1))
    (sample.folder / 'none_left.json').write_text(inventory(assigned=5))
    networks = {
        'all clear': sample.network(
            'clear', license_compliance={'inventory_file': 'clear.json'}),
        'a warning': sample.network(
            'warning', license_compliance={'inventory_file': 'none_left.json'}),
        'a cause is present': sample.configuration,
        'something is unknown': sample.network(
            'unknown', license_compliance={'inventory_file': 'missing.json'}),
    }
    yield 'cal_exporter', '--help', ['--help']
    yield 'cal_exporter', '--version', ['--version']
    yield 'cal_exporter', 'unknown argument', ['--unknown']
    yield '--config.check', 'no error', ['--config.check', *good]
    yield '--config.check', 'no network', ['--config.check', '--config.file', empty]
    yield '--config.check', 'errors', ['--config.check', '--config.file', wrong]
    yield '--config.check', 'no file', ['--config.check', '--config.file', '/missing']
    yield '--config.check', 'errors in the web configuration', [
        '--config.check', *good, '--web.config.file', wrong]

    report = sample.folder / 'report.json'
    report.write_text(_run('check', *good, '--format', 'json').stdout)
    for command, extra in (('check', []), ('verify', ['--baseline', report])):
        for situation, file in networks.items():
            yield command, situation, [command, *extra, '--config.file', file,
                                       '--state.dir', sample.state]
        yield command, 'configuration with errors', [command, *extra, '--config.file', wrong]
        yield command, 'no network', [command, *extra, '--config.file', empty]
        yield command, 'unknown argument', [command, '--unknown']
    unreachable = sample.network(
        'unreachable', internet_connectivity={'endpoints': ['tcp://127.0.0.1:1'], 'proxy': 'none',
                                              'vantage': 'same_egress'})
    for situation, file in networks.items():
        yield 'repair', situation, ['repair', '--config.file', file, '--state.dir', sample.state]
    yield 'repair', 'configuration with errors', ['repair', '--config.file', wrong]
    yield 'repair', 'no network', ['repair', '--config.file', empty]
    yield 'repair', 'no such network', ['repair', *good, '--network', 'nowhere']
    yield 'repair', 'unknown argument', ['repair', '--unknown']
    yield 'preflight', 'a cause is present', ['preflight', '--config.file', unreachable]
    yield 'preflight', 'something is unknown', ['preflight', *good]
    yield 'preflight', 'configuration with errors', ['preflight', '--config.file', wrong]
    yield 'preflight', 'no network', ['preflight', '--config.file', empty]
    yield 'preflight', 'unknown argument', ['preflight', '--unknown']
    yield 'check --from', 'a cause is present', ['check', '--from', report]
    yield 'check --from', 'not a report', ['check', '--from', wrong]
    yield 'check --from', 'to prometheus', ['check', '--from', report, '--format', 'prometheus']
    yield 'check --self-test', 'no right is missing', ['check', '--self-test', *good]
    yield 'check --self-test', 'something could not be tried', [
        'check', '--self-test', '--config.file', networks['something is unknown']]
    yield 'check --self-test', 'with --format', ['check', '--self-test', *good, '--format', 'json']
    yield 'verify', 'without --baseline', ['verify', *good]
    yield 'verify', 'baseline is not a report', ['verify', *good, '--baseline', wrong]

    access = ('access-check', '--sddl', _SDDL, '--sid', 'S-1-5-18')
    yield 'access-check', 'granted', [*access, '--mask', '0x10']
    yield 'access-check', 'denied', [*access, '--mask', '0x100']
    yield 'access-check', 'not a descriptor', [*access[:2], 'x', *access[3:], '--mask', '0x10']
    yield 'access-check', 'wrong arguments', ['access-check', '--unknown']
    events = sample.folder / 'whole.jsonl'
    events.write_text((sample.folder / 'events.jsonl').read_text().replace('not an event\n', ''))
    yield 'events', 'all was read', ['events', '--file', events]
    yield 'events', 'something could not be read', [
        'events', '--file', sample.folder / 'events.jsonl']
    yield 'events', 'no file', ['events', '--file', '/missing']
    yield 'events', 'wrong arguments', ['events', '--unknown']


def _of_serve(sample):
    def serve(file, *more):
        return _run('serve', '--config.file', file, '--state.dir', sample.state, *more).returncode

    yield f'exit code serve (unknown argument): {serve(sample.configuration, "--unknown")}'
    yield f'exit code serve (configuration with errors): {serve(sample.folder / "wrong.yml")}'
    with socket.create_server(('127.0.0.1', 0)) as taken:
        address = f'127.0.0.1:{taken.getsockname()[1]}'
        code = serve(sample.configuration, '--web.listen-address', address)
        yield f'exit code serve (address in use): {code}'
    for name in ('SIGTERM', 'SIGINT'):
        agent = Agent(sample.configuration, sample.folder / 'agent.log')
        agent.send(getattr(signal, name))
        yield f'exit code serve ({name}): {agent.stop()}'
