"""`repair` for each fault of `./run break`: its plan is carried out, the next run finds what was predicted, and
each undo gives back what was there. What is advice is carried out as it says (advice.py)."""

import dataclasses
import json
import re
import subprocess

import yaml
from samba.ndr import ndr_pack

from . import agent, names, rds
from .activation import ActivationService
from .advice import carry_out
from .agent import wait_until
from .case import LabCase
from .exports import Exports
from .faults import FAULTS, break_probe, fix_probe
from .repairs import DirectoryRepairs, FarmRepairs
from .running import RunningLab

FARM = 'session_host_licensing'
# What only earlier exports show.
WITH_HISTORY = ('unreachable', 'unreachable-grace', 'degraded', 'reset')
# What an agent that has seen the farm before puts back first.
PUT_BACK = ('mode-expired', 'no-server', 'exhausted', 'wrong-kind', 'workgroup', 'too-old')


@dataclasses.dataclass(frozen=True)
class Row:
    """The reason of the fault, the one when its plan is carried out, and how many of its steps have a command."""
    fault: str
    repaired: str
    commands: int = 0


def advice(fault, repaired):
    return Row(fault, repaired)


def command(fault, repaired, commands=1):
    return Row(fault, repaired, commands)


REACHABLE = {
    'down': advice('tcp_refused', 'reachable'),
    'silent': advice('tls_failed', 'reachable'),
    'expired': advice('tls_expired', 'reachable'),
    'untrusted': advice('tls_untrusted', 'reachable'),
    'other-name': advice('tls_name_mismatch', 'reachable'),
}
EXPECTED = {
    'ebs': {
        'administrators_membership': {'removed': command('not_member', 'member_direct', 2)},
        'pack_already_installed': {
            'planned': advice('already_installed', 'no_pack_planned'),
            'duplicate': advice('duplicate_in_history', 'not_installed'),
            'missing': advice('history_missing', 'not_installed'),
            'cut': advice('history_unreadable', 'not_installed'),
        },
        'internet_connectivity': {**REACHABLE, 'portal': advice('captive_portal', 'reachable')},
        'directory_permissions': {
            'owner': command('owner_not_system', 'owner_and_rights_ok'),
            'deny': command('write_denied', 'owner_and_rights_ok'),
            'remove': command('write_denied', 'owner_and_rights_ok', 2),
            'ace-only': command('granted_through_group', 'owner_and_rights_ok', 2),
            'attribute': command('write_partly_denied', 'owner_and_rights_ok'),
        },
        'license_compliance': {
            'over_assigned': advice('over_assigned', 'none_left'),
            'none_left': advice('none_left', 'compliant'),
            'none_installed': advice('none_installed', 'compliant'),
            'missing': advice('inventory_missing', 'compliant'),
        },
        'activation_events': {'failed': advice('activation_failed', 'superseded_by_success')},
    },
    'rds': {
        'administrators_membership': {'removed': command('not_member', 'member_direct')},
        # The plain endpoint, which the portal takes, is not configured.
        'internet_connectivity': {**REACHABLE, 'portal': advice('reachable', 'reachable')},
        'directory_permissions': {
            'license-servers': command('users_not_writable', 'users_writable'),
            'self': command('users_not_writable', 'users_writable'),
            'protected': advice('protected_users_not_writable', 'users_writable'),
            'once-protected': command('protected_users_not_writable', 'users_writable'),
        },
        'license_compliance': {
            'exhausted': advice('packs_exhausted', 'compliant'),
            'over-issued': advice('user_cals_over_issued', 'none_left'),
            'missing': advice('inventory_missing', 'compliant'),
        },
        FARM: {
            'unreachable': advice('license_server_unreachable', 'licensed'),
            'unreachable-grace': advice('license_server_unreachable', 'grace_reset'),
            'mode-expired': command('mode_not_set_expired', 'licensed', 2),
            'mode': command('mode_not_set', 'licensed', 2),
            'no-server': command('no_license_server', 'licensed'),
            'no-server-grace': command('no_license_server', 'licensed'),
            'degraded': advice('license_server_degraded', 'licensed'),
            'not-activated': advice('license_server_not_activated', 'licensed'),
            'workgroup': advice('per_user_in_workgroup', 'licensed'),
            'workgroup-auth': advice('workgroup_auth_refused', 'licensed'),
            'too-old': advice('license_server_too_old', 'licensed'),
            'no-cals': advice('no_fitting_cals', 'licensed'),
            'wrong-kind': command('wrong_cal_kind', 'licensed'),
            'exhausted': advice('device_cals_exhausted', 'licensed'),
            'refused': advice('device_cals_exhausted', 'users_refused'),
            'over-issued': advice('user_cals_over_issued', 'licensed'),
            'expiring': advice('pack_expiring', 'licensed'),
            'expired': advice('pack_expired', 'licensed'),
            'not-recorded': advice('cals_not_recorded', 'licensed'),
            'not-authorized': advice('host_not_authorized', 'licensed'),
            'not-registered': advice('not_registered', 'licensed'),
            'certificate': command('host_certificate_bad', 'licensed'),
            'drift': command('configuration_drift', 'licensed'),
            'one-client': advice('client_store_damaged', 'licensed'),
            'reset': advice('grace_reset', 'grace_reset'),  # shown for seven days
            'drained': advice('licensed', 'licensed'),
            'silent': advice('export_missing', 'licensed'),
            'no-server-export': advice('server_not_exported', 'licensed'),
            'incompatible': advice('license_server_incompatible', 'licensed'),
            'no-events': advice('export_incomplete', 'licensed'),
            'odd-events': advice('export_incomplete', 'licensed'),
            'no-days': advice('export_incomplete', 'licensed'),
            'remote': advice('status_unknown', 'licensed'),
        },
    },
}


