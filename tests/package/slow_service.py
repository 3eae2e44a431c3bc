"""The service under systemd: what its sandbox permits, and when it is restarted. The directory is the lab's."""

import datetime
import json
import socket

from fakes.evtx_writer import Event, evtx
from lab import names
from lab.case import LabCase
from lab.event_lines import CAL_PROVIDER
from lab.exposition import Exposition
from lab.servers import TcpServer, answer

from .case import CONFIGURATION, UNIT, DebianCase, package
from .hold import Held

PASSWORD_CREDENTIAL = '''
[Service]
LoadCredential=ebs.password:/root/ebs.password
'''
IMPATIENT = '''
[Service]
WatchdogSec=2s
RestartSec=0
'''


class Service(DebianCase, LabCase):
    def setUp(self):
        super().setUp()
        self.install(package())

    def configure_network(self, **probes):
        self.debian.write('/etc/cal_exporter/ebs-ca.pem', self.dc.ca_file.read_bytes())
        self.debian.write('/root/ebs.password',
                          self.dc.password_file_of(names.MONITOR).read_bytes())
        self.debian.run('chmod', '600', '/root/ebs.password')
        self.drop_in(PASSWORD_CREDENTIAL)
        self.debian.write(CONFIGURATION, json.dumps({
            'defaults': {'interval': '5s', 'timeout': '5s'},
            'networks': [{
                'name': 'ebs',
                'directory': {
                    'uri': [f'ldaps://{names.full_name(names.HOST)}'],
                    'ca_file': 'ebs-ca.pem', 'name_servers': [names.ADDRESS],
                    'bind': {'user': f'{names.MONITOR}@{names.DNS_DOMAIN}',
                             'password_file': '$CREDENTIALS_DIRECTORY/ebs.password'}},
                'probes': probes}]}))

    def test_every_kind_of_probe_works_in_the_sandbox_with_a_password_that_is_a_credential(self):
        listener = socket.create_server(('127.0.0.1', 0))
        server = TcpServer(listener, answer(200))
        self.addCleanup(server.close)
        yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
        self.debian.write('/var/lib/cal_exporter/licensing.evtx', evtx(
            [Event(CAL_PROVIDER, 4, 1, yesterday.replace(microsecond=0))]))
        self.debian.write('/etc/cal_exporter/inventory.csv',
                          'edition,kind,installed,assigned\nStandard,user,10,5\n')
        self.configure_network(
            administrators_membership={'accounts': ['EBS\\licadmin']},
            directory_permissions={},
            internet_connectivity={
                'endpoints': [f'http://127.0.0.1:{listener.getsockname()[1]}/'], 'proxy': 'none'},
            license_compliance={'inventory_file': 'inventory.csv'},
            activation_events={'source': {'evtx': '/var/lib/cal_exporter/licensing.evtx'}})
        self.debian.run('systemctl', 'restart', UNIT)

        self.wait_for('every probe has run', lambda: 'is ready' in self.get('/-/ready'))
        page = Exposition(self.get('/metrics'))
        for probe in ('administrators_membership', 'directory_permissions',
                      'internet_connectivity', 'license_compliance', 'activation_events'):
            with self.subTest(probe):
                self.assertEqual('clear', page.verdict(probe)[0], page.verdict(probe))
        self.assertEqual('cal_exporter', self.user_of_process())
        state = '/var/lib/cal_exporter/ebs.activation_events.state'
        owner = self.debian.run('stat', '--format=%U %a', state).stdout
        self.assertEqual('cal_exporter 640\n', owner)
        self.debian.run('systemctl', 'reload', UNIT)
        self.wait_for('the credential is there then, too',
                      lambda: 'configuration reloaded' in self.debian.journal(UNIT))

    def test_the_service_is_restarted_when_the_publisher_hangs(self):
        self.drop_in(IMPATIENT)
        self.debian.run('systemctl', 'restart', UNIT)
        before = self.unit('MainPID')
        with Held(self.process(), 'publisher'):
            self.assertEqual('cal_exporter is healthy.\n', self.get('/-/healthy'))
            self.wait_for('it is restarted', lambda: self.unit('NRestarts') == '1')
        self.wait_for('it serves again', lambda: self.unit('ActiveState') == 'active')
        self.assertNotEqual(before, self.unit('MainPID'))
        self.assertIn('Watchdog timeout', self.debian.journal(UNIT))

    def test_systemd_is_notified_when_a_reload_is_finished(self):
        before = self.unit('MainPID')
        self.debian.write(CONFIGURATION, json.dumps({'networks': [{
            'name': 'ebs',
            'probes': {'internet_connectivity': {'endpoints': ['http://127.0.0.1:1/']}}}]}))
        self.debian.run('systemctl', 'reload', UNIT)
        self.wait_for('the new configuration is in force',
                      lambda: '1 probe;' in self.unit('StatusText'))
        self.assertEqual((before, 'active'), (self.unit('MainPID'), self.unit('ActiveState')))

    def test_a_configuration_with_an_error_does_not_start_and_is_rejected_at_a_reload(self):
        error = f"{CONFIGURATION}:1:12: 'name' is missing"
        self.debian.write(CONFIGURATION, 'networks: [{}]\n')
        self.debian.run('systemctl', 'reload', UNIT)
        self.wait_for('systemctl status says so',
                      lambda: 'the configuration has errors' in self.unit('StatusText'))
        self.assertEqual('active', self.unit('ActiveState'))
        self.assertIn('Nothing is watched yet', self.get())

        restart = self.debian.run('systemctl', 'restart', UNIT, check=False)
        self.assertNotEqual(0, restart.returncode)
        self.wait_for('both journals contain the error',
                      lambda: self.debian.journal(UNIT).count(error) >= 2)

        self.debian.write(CONFIGURATION, 'networks: []\n')
        self.wait_for('it starts by itself', lambda: self.unit('ActiveState') == 'active')
