"""The common part of the rows about commands: a command with hostile input ends in bounded time and memory, with
its exit code and its words, and nothing of the input reaches the terminal unescaped."""

import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

from lab import agent

from .fault import Elapsed

MOST_SECONDS = 60
MOST_MEMORY = 192  # MB; a report may have 64 MB
UNSAFE = re.compile(r'[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]')


# Between this process and the command, whose peak would else begin with the memory of this process.
MEASURE = '''
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:], timeout=float(sys.argv[1]))
print('peak', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
'''


class Ended:
    """The command ends with this exit code and has these words in its output."""

    def __init__(self, code, *words):
        self.code = code
        self.words = words

    def __str__(self):
        return f'exit code {self.code}' + ''.join(f', “{word}”' for word in self.words)

    def allows(self, output):
        return all(word in output for word in self.words)


class CommandFault(unittest.TestCase):
    """A row of the matrix: `arguments` is a list of the command's arguments, or a function of the row."""

    fault = says = arguments = None
    goes_on = '–'
    most_seconds = MOST_SECONDS

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='cal-faults-')
        self.addCleanup(folder.cleanup)
        self.scratch = pathlib.Path(folder.name)

    def test(self):
        arguments = self.arguments() if callable(self.arguments) else self.arguments
        code, output, peak = self.run_command([agent.binary(), *map(str, arguments)])
        self.assertEqual(self.says.code, code, output)
        self.assertTrue(self.says.allows(output), output[-3000:])
        self.assertEqual([], UNSAFE.findall(output))
        self.peak = f'{peak:.0f} MB'
        if not agent.is_sanitized():
            self.assertLess(peak, MOST_MEMORY)

    def run_command(self, command):
        """The exit code, the output, and the peak of its memory in MB."""
        started = time.monotonic()
        done = subprocess.run([sys.executable, '-c', MEASURE, str(self.most_seconds), *command],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said_after = Elapsed(time.monotonic() - started, 0)
        output, _, peak = done.stdout.decode().rpartition('peak ')
        return done.returncode, output, int(peak) / 1024


class OddFile(CommandFault):
    """`make(row)` returns the path of the file that the command reads."""

    make = None
    before = ()

    def arguments(self):
        return [*self.before, type(self).make(self)]


class Configuration(CommandFault):
    """`--config.check` reads this text."""

    text = ''

    def arguments(self):
        file = self.scratch / 'cal_exporter.yml'
        file.write_text(self.text)
        return ['--config.check', '--config.file', file]
