"""The base of the lab's tests: one domain controller per file, and one folder per test."""

import atexit
import functools
import os
import pathlib
import shutil
import tempfile
import unittest

from . import agent
from .dc import DomainController
from .directory import Directory
from .seed import Seed


SEEDED_DOMAIN = 'CAL_SEEDED_DOMAIN'  # the archive that seeded_domain.py wrote, so that not each file makes its own


@functools.cache
def seeded_controller():
    """Created once per process; not started."""
    folder = tempfile.mkdtemp(prefix='cal-lab-')
    atexit.register(shutil.rmtree, folder)
    dc = DomainController(folder)
    if archive := os.environ.get(SEEDED_DOMAIN):
        dc.copy_from(archive)
    else:
        dc.provision()
        Seed(dc).plant()
    dc.snapshot()
    return dc


class LabCase(unittest.TestCase):
    """`self.dc` runs at the start of each test, and has only the seed at the start of each class; a test
    that changes it must undo its changes. `KIND` is the probe that configure(), check() and serve() use."""

    KIND = agent.MEMBERSHIP

    @classmethod
    def setUpClass(cls):
        cls.dc = seeded_controller()
        cls.dc.restore()
        cls.dc.start()
        cls.addClassCleanup(cls.dc.stop)

    def setUp(self):
        if not self.dc.running():  # an earlier test failed in the middle
            self.dc.start()
        folder = tempfile.TemporaryDirectory(dir=self.dc.folder)
        self.addCleanup(folder.cleanup)
        self.scratch = pathlib.Path(folder.name)

    def directory(self):
        return Directory(self.dc)

    def kerberos(self):
        return {'KRB5_CONFIG': str(self.dc.kerberos_configuration)}

    def configure(self, *accounts, **options):
        """Writes the agent's configuration; see agent.configuration()."""
        if accounts:
            options['accounts'] = accounts
        file = self.scratch / 'cal_exporter.yml'
        file.write_text(agent.configuration(self.dc, kind=self.KIND, **options))
        return file

    def check(self, *accounts, environment=None, **options):
        return agent.check(self.configure(*accounts, **options), environment)

    def serve(self, *accounts, environment=None, **options):
        """An agent that is stopped at the end of the test, and must then exit with 0. Its probe runs
        often, unless the options set another interval."""
        options.setdefault('probe', {'interval': '3s', 'timeout': '3s'})
        running = agent.Agent(self.configure(*accounts, **options), self.scratch / 'agent.log',
                              environment, self.KIND)
        self.addCleanup(lambda: self.assertEqual(0, running.stop()))
        return running

    def assert_found(self, found, verdict, reason, *words):
        """All `words` must be in the summary or the evidence."""
        self.assertEqual((verdict, reason), (found.verdict, found.reason), str(found))
        for word in words:
            self.assertIn(word, str(found))
