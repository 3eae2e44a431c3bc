"""The farm of `./run up --profile rds`: the agent names each fault of `./run break session_host_licensing` with the
reason, the severity and the sentence of its row in the runbook, and sees that it is repaired."""

import json
import pathlib
import tempfile
import unittest

from lab import agent
from lab.agent import wait_until
from lab.farm import VARIANTS, Farm

CONFIGURATION = '''
defaults: { interval: 1s, timeout: 1s }
networks:
  - name: rds
    probes:
      session_host_licensing: { exports: farm, roster: [RDSH1, RDSH2, RDSH3], max_age: 1m }
'''
TWO, THREE = '(RDSH1, RDSH2)', '(RDSH1, RDSH2, RDSH3)'
CRITICAL, WARNING, OK = 'critical', 'warning', 'ok'
REFUSE = f'2 of 3 session hosts {TWO} refuse users'
NEED = f'2 of 3 session hosts {TWO} need attention'
ALL_NEED = f'3 of 3 session hosts {THREE} need attention'
GIVEN = 'All 3 session hosts give users a license'

# The variant; reason, severity and the beginning of the summary; a part of it.
EXPECTED = {
    'mode-expired': ('mode_not_set_expired', CRITICAL, REFUSE, 'The licensing mode is not set'),
    'mode': ('mode_not_set', WARNING, NEED, 'users are refused from 20'),
    'no-server': ('no_license_server', CRITICAL, REFUSE, 'No license server is specified, and'),
    'no-server-grace': ('no_license_server', WARNING, NEED, 'No license server is specified.'),
    'unreachable': ('license_server_unreachable', CRITICAL, REFUSE, 'LS1 and LS2 are unreachable since'),
    'unreachable-grace': ('license_server_unreachable', WARNING, NEED, 'users are refused from'),
    'degraded': ('license_server_degraded', WARNING, NEED, 'LS1 does not serve the hosts'),
    'not-activated': ('license_server_not_activated', WARNING, ALL_NEED, 'LS1 and LS2 are not activated'),
    'workgroup': ('per_user_in_workgroup', WARNING, NEED, 'need a domain'),
    'workgroup-auth': ('workgroup_auth_refused', CRITICAL, REFUSE, 'CVE-2024-38099'),
    'too-old': ('license_server_too_old', CRITICAL, f'3 of 3 session hosts {THREE} refuse users',
                'LS1 and LS2 have an older version of Windows'),
    'no-cals': ('no_fitting_cals', WARNING, ALL_NEED, 'no licenses of the hosts\' kind'),
    'wrong-kind': ('wrong_cal_kind', WARNING, ALL_NEED, 'only licenses of the kind'),
    'exhausted': ('device_cals_exhausted', WARNING, NEED, 'the first devices may be refused from'),
    'refused': ('device_cals_exhausted', CRITICAL, REFUSE, 'All per-device licenses on'),
    'over-issued': ('user_cals_over_issued', WARNING, GIVEN, 'than installed'),
    'expiring': ('pack_expiring', WARNING, ALL_NEED, 'expire on 20'),
    'expired': ('pack_expired', WARNING, ALL_NEED, 'have expired'),
    'not-recorded': ('cals_not_recorded', WARNING, GIVEN, 'cannot be recorded'),
    'not-authorized': ('host_not_authorized', CRITICAL, REFUSE, 'Terminal Server Computers'),
    'not-registered': ('not_registered', WARNING, NEED, 'the first one after each start'),
    'certificate': ('host_certificate_bad', CRITICAL, REFUSE, 'event 50285'),
    'drift': ('configuration_drift', WARNING, GIVEN, 'policy (per user) and broker (per device) differ'),
    'one-client': ('client_store_damaged', WARNING, NEED, 'One client is refused'),
    'drained': ('licensed', OK, 'Session host RDSH3 gives', ''),
    'silent': ('export_missing', WARNING, 'RDSH3 has sent no export', ''),
    'no-server-export': ('server_not_exported', WARNING, f'3 of 3 session hosts {THREE} could not be checked',
                         'no usable export of LS'),
    'incompatible': ('license_server_incompatible', CRITICAL, REFUSE, 'not suit the hosts'),
    'no-events': ('export_incomplete', WARNING, f'2 of 3 session hosts {TWO} could not be checked',
                  'its licensing events were not read'),
    'odd-events': ('export_incomplete', WARNING, f'2 of 3 session hosts {TWO} could not be checked',
                   'events: 1 without an ID or a time'),
    'no-days': ('export_incomplete', WARNING, f'2 of 3 session hosts {TWO} could not be checked',
                'the days left of its grace period were not read'),
    'remote': ('status_unknown', WARNING, f'2 of 3 session hosts {TWO} could not be checked',
               'another computer asked for it'),
    'reset': ('grace_reset', WARNING, GIVEN, 'began again'),
}


class FarmOfTheLab(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.farm = Farm(self.folder)
        self.farm.fix()
        configuration = self.folder / 'cal_exporter.yml'
        configuration.write_text(CONFIGURATION)
        self.agent = agent.Agent(configuration, self.folder / 'agent.log')
        self.addCleanup(lambda: self.assertEqual(0, self.agent.stop()))

    def probe(self):
        status = json.loads(self.agent.get('/api/v1/status')[1])
        return status['networks'][0]['probes'][0]

    def until(self, reason, begins=''):
        """Exports again and again, as the tasks do, until the probe has this reason and summary."""
        def found():
            self.farm.write()
            probe = self.probe()
            return probe['reason'] == reason and probe['summary'].startswith(begins) and probe
        return wait_until(reason, found, explain=lambda: self.probe()['summary'])

    def test_each_fault_is_named_and_recovers(self):
        self.assertEqual(set(VARIANTS), set(EXPECTED))
        for variant, (reason, severity, begins, part) in EXPECTED.items():
            with self.subTest(variant):
                self.until('licensed', GIVEN)
                self.farm.break_with(variant)
                try:
                    probe = self.until(reason, begins)
                finally:
                    self.farm.fix()
                self.assertEqual(severity, probe['severity'])
                self.assertIn(part, probe['summary'])

    def test_the_metrics_say_how_many_hosts_refuse(self):
        self.farm.break_with('mode-expired')
        self.until('mode_not_set_expired')
        metrics = wait_until('metrics of the run', self.refusing)
        self.assertEqual(1, metrics.value('cal_session_hosts', state='licensed'))
        self.assertEqual(2, metrics.value('cal_session_hosts_by_reason',
                                          reason='mode_not_set_expired'))
        self.assertEqual(1, metrics.value('cal_session_host_refusing', host='RDSH1'))
        self.assertEqual(0, metrics.value('cal_session_host_refusing', host='RDSH3'))
        self.assertEqual(1, metrics.value('cal_license_server_activated', server='LS1'))

    def refusing(self):
        metrics = self.agent.metrics()
        return metrics.value('cal_session_hosts', state='refusing') == 2 and metrics


if __name__ == '__main__':
    unittest.main()
