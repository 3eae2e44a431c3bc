"""The Remote Desktop profile on the lab as `./run up --profile rds` starts it: the diagnosis names each of its
faults with evidence until it is fixed."""

import subprocess

from . import agent, names, rds
from .activation import ActivationService
from .agent import wait_until
from .case import LabCase
from .directory import Directory
from .event_lines import RDS_PROVIDER
from .faults import break_probe, fix_probe
from .running import RunningLab

PROFILE = 'rds'
PRIMARY = 'cal_diagnosis_primary'
STRENGTH = 'cal_diagnosis_strength'
RUNS = 'cal_probe_runs_total'
REASON = 'cal_probe_reason_info'
RIGHT = 'cal_directory_right_granted'
WEAK, STRONG = 1, 2

GROUP = 'administrators_membership'
PERMISSIONS = 'directory_permissions'
COMPLIANCE = 'license_compliance'
EVENTS = 'activation_events'

# The probe and the variant of the fault; the cause, its strength, and what the page must show.
FAULTS = [
    (GROUP, 'removed', 'directory_not_writable', WEAK,
     ['EBS\\LS1$ is not a member of Terminal Server License Servers (S-1-5-32-561)']),
    (PERMISSIONS, 'license-servers', 'directory_not_writable', WEAK,
     ['Terminal Server License Servers on users', f'for example on {rds.user_dn("rita")}', 'grants it',
      f'(OA;;RPWP;{rds.PROPERTY_SET};;S-1-5-32-561)']),
    (PERMISSIONS, 'self', 'directory_not_writable', WEAK,
     ['SELF (the user) on users', 'no entry grants', 'does not grant it',
      f'(OA;;RPWP;{rds.PROPERTY_SET};;PS)']),
    (PERMISSIONS, 'protected', 'directory_not_writable', WEAK,
     ['SELF (the user) on protected users', f'for example on {rds.user_dn("petra")}', 'AdminSDHolder']),
    (COMPLIANCE, 'exhausted', 'licenses_exhausted', WEAK,
     ['RDS Windows Server 2019 (device)', '5 installed, 5 assigned']),
]


