"""The agent of `./run up` does not run as root."""

import json
import pathlib
import tempfile
import unittest

from .agent import binary
from .certificates import Authority
from .running import RunningLab

ROOT_ONLY = 0o700
CAP_DAC_READ_SEARCH = 1 << 2


class Unprivileged(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.folder.chmod(ROOT_ONLY)
        self.configuration = self.folder / 'cal_exporter.yml'
        self.configuration.write_text(json.dumps({'networks': [{'name': 'ebs', 'probes': {
            'internet_connectivity': {'endpoints': ['tcp://127.0.0.1:9'],
                                      'ca_file': str(Authority(self.folder).certificate)}}}]}))
        for file in self.folder.iterdir():
            file.chmod(0o600)
        self.lab = RunningLab(self.folder)

    def status(self):
        pid = (self.folder / 'agent.pid').read_text().split()[0]
        lines = pathlib.Path(f'/proc/{pid}/status').read_text().splitlines()
        return dict(line.split(':\t', 1) for line in lines if ':\t' in line)

    def test_it_reads_what_only_root_may_and_has_no_other_privilege(self):
        self.lab.start_agent(binary(), self.configuration)
        self.addCleanup(self.lab.stop)
        status = self.status()
        self.assertNotIn('0', status['Uid'].split())
        self.assertNotIn('0', status['Gid'].split())
        self.assertEqual('', status['Groups'].strip())
        self.assertEqual('1', status['NoNewPrivs'])
        for kind in ('CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'):
            self.assertEqual(0, int(status[kind], 16) & ~CAP_DAC_READ_SEARCH, kind)
        state = self.folder / 'state'
        self.assertNotEqual(0, state.stat().st_uid)
