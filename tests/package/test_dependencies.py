"""config/packages/README.md lists every dependency: what the program links, what ./run installs."""

import json
import pathlib
import re
import subprocess
import unittest

from lab import agent

TOP = pathlib.Path(__file__).parents[2]
PACKAGES = TOP / 'config/packages'
LISTED = set(re.findall(r'`([^`]+)`', (PACKAGES / 'README.md').read_text()))


class Dependencies(unittest.TestCase):
    def test_every_library_of_the_program_is_listed(self):
        dynamic = subprocess.run(['readelf', '--dynamic', agent.binary()], capture_output=True,
                                 text=True, check=True).stdout
        needed = set(re.findall(r'\(NEEDED\).*\[(.+)\]', dynamic))
        self.assertIn('libldap-2.5.so.0', needed)
        # A sanitizer's library is in no program that is shipped.
        self.assertEqual(set(), {name for name in needed - LISTED if not re.match('lib.san', name)})

    def test_every_debian_package_is_listed(self):
        for path in sorted(PACKAGES.glob('*.txt')):
            wanted = {line for line in path.read_text().splitlines() if not line.startswith('#')}
            self.assertEqual(set(), wanted - LISTED, path.name)

    def test_every_npm_package_is_listed(self):
        for path in sorted(TOP.glob('tests/*/package.json')):
            self.assertEqual(set(), json.loads(path.read_text())['dependencies'].keys() - LISTED)


if __name__ == '__main__':
    unittest.main()
