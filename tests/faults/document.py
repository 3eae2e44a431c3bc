"""The document of results: parts that are written by different commands, each between two marks."""

import os
import re

HEAD = '''# What was measured

Written by `./run faults` and `./run soak`; what the columns mean and how to add a row stands in
[README.md](README.md).
'''


def replace_part(file, name, text):
    """The other parts of the file stay as they are."""
    begin, end = f'<!-- {name} -->', f'<!-- end of {name} -->'
    part = f'{begin}\n{text.strip()}\n{end}\n'
    before = file.read_text() if file.exists() else HEAD
    marked = re.compile(f'{re.escape(begin)}.*{re.escape(end)}\n', re.DOTALL)
    after = marked.sub(lambda _: part, before) if marked.search(before) else f'{before}\n{part}'
    file.write_text(after)


def conditions(version):
    """Under which something was measured."""
    return (f'{version}, {os.cpu_count()} processors, '
            f'load {os.getloadavg()[0]:.1f} at the end.')


def matrix(version, results):
    """`results` maps the heading of an area to its rows."""
    rows = [row for area in results.values() for row in area]
    passed = sum(ok for _, ok in rows)
    lines = ['## The fault matrix', '', f'{passed} of {len(rows)} rows pass: '
             + conditions(version)]
    for heading, area in results.items():
        lines += ['', f'### {heading}', '',
                  '| fault | the agent says | after | what goes on | well again after | |',
                  '|---|---|---|---|---|---|']
        lines += [_line(test, ok) for test, ok in area]
    return '\n'.join(lines)


def _line(test, ok):
    cells = (test.fault, test.says, getattr(test, 'said_after', '–'), test.goes_on,
             getattr(test, 'recovered_after', '–'), 'pass' if ok else '**fail**')
    return '| ' + ' | '.join(str(cell).replace('|', '\\|') for cell in cells) + ' |'