def turns_of(steps):
    """Lists of alternatives, of which one is done."""
    turns = []
    for step in steps:
        if step['is_alternative']:
            turns[-1].append(step)
        else:
            turns.append([step])
    return turns


class Profile:
    """The tests of one profile; each probe has a configuration of its own."""

    def setUp(self):
        super().setUp()
        self.exports = Exports(self.dc.folder)
        self.exports.write()
        fix_probe(self.dc, 'internet_connectivity', self.PROFILE)  # starts the activation service
        self.addCleanup(ActivationService(self.dc.folder).stop)
        self.lab = RunningLab(self.dc.folder)
        self.lab.events.file.unlink(missing_ok=True)
        self.whole = yaml.safe_load(self.lab.lab_configuration(self.PROFILE).read_text())

    def configuration_of(self, probe):
        network = self.whole['networks'][0]
        file = self.scratch / f'{probe}.yml'
        file.write_text(json.dumps({
            'defaults': {'interval': '1s', 'timeout': '1s'},
            'networks': [{**network, 'probes': {probe: network['probes'][probe]}}]}))
        return file

    def run_command(self, probe, *arguments):
        return subprocess.run(
            [agent.binary(), *arguments, '--config.file', str(self.configuration_of(probe)),
             '--state.dir', str(self.scratch / 'state')], capture_output=True, text=True, timeout=120).stdout

    def reason(self, probe):
        report = self.run_command(probe, 'check', '--format', 'json')
        return json.loads(report)['networks'][0]['probes'][0]['reason']

    def break_it(self, probe, variant):
        self.addCleanup(fix_probe, self.dc, probe, self.PROFILE)
        break_probe(self.dc, probe, variant, self.PROFILE)

    def directory_state(self):
        objects = (names.LICENSING_DN, rds.OU, rds.ADMIN_SD_HOLDER_DN,
                   *map(rds.user_dn, (*rds.USERS, rds.PROTECTED_USER)))
        with self.directory() as directory:
            return [*(ndr_pack(directory.descriptor(dn)) for dn in objects),
                    directory.values(rds.user_dn(rds.PROTECTED_USER), 'adminCount'),
                    directory.values(names.test_dn('licadmin'), 'memberOf'),
                    directory.values(rds.SERVER_DN, 'memberOf')]

    def world_of(self, _probe):
        """What carries out a command, and reads what an undo has to give back."""
        return DirectoryRepairs(self.dc), self.directory_state

    def assert_repaired(self, probe, variant, row):
        self.assertEqual(row.fault, self.reason(probe))
        baseline = self.scratch / 'baseline.json'
        baseline.write_text(self.run_command(probe, 'check', '--format', 'json'))
        plans = json.loads(self.run_command(probe, 'repair', '--format', 'json'))['plans']
        steps = plans[0]['steps'] if plans else []
        self.assertEqual(row.commands, sum(step['command'] != '' for step in steps), steps)
        self.assertEqual(row.fault == row.repaired and variant != 'reset', not steps)
        for alternatives in turns_of(steps):
            with_command = [step for step in alternatives if step['command']]
            for step in with_command:
                self.assert_applied_and_undone(probe, step, row)
            if with_command:
                self.world_of(probe)[0].apply(with_command[0], with_command[0]['command'])
            else:
                carry_out(self, plans[0]['summary'], alternatives[0]['text'])
            expected = (with_command or alternatives)[0]['expected']
            if expected:
                self.assertEqual(expected, self.reason(probe), alternatives)
        self.assertEqual(row.repaired, self.reason(probe), steps)
        said = self.run_command(probe, 'verify', '--baseline', str(baseline))
        self.assertNotIn('the world did otherwise', said)
        if steps and steps[-1]['expected']:
            self.assertIn(f'{probe}: as the repair plan predicted.', said)

    def assert_applied_and_undone(self, probe, step, row):
        repairs, state = self.world_of(probe)
        before = state()
        repairs.apply(step, step['command'])
        self.assertNotEqual(before, state(), step['text'])
        if step['expected']:
            self.assertEqual(step['expected'], self.reason(probe), step['text'])
        repairs.apply(step, step['undo'])
        self.assertEqual(before, state(), step['text'])
        self.assertEqual(row.fault, self.reason(probe), step['text'])

    def assert_each_repaired(self, probe):
        for variant in self.variants_of(probe):
            row = EXPECTED[self.PROFILE][probe][variant]
            with self.subTest(variant):
                fix_probe(self.dc, probe, self.PROFILE)
                self.break_it(probe, variant)
                self.assert_repaired(probe, variant, row)

    def variants_of(self, probe):
        return EXPECTED[self.PROFILE][probe]


