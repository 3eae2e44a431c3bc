"""The base of the slow tests: the package that `./run package` made, in a new small Debian for each test.
`./run test --full` makes both."""

import pathlib
import re
import unittest
import urllib.error
import urllib.request

from lab.agent import wait_until

from .small_debian import SmallDebian

_BUILD = pathlib.Path(__file__).parents[2] / 'build'
UNIT = 'cal_exporter.service'
CONFIGURATION = '/etc/cal_exporter/cal_exporter.yml'


def package():
    """The path of the package."""
    [path] = (_BUILD / 'package').glob('*.deb')
    return path


class DebianCase(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.debian = SmallDebian(_BUILD / 'small_debian')
        self.addCleanup(self.debian.close)

    def install(self, path):
        self.debian.write(f'/var/tmp/{path.name}', path.read_bytes())
        self.debian.apt('-o', 'Dpkg::Options::=--force-confold', 'install',
                        f'/var/tmp/{path.name}')

    def unit(self, property_):
        return self.debian.unit(UNIT, property_)

    def get(self, path='/'):
        """The text of a page, also of an error page. The small Debian shares this network namespace."""
        try:
            with urllib.request.urlopen(f'http://localhost:10105{path}', timeout=30) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def wait_for(self, what, condition):
        return wait_until(what, condition, explain=lambda: self.debian.journal(UNIT)[-3000:])

    def drop_in(self, text):
        """Adds a drop-in, as `systemctl edit` does."""
        self.debian.write(f'/etc/systemd/system/{UNIT}.d/override.conf', text)
        self.debian.run('systemctl', 'daemon-reload')

    def process(self):
        """The service's main process, by its pid outside the small Debian."""
        inside = self.unit('MainPID')
        for status in pathlib.Path('/proc').glob('[0-9]*/status'):
            text = status.read_text()
            if text.startswith('Name:\tcal_exporter\n') and f'\t{inside}\n' in re.search(
                    'NSpid:.*\n', text)[0]:
                return status.parent.name
        raise AssertionError('the service has no process')

    def user_of_process(self):
        return self.debian.run('stat', '--format=%U', f'/proc/{self.unit("MainPID")}').stdout.strip()
