"""config/dependencies/README.md lists every dependency: what the program links and what ./run installs."""

import json
import pathlib
import re
import subprocess
import unittest

from lab import agent

TOP = pathlib.Path(__file__).parents[2]
PACKAGES = TOP / 'config/dependencies'
DOCUMENT = (PACKAGES / 'README.md').read_text()
NPM = DOCUMENT.index('## From npm')


def names(text):
    return set(re.findall(r'`([^`]+)`', text))


def rows(text):
    """The cells of each row of the tables, and the index of the column with the packages."""
    for line in text.splitlines():
        if line.startswith('| package'):
            column = 0
        elif line.startswith('| list'):
            column = 1
        elif line.startswith('|') and not line.startswith('|--'):
            yield [cell.strip() for cell in line.strip('|').split('|')], column


def listed(text):
    return set().union(*(names(cells[column]) for cells, column in rows(text)))


class Dependencies(unittest.TestCase):
    def test_every_library_of_the_program_is_listed(self):
        dynamic = subprocess.run(['readelf', '--dynamic', agent.binary()], capture_output=True,
                                 text=True, check=True).stdout
        needed = set(re.findall(r'\(NEEDED\).*\[(.+)\]', dynamic))
        self.assertIn('libgnutls.so.30', needed)
        self.assertEqual(set(), needed - names(DOCUMENT))

    def test_exactly_the_debian_packages_are_listed(self):
        installed = {line for path in PACKAGES.glob('*.txt')
                     for line in path.read_text().splitlines() if not line.startswith('#')}
        self.assertEqual(installed, listed(DOCUMENT[:NPM]))

    def test_exactly_the_npm_packages_are_listed(self):
        fetched = {name for path in TOP.glob('tests/*/package.json')
                   for name in json.loads(path.read_text())['dependencies']}
        self.assertEqual(fetched, listed(DOCUMENT[NPM:]))

    def test_every_row_is_complete(self):
        for cells, column in rows(DOCUMENT):
            with self.subTest(cells[column]):
                self.assertNotIn('', cells[column:])


if __name__ == '__main__':
    unittest.main()
