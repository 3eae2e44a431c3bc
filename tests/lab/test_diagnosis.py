"""The diagnosis on the lab as `./run up` starts it: each cause alone, each pair, an event, and back to
`none`; and what `preflight` and `verify` report."""

import itertools
import json

from . import agent
from .agent import wait_until
from .faults import fix_probe
from .lab_on_disk import LabOnDisk

PRIMARY = 'cal_diagnosis_primary'
STRENGTH = 'cal_diagnosis_strength'
RUNS = 'cal_probe_runs_total'

# In the order of the reference page: the probe with the fault, its cause, and the evidence that the
# diagnosis must show.
CAUSES = [
    ('administrators_membership', 'account_not_administrator', 'EBS\\licadmin is not a member of'),
    ('pack_already_installed', 'pack_already_installed', 'planned pack'),
    ('internet_connectivity', 'internet_unreachable', 'seen from'),
    ('directory_permissions', 'directory_not_writable', '(D;;WP;;;SY)'),
]


class WhileServing(LabOnDisk):
    def setUp(self):
        super().setUp()
        self.agent = agent.Agent(self.configuration, self.scratch / 'agent.log',
                                 arguments=['--state.dir', str(self.scratch / 'state')])
        self.addCleanup(lambda: self.assertEqual(0, self.agent.stop()))
        self.wait_for_primary('none')

    def primary(self, metrics):
        return next(labels['cause'] for labels, value in metrics.samples(PRIMARY) if value)

    def wait_for_primary(self, cause):
        return wait_until(f'the diagnosis is {cause}',
                          lambda: self.primary(self.agent.metrics()) == cause,
                          explain=lambda: f'{self.agent.log()[-3000:]}')

    def after_two_runs(self, probes):
        """The metrics after every probe has started and finished a run from now on: a run that is in
        progress may still see the previous state."""
        before = self.agent.metrics()
        wanted = {probe: before.value(RUNS, probe=probe) + 2 for probe in probes}

        def ran():
            metrics = self.agent.metrics()
            return all(metrics.value(RUNS, probe=probe) >= runs
                       for probe, runs in wanted.items()) and metrics
        return wait_until(f'two runs of {", ".join(probes)}', ran, explain=self.agent.log)

    def strengths(self, metrics):
        return {labels['cause'] for labels, value in metrics.samples(STRENGTH) if value}

    def test_each_cause_alone_and_back_to_none(self):
        for probe, cause, evidence in CAUSES:
            with self.subTest(cause):
                self.break_it(probe)
                metrics = self.after_two_runs([probe])
                self.assertEqual(cause, self.primary(metrics), self.agent.log())
                self.assertEqual({cause}, self.strengths(metrics))
                self.assertIn(evidence, self.agent.get('/')[1])
                fix_probe(self.dc, probe)
                metrics = self.after_two_runs([probe])
                self.assertEqual('none', self.primary(metrics), self.agent.log())
                self.assertEqual(set(), self.strengths(metrics))

    def test_each_pair_and_back_to_none(self):
        for (one, first, _), (other, second, _) in itertools.combinations(CAUSES, 2):
            with self.subTest(f'{first} and {second}'):
                self.break_it(one)
                self.break_it(other)
                metrics = self.after_two_runs([one, other])
                self.assertEqual({first, second}, self.strengths(metrics), self.agent.log())
                self.assertEqual(first, self.primary(metrics))
                fix_probe(self.dc, one)
                fix_probe(self.dc, other)
                self.assertEqual('none', self.primary(self.after_two_runs([one, other])))

    def test_events_name_a_cause_until_an_activation_succeeds(self):
        for arguments, cause in [((5, '0xcfff1208'), 'pack_already_installed'),
                                 ((5, '0xcfff1299'), 'other')]:
            with self.subTest(arguments):
                self.lab.events.append(*arguments)
                metrics = self.after_two_runs(['activation_events'])
                self.assertEqual(cause, self.primary(metrics), self.agent.log())
                self.assertEqual(1, metrics.value('cal_activation_failing'))
                self.lab.events.append(4)
                metrics = self.after_two_runs(['activation_events'])
                self.assertEqual('none', self.primary(metrics), self.agent.log())
                self.assertEqual(0, metrics.value('cal_activation_failing'))

    def test_event_12_near_event_5_means_the_directory(self):
        self.lab.events.append(5, '0x80070005')
        self.lab.events.append(12)
        metrics = self.after_two_runs(['activation_events'])
        self.assertEqual('directory_not_writable', self.primary(metrics), self.agent.log())
        self.assertEqual(2, metrics.value(STRENGTH, cause='directory_not_writable'))


class FromTheCommandLine(LabOnDisk):
    def test_preflight_checks_the_causes_for_this_activation(self):
        done = self.run_command('preflight')
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        self.assertIn('Would this activation work now? Yes', done.stdout)
        self.assertNotIn('license_compliance', done.stdout)

        done = self.run_command('preflight', '--account', 'EBS\\alice')
        self.assertEqual(2, done.returncode, done.stdout)
        self.assertIn('Would this activation work now? No', done.stdout)
        self.assertIn('EBS\\alice is not a member of', done.stdout)

        installed = self.scratch / 'used.key'
        installed.write_text(self.exports.installed_key() + '\n')
        done = self.run_command('preflight', '--network', 'ebs', '--product-key-file',
                                str(installed), '--format', 'json')
        self.assertEqual(2, done.returncode, done.stdout)
        self.assertEqual('pack_already_installed',
                         json.loads(done.stdout)['networks'][0]['diagnosis']['primary'])
        self.assertNotIn(self.exports.installed_key(), done.stdout + done.stderr)

    def test_a_missing_key_file_is_an_error_and_not_an_empty_plan(self):
        done = self.run_command('preflight', '--product-key-file', str(self.scratch / 'none.key'))
        self.assertEqual(3, done.returncode, done.stdout)
        self.assertIn('none.key: No such file', done.stderr)

    def test_verify_says_whether_the_cause_is_gone(self):
        self.break_it('directory_permissions')
        baseline = self.scratch / 'before.json'
        baseline.write_text(self.run_command('check', '--format', 'json').stdout)
        done = self.run_command('verify', '--baseline', str(baseline))
        self.assertEqual(2, done.returncode, done.stdout)
        self.assertIn('directory_not_writable is still present', done.stdout)
        fix_probe(self.dc, 'directory_permissions')
        done = self.run_command('verify', '--baseline', str(baseline))
        self.assertEqual(0, done.returncode, done.stdout)
        self.assertIn('directory_not_writable is gone', done.stdout)
        self.assertIn('directory_permissions: cause found (write_denied) -> not the cause', done.stdout)

    def test_with_the_directory_down_the_diagnosis_cannot_tell_and_names_no_cause(self):
        self.dc.stop()
        self.addCleanup(self.dc.start)
        code, report = self.report()
        self.assertEqual(3, code)
        self.assertEqual('cannot_tell', report['diagnosis']['primary'])
        self.assertEqual(['administrators_membership', 'directory_permissions'],
                         sorted(blind['probe'] for blind in report['diagnosis']['blind']))
        self.break_it('pack_already_installed')
        self.assertEqual('pack_already_installed', self.report()[1]['diagnosis']['primary'])