class RemoteDesktop(LabCase):
    def setUp(self):
        super().setUp()
        self.lab = RunningLab(self.dc.folder)
        self.lab.events.file.unlink(missing_ok=True)
        self.fix('internet_connectivity')  # starts the activation service
        self.addCleanup(ActivationService(self.dc.folder).stop)
        configuration = self.lab.lab_configuration(PROFILE)
        configuration.write_text(configuration.read_text().replace(
            'interval: 5s, timeout: 3s', 'interval: 3s, timeout: 3s'))
        self.agent = agent.Agent(configuration, self.scratch / 'agent.log',
                                 arguments=['--state.dir', str(self.scratch / 'state')])
        self.addCleanup(lambda: self.assertEqual(0, self.agent.stop()))
        wait_until('the diagnosis is none', lambda: self.primary(self.agent.metrics()) == 'none',
                   explain=lambda: self.agent.log()[-3000:])

    def fix(self, probe):
        fix_probe(self.dc, probe, PROFILE)

    def break_it(self, probe, variant):
        self.addCleanup(self.fix, probe)
        break_probe(self.dc, probe, variant, PROFILE)

    def restore(self, dn, original):
        with Directory(self.dc) as directory:
            directory.set_sddl(dn, original)

    @staticmethod
    def primary(metrics):
        return next(labels['cause'] for labels, value in metrics.samples(PRIMARY) if value)

    def after_two_runs(self, probe):
        """A run that is in progress may still see the previous state."""
        wanted = self.agent.metrics().value(RUNS, probe=probe) + 2

        def ran():
            metrics = self.agent.metrics()
            return metrics.value(RUNS, probe=probe) >= wanted and metrics
        return wait_until(f'two runs of {probe}', ran, explain=self.agent.log)

    def test_each_fault_is_named_with_its_evidence_and_recovers(self):
        for probe, variant, cause, strength, evidence in FAULTS:
            with self.subTest(f'{probe} {variant}'):
                self.break_it(probe, variant)
                metrics = self.after_two_runs(probe)
                self.assertEqual(cause, self.primary(metrics), self.agent.log())
                self.assertEqual(strength, metrics.value(STRENGTH, cause=cause))
                page = self.agent.get('/')[1].replace('&#39;', "'")
                for words in evidence:
                    self.assertIn(words, page)
                self.fix(probe)
                metrics = self.after_two_runs(probe)
                self.assertEqual('none', self.primary(metrics), self.agent.log())

    def test_over_issued_users_are_a_warning_and_no_cause(self):
        self.break_it(COMPLIANCE, 'over-issued')
        metrics = self.after_two_runs(COMPLIANCE)
        self.assertEqual('none', self.primary(metrics), self.agent.log())
        self.assertEqual(1, metrics.value(REASON, probe=COMPLIANCE, reason='user_cals_over_issued'))
        self.assertIn('2 too many', self.agent.get('/')[1])

    def test_the_count_in_the_directory_is_unknown_where_self_cannot_write(self):
        self.break_it(PERMISSIONS, 'self')
        metrics = self.after_two_runs(COMPLIANCE)
        self.assertIsNone(metrics.value('cal_licenses_assigned', edition='directory'))
        self.assertEqual(1, metrics.value(REASON, probe=COMPLIANCE, reason='compliant'))
        self.assertIn('how many users hold a per-user license is not known', self.agent.get('/')[1])

    def test_the_count_in_the_directory_is_unknown_without_the_right_to_read(self):
        """The reader sees no attribute, so that a search for licenses finds nobody."""
        with Directory(self.dc) as directory:
            dn = rds.user_dn('rita')
            original = directory.sddl(dn)
            self.addCleanup(self.restore, dn, original)
            reader = directory.sid(names.test_dn(names.MONITOR))
            deny = f'(OD;;RP;{rds.PROPERTY_SET};;{reader})'
            directory.set_sddl(dn, original.replace('(', f'{deny}(', 1))
        metrics = self.after_two_runs(COMPLIANCE)
        self.assertIsNone(metrics.value('cal_licenses_assigned', edition='directory'))
        self.assertEqual(1, metrics.value(REASON, probe=COMPLIANCE, reason='not_permitted'))
        self.assertIn('the right to read the licenses of users', self.agent.get('/')[1])

    def test_holders_are_named_by_the_command_and_on_no_page(self):
        config = self.lab.folder / 'cal_exporter.yml'
        said = subprocess.run([agent.binary(), 'licenses', '--holders', '--config.file', str(config)],
                              capture_output=True, text=True).stdout
        self.assertIn('Holders in the directory: 2', said)
        self.assertIn('at most 0 in 7 days, 0 in 30, 2 in 90', said)  # issued for 60 days
        for name in rds.USERS:
            self.assertIn(f'    {name}: version 393218, from LS1, ends ', said)
            self.assertNotIn(name, self.agent.get('/licenses')[1])
        said = subprocess.run([agent.binary(), 'preflight', '--host', 'RDSH1', '--user', 'EBS\\rita',
                               '--config.file', str(config)], capture_output=True, text=True).stdout
        self.assertIn('Would EBS\\rita get a license on RDSH1 now? Yes', said)
        self.assertIn('rita holds a license', said)

    def test_rights_are_exported_by_trustee_and_kind_of_user(self):
        metrics = self.agent.metrics()
        for sort in ('users', 'protected_users'):
            for trustee in ('license_servers', 'self'):
                for right in ('read', 'write'):
                    self.assertEqual(1, metrics.value(RIGHT, object=sort, trustee=trustee,
                                                      right=right))
        self.break_it(PERMISSIONS, 'protected')
        metrics = self.after_two_runs(PERMISSIONS)
        self.assertEqual(0, metrics.value(RIGHT, object='protected_users', trustee='self',
                                          right='write'))
        self.assertEqual(1, metrics.value(RIGHT, object='users', trustee='self', right='write'))

    def test_event_4105_is_explained_by_the_missing_right(self):
        self.break_it(PERMISSIONS, 'self')
        self.lab.events.append(4105, 'rita', names.DOMAIN, provider=RDS_PROVIDER)
        self.after_two_runs(EVENTS)
        self.after_two_runs(PERMISSIONS)
        page = self.agent.get('/')[1]
        self.assertIn('Possible cause: per-user licenses cannot be recorded in the directory '
                      '(directory_permissions: 2 of 2 users: NT AUTHORITY'
                      '\\SELF (S-1-5-10) has no write permission for licenses', page)
        self.assertIn('activation_events: event 4105', page)

    def test_the_licenses_in_the_directory_match_the_key_packs(self):
        found = agent.check(self.lab.folder / 'cal_exporter.yml')
        self.assertEqual(0, found.exit_code)
        self.after_two_runs(COMPLIANCE)
        page = self.agent.get('/')[1]
        self.assertIn('2 users hold a per-user license in force', page)
        self.assertNotIn('directory and key packs differ', page)
