"""The document of results: parts that are written by different commands, each between two marks."""

import fcntl
import os
import re
import subprocess

from lab import agent

AREAS = {
    'connection': 'The path to the directory',
    'directory': 'In the directory',
    'network': 'The path to the activation service',
    'files': 'Files that are read',
    'storage': 'Files that are written',
    'process': 'The process',
    'time': 'Time',
    'load': 'Load',
    'hostile': 'Hostile peers, clients and files',
}
HEAD = '''# Results

Written by `./run faults` and `./run soak`. [README.md](README.md) says what else is asserted,
and how to add a row. `run N` after a time is the number of runs that had ended by then.
'''


def replace_part(file, name, text):
    """The other parts of the file stay as they are."""
    part = _part(name, text.strip())
    marked = re.compile(re.escape(_begin(name)) + '.*' + re.escape(_end(name)) + '\n', re.DOTALL)
    with open(file, 'a+') as document:
        fcntl.flock(document, fcntl.LOCK_EX)  # two soaks may end at once
        document.seek(0)
        before = document.read() or HEAD + ''.join(
            '\n' + _part(each, '') for each in [*AREAS, 'soak release', 'soak asan'])
        document.truncate(0)
        document.write(marked.sub(lambda _: part, before))


def conditions():
    """Under which something was measured."""
    version = subprocess.run([agent.binary(), '--version'], capture_output=True, text=True,
                             check=True).stdout.split('\n')[0]
    return f'{version}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} at the end'


def matrix(area, rows):
    """`rows` are tests, and whether they passed."""
    passed = sum(ok for _, ok in rows)
    lines = [f'## {AREAS[area]}', '', f'{passed} of {len(rows)} rows pass ({conditions()}).', '',
             '| fault | the agent reports | after | what keeps working | recovered after '
             '| peak memory, above rest | |',
             '|---|---|---|---|---|---|---|']
    return '\n'.join([*lines, *(_line(test, ok) for test, ok in rows)])


def _line(test, ok):
    cells = (test.fault, test.says, getattr(test, 'said_after', '–'), test.goes_on,
             getattr(test, 'recovered_after', '–'), getattr(test, 'peak', '–'),
             'pass' if ok else '**fail**')
    return '| ' + ' | '.join(str(cell).replace('|', '\\|') for cell in cells) + ' |'


def _begin(name):
    return f'<!-- {name} -->'


def _end(name):
    return f'<!-- end of {name} -->'


def _part(name, text):
    return f'{_begin(name)}\n{text}\n{_end(name)}\n'
