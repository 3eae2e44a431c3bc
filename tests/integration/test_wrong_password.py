"""A wrong password: however many probes, networks, reloads, restarts and commands there are, the directory
sees it once. The directory here is a server that refuses every bind and counts."""

import json
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from lab.agent import Agent, binary, wait_until
from lab.certificates import Authority
from lab.servers import TcpServer

_TEXT = b'80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data %s, v4563'


class RefusingDirectory:
    """LDAPS on loopback. `passwords` has the password of each bind."""

    def __init__(self, certificate, data=b'52e'):
        self.passwords = []
        self.data = data
        listener = socket.create_server(('127.0.0.1', 0))
        self.uri = f'ldaps://127.0.0.1:{listener.getsockname()[1]}'
        self._server = TcpServer(listener, self._behave, certificate)
        self.close = self._server.close

    def _behave(self, connection):
        request = connection.recv(65536)
        if b'\x02\x01\x03\x04' not in request:
            return  # it leaves without a bind
        # RFC 4511: 30 LENGTH, 02 01 ID, 60 LENGTH, 02 01 03, 04 LENGTH NAME, 80 LENGTH PASSWORD.
        name_at = request.index(b'\x02\x01\x03\x04') + 4
        password_at = name_at + 1 + request[name_at] + 1
        self.passwords.append(request[password_at + 1:][:request[password_at]].decode())
        text = _TEXT % self.data
        result = b'\x0a\x01\x31\x04\x00\x04' + bytes([len(text)]) + text
        body = request[2:5] + b'\x61' + bytes([len(result)]) + result
        connection.sendall(b'\x30\x81' + bytes([len(body)]) + body)
        while connection.recv(65536):
            pass


class WrongPassword(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.scratch = pathlib.Path(folder.name)
        authority = Authority(self.scratch / 'ca')
        self.directory = RefusingDirectory(authority.issue('dc', 'IP:127.0.0.1'))
        self.addCleanup(self.directory.close)
        self.password = self.scratch / 'password'
        self.password.write_text('wrong-1')
        self.state = self.scratch / 'state'
        self.config = self.scratch / 'cal_exporter.yml'
        reached = {'uri': self.directory.uri, 'ca_file': str(authority.certificate),
                   'bind': {'method': 'simple', 'user': 'svc@ebs.example.com',
                            'password_file': str(self.password)}}
        probes = {'administrators_membership': {'accounts': 'EBS\\licadmin'},
                  'directory_permissions': {}}
        self.networks = [{'name': name, 'directory': reached, 'probes': probes}
                         for name in ('one', 'two')]
        self.write_config(interval='1s')

    def write_config(self, **defaults):
        self.config.write_text(json.dumps({'defaults': defaults, 'networks': self.networks}))

    def start(self):
        agent = Agent(self.config, self.scratch / 'log', kind='directory_permissions',
                      arguments=['--state.dir', str(self.state)])
        self.addCleanup(agent.stop)
        return agent

    def run_command(self, *arguments):
        return subprocess.run([binary(), *arguments, '--config.file', self.config, '--state.dir',
                               self.state], capture_output=True, text=True, timeout=60)

    def runs(self, agent):
        return agent.metrics().value('cal_probe_runs_total', network='two',
                                     probe='directory_permissions')

    def wait_for_runs(self, agent, count):
        before = self.runs(agent)
        wait_until(f'{count} more runs', lambda: self.runs(agent) >= before + count)

    def test_the_agent_sends_it_once(self):
        agent = self.start()
        self.wait_for_runs(agent, 4)
        self.assertEqual(['wrong-1'], self.directory.passwords)
        metrics = agent.metrics()
        for network in ('one', 'two'):
            self.assertGreater(
                metrics.value('cal_directory_binds_held_total', network=network), 2)
            until = metrics.value('cal_directory_bind_held_until_timestamp_seconds',
                                  network=network)
            self.assertTrue(13 * 60 < until - time.time() <= 15 * 60)
        self.assertIn('held until', agent.get('/')[1])

        self.write_config(interval='1s', timeout='900ms')  # every probe is new after this reload
        agent.send(signal.SIGHUP)
        self.wait_for_runs(agent, 3)
        self.assertEqual(['wrong-1'], self.directory.passwords)

        self.assertEqual(0, agent.stop())
        agent = self.start()
        self.wait_for_runs(agent, 3)
        self.assertEqual(['wrong-1'], self.directory.passwords)

        self.password.write_text('wrong-2')
        self.wait_for_runs(agent, 3)
        self.assertEqual(['wrong-1', 'wrong-2'], self.directory.passwords)
        state = ''.join(file.read_text() for file in self.state.iterdir())
        self.assertNotIn('wrong-', state + agent.log())

    def test_the_commands_send_it_once(self):
        self.state.mkdir()
        baseline = self.scratch / 'baseline.json'
        first = self.run_command('check', '--format', 'json')
        baseline.write_text(first.stdout)
        self.assertEqual(3, first.returncode, first.stderr)
        for command in (['check'], ['check', '--self-test'], ['preflight', '--network', 'one'],
                        ['verify', '--baseline', baseline], ['check']):
            done = self.run_command(*command)
            self.assertIn('held until', done.stdout, done.stderr)
        self.assertEqual(['wrong-1'], self.directory.passwords)
        self.assertEqual(['directory.command_binds.state'],
                         [file.name for file in self.state.iterdir()])

    def test_the_commands_obey_a_running_agent(self):
        agent = self.start()
        self.wait_for_runs(agent, 2)
        self.assertIn('held until', self.run_command('check').stdout)
        self.assertEqual(['wrong-1'], self.directory.passwords)

    def test_without_a_state_folder_each_command_sends_it_once(self):
        for count in (1, 2):
            done = self.run_command('check')
            self.assertIn('held until', done.stdout)
            self.assertEqual('', done.stderr)
            self.assertEqual(['wrong-1'] * count, self.directory.passwords)

    def test_a_disabled_account_is_tried_once_per_interval(self):
        self.directory.data = b'533'
        agent = self.start()
        self.wait_for_runs(agent, 1)
        begun, binds = time.monotonic(), len(self.directory.passwords)
        self.wait_for_runs(agent, 6)
        binds = len(self.directory.passwords) - binds
        intervals = time.monotonic() - begun
        self.assertTrue(2 <= binds <= intervals / 0.9 + 1, f'{binds} binds in {intervals} s')
        self.assertIn('tried once per interval', agent.get('/')[1])

    def test_the_self_test_gives_the_step_for_the_code(self):
        for data, step in ((b'533', 'Enable-ADAccount svc'), (b'775', 'Unlock-ADAccount svc'),
                           (b'52e', 'Set-ADAccountPassword svc -Reset')):
            with self.subTest(data):
                self.directory.data = data
                done = self.run_command('check', '--self-test')
                self.assertEqual(2, done.returncode, done.stdout)
                self.assertIn(step, done.stdout)


if __name__ == '__main__':
    unittest.main()
