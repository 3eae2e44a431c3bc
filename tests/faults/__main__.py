"""Runs every row and writes the document:  python3 -m faults RESULTS.md"""

import importlib
import pathlib
import subprocess
import sys
import unittest

from lab import agent

from . import document

AREAS = {
    'connection': 'The way to the directory',
    'directory': 'In the directory',
    'network': 'The way to the activation service',
    'files': 'Files that are read',
    'storage': 'Files that are written',
    'process': 'The process',
    'time': 'Time',
    'load': 'Load',
}


class Recorder(unittest.TextTestResult):
    """Keeps the rows with their results, in the order in which they ran."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.rows = []

    def addSuccess(self, test):
        super().addSuccess(test)
        self.rows.append((test, True))

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.rows.append((test, False))

    def addError(self, test, error):
        super().addError(test, error)
        self.rows.append((test, False))


def main(file, *areas):
    """With areas, only these are run and nothing is written."""
    results = {}
    for area in areas or AREAS:
        module = importlib.import_module(f'faults.slow_{area}')
        rows = unittest.defaultTestLoader.loadTestsFromModule(module)
        runner = unittest.TextTestRunner(sys.stderr, verbosity=2, resultclass=Recorder)
        results[AREAS[area]] = runner.run(rows).rows
    version = subprocess.run([agent.binary(), '--version'], capture_output=True, text=True,
                             check=True).stdout.split('\n')[0]
    text = document.matrix(version, results)
    if areas:
        print(text)
    else:
        document.replace_part(pathlib.Path(file), 'matrix', text)
    return 0 if all(passed for rows in results.values() for _, passed in rows) else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
