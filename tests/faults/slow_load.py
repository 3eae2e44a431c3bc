"""Large numbers of members, users and reloads."""

import json
import pathlib
import urllib.request

from lab import agent, names, test_compliance

from . import directory_stage, file_stage
from . import load_stage as stage
from .expectations import Reloaded, Sample, clear

RELOADS = 1000
MEMBERS = 20_000
USERS = 50_000
SLACK = 4  # threads and descriptors that may be there for a moment


class Reloads(file_stage.FileFault):
    fault = f'the configuration is changed and reloaded {RELOADS:,} times in a row'
    says = Reloaded(interval=3)
    goes_on = 'threads and descriptors do not increase; ' + file_stage.FileFault.goes_on
    intervals = ('2s', '3s')

    def break_it(self):
        self.before = self.threads_and_descriptors()
        texts = [json.dumps(self.with_interval(interval)) for interval in self.intervals]
        for number in range(RELOADS):
            self.configuration.write_text(texts[number % 2])
            request = urllib.request.Request(self.agent.url + '/-/reload', method='POST')
            with urllib.request.urlopen(request, timeout=60) as answer:
                self.assertEqual(200, answer.status)

    def while_broken(self):
        after = self.threads_and_descriptors()
        for kind, count in self.before.items():
            self.assertLessEqual(after[kind], count + SLACK, kind)

    def fix_it(self):
        """Nothing is broken."""

    def with_interval(self, interval):
        configuration = json.loads(self.configuration.read_text())
        configuration['networks'][0]['probes'][self.probe]['interval'] = interval
        return configuration

    def threads_and_descriptors(self):
        process = pathlib.Path('/proc') / str(self.agent.pid)
        return {kind: len(list((process / kind).iterdir())) for kind in ('task', 'fd')}


class LargeGroup(directory_stage.DirectoryFault):
    fault = f'Administrators has {MEMBERS:,} members'
    says = clear('member_nested')
    interval = '15s'
    goes_on = 'the account is still found; ' + directory_stage.DirectoryFault.goes_on

    def break_it(self):
        stage.add_many(self.dc, MEMBERS, stage.add_contact)
        stage.add_to_group(self.dc, names.ADMINISTRATORS_DN, MEMBERS)

    def while_broken(self):
        """The account that is a direct member must be found among all members."""
        for account, verdict, reason in (('EBS\\dora', 'clear', 'member_direct'),
                                         ('EBS\\alice', 'present', 'not_member')):
            file = self.scratch / 'one.yml'
            file.write_text(agent.configuration(self.dc, [account]))
            self.assert_found(agent.check(file), verdict, reason)

    def fix_it(self):
        """Nothing is broken."""


class ManyUsers(directory_stage.DirectoryFault):
    fault = f'{USERS:,} users hold a license'
    probe = 'license_compliance'
    healthy = clear('compliant')
    says = Sample('cal_licenses_assigned', USERS - USERS // 10, edition='directory')
    interval = '60s'

    def probe_options(self):
        return {'directory_users': True,
                'inventory_file': str(self.scratch / 'witness' / 'inventory.json')}

    def break_it(self):
        stage.add_many(self.dc, USERS, test_compliance.DirectoryUsers.add_user,
                       test_compliance.USERS_OU)

    def fix_it(self):
        """Nothing is broken."""
