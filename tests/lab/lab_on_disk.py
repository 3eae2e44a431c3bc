"""The base of the tests that run the lab as `./run up` starts it: its files, servers and configuration."""

import json
import subprocess

from . import agent
from .activation import ActivationService
from .case import LabCase
from .exports import Exports
from .faults import break_probe, fix_probe
from .running import RunningLab

# For probes whose first variant is not the best example.
VARIANTS = {'directory_permissions': 'deny'}


class LabOnDisk(LabCase):
    """The files, servers and configuration of `./run up`, but with this case's domain controller."""

    INTERVAL = '3s'

    def setUp(self):
        super().setUp()
        self.lab = RunningLab(self.dc.folder)
        self.exports = Exports(self.dc.folder)
        self.exports.write()
        self.lab.events.file.unlink(missing_ok=True)
        fix_probe(self.dc, 'internet_connectivity')  # starts the activation service
        self.addCleanup(ActivationService(self.dc.folder).stop)
        self.configuration = self.lab.lab_configuration()
        self.configuration.write_text(self.configuration.read_text().replace(
            'interval: 5s, timeout: 3s', f'interval: {self.INTERVAL}, timeout: {self.INTERVAL}'))

    def break_it(self, probe):
        self.addCleanup(fix_probe, self.dc, probe)
        break_probe(self.dc, probe, VARIANTS.get(probe))

    def run_command(self, *arguments):
        return subprocess.run([agent.binary(), *arguments, '--config.file', str(self.configuration)],
                              capture_output=True, text=True, timeout=120)

    def report(self):
        done = self.run_command('check', '--format', 'json')
        return done.returncode, json.loads(done.stdout)['networks'][0]
