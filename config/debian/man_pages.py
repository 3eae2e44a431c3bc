"""Generates the man pages from the program's --help and the commented configuration.

    man_pages.py PROGRAM CONFIGURATION FOLDER

fills in the templates in this folder and writes cal_exporter.1 and cal_exporter.yml.5 to FOLDER."""

import pathlib
import re
import subprocess
import sys


def help_of(program, *command):
    done = subprocess.run([program, *command, '--help'], capture_output=True, text=True, check=True)
    return done.stdout


def entries(text, heading):
    """The (name, description) pairs below a heading of --help. The description of a long name is on
    the next line."""
    found = []
    section = re.search(rf'^{heading}:\n((?:  .*\n?)*)', text, re.MULTILINE)
    for line in section[1].splitlines() if section else ():
        name, _, description = line.strip().partition('  ')
        if line.startswith('   '):  # continues the entry
            found[-1] = found[-1][0], f'{found[-1][1]} {line.strip()}'.strip()
        else:
            found.append((name, description.strip()))
    return found


def roff(text):
    """Escapes `text`, so that nothing in it is a roff command."""
    text = text.replace('\\', r'\e').replace('-', r'\-').replace("'", r'\(aq')
    return re.sub(r'^\.', r'\\&.', text, flags=re.MULTILINE)


def tagged(pairs):
    return '\n'.join(f'.TP\n.B {roff(name)}\n{roff(description)}' for name, description in pairs)


def commands(program):
    blocks = []
    for command, description in entries(help_of(program), 'Subcommands'):
        options = [each for each in entries(help_of(program, command), 'Options')
                   if not each[0].startswith('-h,')]
        blocks.append(f'.SS {command}\n{roff(description)}\n{tagged(options)}')
    return '\n'.join(blocks)


def fill(template, values):
    text = (pathlib.Path(__file__).parent / template).read_text()
    return re.sub('@([A-Z]+)@', lambda match: values[match[1]].strip('\n'), text)


def main(program, configuration, folder):
    text = help_of(program)
    version = subprocess.run([program, '--version'], capture_output=True, text=True, check=True)
    values = {
        'VERSION': version.stdout.split()[-1],
        'DESCRIPTION': roff(text.partition('Usage:')[0].replace('\n', ' ').strip()),
        'OPTIONS': tagged(entries(text, 'Options')),
        'COMMANDS': commands(program),
        'CONFIGURATION': roff(pathlib.Path(configuration).read_text()),
    }
    for page in ('cal_exporter.1', 'cal_exporter.yml.5'):
        (pathlib.Path(folder) / page).write_text(fill(page + '.in', values))


if __name__ == '__main__':
    main(*sys.argv[1:])
