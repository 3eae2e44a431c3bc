"""A running agent finds the faults of the activation service from `./run break` and `./run fix`."""

import pathlib
import tempfile
import types
import unittest

from . import agent, faults
from .activation import ActivationService
from .certificates import Authority
from .running import TEMPLATES

INTERNET = 'internet_connectivity'
REASONS = {'down': 'tcp_refused', 'silent': 'tls_failed', 'expired': 'tls_expired',
           'untrusted': 'tls_untrusted', 'other-name': 'tls_name_mismatch',
           'portal': 'captive_portal'}


class BreakAndFix(unittest.TestCase):
    """With the probe of the lab's own configuration, but without a domain controller."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.lab = types.SimpleNamespace(folder=self.folder)
        Authority(self.folder / 'tls')
        service = ActivationService(self.folder)
        service.start()
        self.addCleanup(service.stop)

    def configuration(self):
        block = (TEMPLATES / 'ebs.yml').read_text().split(f'      {INTERNET}:\n')[1]
        block = block.split('\n      directory_permissions:')[0].replace('@LAB@', str(self.folder))
        file = self.folder / 'cal_exporter.yml'
        file.write_text('defaults: { interval: 2s, timeout: 2s }\n'
                        f'networks:\n  - name: ebs\n    probes:\n      {INTERNET}:\n{block}\n')
        return file

    def test_every_variant_is_found_and_recovers(self):
        self.assertEqual(REASONS.keys(), faults.InternetConnectivity.variants.keys())
        serving = agent.Agent(self.configuration(), self.folder / 'agent.log', kind=INTERNET)
        self.addCleanup(lambda: self.assertEqual(0, serving.stop()))
        for variant, reason in REASONS.items():
            with self.subTest(variant):
                serving.wait_for('clear', 'reachable')
                faults.break_probe(self.lab, INTERNET, variant)
                serving.wait_for('present', reason)
                faults.break_probe(self.lab, INTERNET, variant)  # twice is harmless
                faults.fix_probe(self.lab, INTERNET)
        serving.wait_for('clear', 'reachable')
        faults.fix_probe(self.lab, INTERNET)
