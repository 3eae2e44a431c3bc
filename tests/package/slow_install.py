"""The package is installed, upgraded, removed and purged, with systemd as process 1."""

import pathlib
import re
import subprocess
import tempfile

from .case import CONFIGURATION, UNIT, DebianCase, package

DEFAULT = pathlib.Path(__file__).parents[2] / 'config/debian/default.yml'


def older_package(folder):
    """The same files as an older version that has another default configuration."""
    tree = folder / 'tree'
    subprocess.run(['dpkg-deb', '--raw-extract', package(), tree], check=True)
    control = tree / 'DEBIAN/control'
    control.write_text(re.sub('^Version: .*', 'Version: 0.0.1-1', control.read_text(),
                              flags=re.MULTILINE))
    (tree / CONFIGURATION[1:]).write_text('networks: []\n')
    path = folder / 'cal-exporter_0.0.1-1_amd64.deb'
    subprocess.run(['dpkg-deb', '--build', '--root-owner-group', tree, path], check=True,
                   capture_output=True)
    return path


class Life(DebianCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.scratch = pathlib.Path(folder.name)

    def version(self):
        return self.debian.run('dpkg-query', '--showformat=${Version}', '--show',
                               'cal-exporter').stdout

    def traces(self):
        """Our files, except those that the test created and the system's log."""
        found = self.debian.run('find', '/', '-xdev', '-name', '*cal[-_]exporter*',
                                '-not', '-path', '/var/tmp/*', '-not', '-path', '/var/cache/apt/*')
        return found.stdout.split()

    def test_a_new_installation_serves_and_contacts_no_host(self):
        self.install(package())
        self.assertEqual('active', self.unit('ActiveState'))
        self.assertEqual('enabled', self.unit('UnitFileState'))
        self.assertEqual('cal_exporter', self.user_of_process())
        self.assertIn('Nothing is watched yet', self.get())
        self.assertEqual('cal_exporter is ready.\n', self.get('/-/ready'))
        self.assertIn('0 probes; serving on', self.unit('StatusText'))
        self.assertEqual('', self.debian.run('systemctl', 'list-units', '--failed', '--quiet',
                                             '--no-legend').stdout)
        self.assertIn('no error', self.debian.run('cal_exporter', '--config.check').stdout)

    def test_an_upgrade_keeps_the_administrators_changes_and_starts_the_new_program(self):
        self.install(older_package(self.scratch))
        mine = '# mine\nnetworks: []\n'
        self.debian.write(CONFIGURATION, mine)
        self.debian.write('/etc/cal_exporter/ebs.password', 'secret')
        before = self.unit('MainPID')
        self.install(package())
        self.assertNotEqual('0.0.1-1', self.version())
        self.assertEqual('active', self.unit('ActiveState'))
        self.assertNotEqual(before, self.unit('MainPID'))
        self.assertEqual(mine, self.debian.run('cat', CONFIGURATION).stdout)
        self.assertEqual('secret', self.debian.run('cat', '/etc/cal_exporter/ebs.password').stdout)

    def test_an_unchanged_default_configuration_is_replaced(self):
        self.install(older_package(self.scratch))
        self.install(package())
        self.assertEqual(DEFAULT.read_text(), self.debian.run('cat', CONFIGURATION).stdout)

    def test_an_upgrade_does_not_start_a_disabled_service(self):
        self.install(older_package(self.scratch))
        self.debian.run('systemctl', 'disable', '--now', UNIT)
        self.install(package())
        self.assertEqual(('inactive', 'disabled'),
                         (self.unit('ActiveState'), self.unit('UnitFileState')))

    def test_a_removal_keeps_configuration_and_state_and_a_purge_removes_them(self):
        self.assertEqual([], self.traces())
        self.install(package())
        self.debian.write('/etc/cal_exporter/ebs.password', 'secret')
        self.debian.write('/var/lib/cal_exporter/ebs.activation_events.state', 'bookmarks')
        self.debian.apt('remove', 'cal-exporter')
        self.assertEqual('inactive', self.unit('ActiveState'))
        self.debian.run('test', '-f', '/etc/cal_exporter/ebs.password')
        self.debian.run('test', '-f', '/var/lib/cal_exporter/ebs.activation_events.state')
        self.debian.run('getent', 'passwd', 'cal_exporter')

        self.debian.apt('purge', 'cal-exporter')
        self.assertEqual([], self.traces())
        for database in ('passwd', 'group'):
            self.assertEqual(2, self.debian.run('getent', database, 'cal_exporter',
                                                check=False).returncode)

    def test_a_purge_without_adduser_works(self):
        self.install(package())
        self.debian.apt('remove', 'cal-exporter')
        self.debian.run('dpkg', '--remove', '--force-depends', 'adduser')
        self.debian.run('dpkg', '--purge', 'cal-exporter')
        self.debian.run('test', '!', '-e', '/etc/cal_exporter')