class EveryFault(LabCase):
    def test_has_a_row(self):
        self.assertEqual({profile: {probe: set(fault.variants) for probe, fault in faults.items()}
                          for profile, faults in FAULTS.items()},
                         {profile: {probe: set(rows) for probe, rows in probes.items()}
                          for profile, probes in EXPECTED.items()})


class Ebs(Profile, LabCase):
    PROFILE = 'ebs'

    def test_each_fault_is_repaired_and_each_undo_is_exact(self):
        for probe in EXPECTED[self.PROFILE]:
            with self.subTest(probe):
                self.assert_each_repaired(probe)


class Rds(Profile, LabCase):
    PROFILE = 'rds'

    def test_each_fault_is_repaired_and_each_undo_is_exact(self):
        for probe in EXPECTED[self.PROFILE]:
            if probe != FARM:
                with self.subTest(probe):
                    self.assert_each_repaired(probe)


class Farm(Profile, LabCase):
    PROFILE = 'rds'

    def setUp(self):
        super().setUp()
        self.farm = FarmRepairs(self.lab.farm)
        self.healthy = self.farm.exports()

    def world_of(self, _probe):
        return self.farm, self.farm.exports

    def break_it(self, probe, variant):
        self.farm.keep(self.healthy)  # without the server that a plan asked for
        super().break_it(probe, variant)

    def variants_of(self, probe):
        return [variant for variant in super().variants_of(probe) if variant not in WITH_HISTORY]

    def test_each_fault_is_repaired_and_each_undo_is_exact(self):
        self.assert_each_repaired(FARM)


class FarmWithHistory(Farm):
    """An agent has seen the farm before."""

    def setUp(self):
        super().setUp()
        self.agent = agent.Agent(self.configuration_of(FARM), self.scratch / 'agent.log', kind=FARM,
                                 arguments=['--state.dir', str(self.scratch / 'state')])
        self.addCleanup(lambda: self.assertEqual(0, self.agent.stop()))

    def break_it(self, probe, variant):
        self.wait_for('licensed')
        super().break_it(probe, variant)
        self.wait_for(EXPECTED[self.PROFILE][probe][variant].fault)

    def wait_for(self, reason):
        """Of a run that has begun since."""
        ready = self.agent.metrics().value('cal_probe_runs_total', probe=FARM) + 2

        def found():
            self.lab.farm.write()  # as every computer does from time to time
            metrics = self.agent.metrics()
            return (metrics.value('cal_probe_runs_total', probe=FARM) >= ready
                    and metrics.value('cal_probe_reason_info', probe=FARM, reason=reason))
        wait_until(reason, found, explain=self.agent.page)

    def assert_repaired(self, probe, variant, row):
        if variant in PUT_BACK:
            plan = json.loads(self.run_command(probe, 'repair', '--format', 'json'))['plans'][0]
            notes = [note for step in plan['steps'] for note in step['beside']]
            self.assertTrue(any(re.search(r' got licenses until .*\. Changed since then: ', note) for note in notes))
        super().assert_repaired(probe, variant, row)

    def variants_of(self, probe):
        return WITH_HISTORY + PUT_BACK
