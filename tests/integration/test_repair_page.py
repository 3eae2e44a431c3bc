"""Who sees a repair plan: somebody on the agent's host, and over TLS a client with a password or a certificate.
Nobody else gets a line of its commands, from any path, whatever the headers claim."""

import html
import json
import re
import ssl
import subprocess
import urllib.error
import urllib.request

from lab import agent
from lab.agent import wait_until
from lab.case import LabCase
from lab.certificates import Authority
from lab.faults import break_probe, fix_probe

from .network import run
from .web import PASSWORD, USER, authorization, bcrypt

KIND = 'administrators_membership'
PAGE = f'/runbooks/{KIND}?network=ebs'
API = '/api/v1/repair'
PATHS = ['/', '/?search=ebs', f'/probes/ebs/{KIND}', f'/runbooks/{KIND}', PAGE, '/licenses', API, f'{API}?network=ebs',
         '/api/v1/status', '/metrics', '/config']
OTHER_HOST = '192.0.2.1'  # an address of this host that is not loopback: it asks as itself
COMMAND = 'Add-LocalGroupMember'  # of the plan; no runbook names it
LONGER_THAN_A_BRACE = 4


def text_of(url, path, headers=(), context=None):
    request = urllib.request.Request(url + path, headers=dict(headers))
    try:
        with urllib.request.urlopen(request, timeout=30, context=context) as answer:
            status, headers, body = answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, headers, body = error.code, error.headers, error.read().decode()
    return status, headers, html.unescape(body)


class RepairPage(LabCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        run('ip', 'address', 'add', f'{OTHER_HOST}/32', 'dev', 'lo')
        cls.addClassCleanup(run, 'ip', 'address', 'del', f'{OTHER_HOST}/32', 'dev', 'lo')
        break_probe(cls.dc, KIND)
        cls.addClassCleanup(fix_probe, cls.dc, KIND)
        cls.authority = Authority(cls.dc.folder / 'web', 'An authority')
        cls.certificate, cls.key = cls.authority.issue('server', f'DNS:localhost,IP:127.0.0.1,IP:{OTHER_HOST}')

    def start(self, *arguments, web=None, context=None):
        """An agent on loopback and on the other address: both URLs."""
        if web is not None:
            file = self.scratch / 'web.yml'
            file.write_text(json.dumps(web))
            arguments += ('--web.config.file', str(file))
        configuration = self.configure('EBS\\licadmin', probe={'interval': '3s', 'timeout': '3s'})
        running = agent.Agent(configuration, self.scratch / 'agent.log', kind=KIND, context=context, arguments=[
            '--state.dir', str(self.scratch / 'state'), '--web.listen-address', f'{OTHER_HOST}:0', *arguments])
        self.addCleanup(running.stop)
        wait_until('both addresses', lambda: running.log().count('://') > 1)
        other = re.search(rf'https?://{re.escape(OTHER_HOST)}:\d+', running.log())[0]
        wait_until('the probe ran', lambda: 'not_member' in text_of(
            running.url, '/metrics', authorization(), context)[2])
        return running.url, other

    def lines(self):
        """Of the commands that `repair` prints, each with something in it."""
        done = subprocess.run([agent.binary(), 'repair', '--format', 'json', '--config.file',
                               str(self.scratch / 'cal_exporter.yml')], capture_output=True, text=True, timeout=60)
        steps = [step for plan in json.loads(done.stdout)['plans'] for step in plan['steps']]
        lines = {line.strip() for step in steps for part in ('setup', 'check', 'command', 'check_after', 'undo')
                 for line in step[part].splitlines()}
        self.assertTrue(any(COMMAND in line for line in lines))
        return {line for line in lines if len(line) > LONGER_THAN_A_BRACE}

    def assert_shown(self, url, headers=(), context=None):
        status, given, page = text_of(url, PAGE, headers, context)
        self.assertEqual(200, status)
        for line in self.lines():
            self.assertIn(line, page)
        self.assertEqual('no-store', given['Cache-Control'])
        status, given, body = text_of(url, f'{API}?network=ebs', headers, context)
        self.assertEqual(200, status)
        self.assertIn(COMMAND, body)
        self.assertEqual('no-store', given['Cache-Control'])
        self.assertEqual(404, text_of(url, f'{API}?network=nowhere', headers, context)[0])

    def assert_hidden(self, url, headers=(), context=None):
        lines = self.lines()
        for path in PATHS:
            _, _, body = text_of(url, path, headers, context)
            self.assertEqual([], [line for line in lines if line in body], path)
        status, _, page = text_of(url, PAGE, headers, context)
        self.assertEqual(200, status)
        self.assertIn('not_member', text_of(url, '/api/v1/status', headers, context)[2])
        self.assertIn('cal_exporter repair --network ebs', page)
        self.assertEqual(403, text_of(url, API, headers, context)[0])

    def test_on_the_agents_host(self):
        here, there = self.start()
        self.assert_shown(here)
        self.assert_shown(here.replace('127.0.0.1', 'localhost'))
        self.assert_hidden(there)
        self.assert_hidden(there, {'Host': 'localhost'})
        for claim in ({'X-Forwarded-For': '127.0.0.1'}, {'Forwarded': 'for=127.0.0.1'}, {'Via': '1.1 proxy'}):
            self.assert_hidden(here, claim)
            self.assert_hidden(there, claim)
        self.assert_hidden(here, {'Host': OTHER_HOST})
        self.assert_shown(here)  # what others were shown is not kept

    def test_with_an_address_for_people_a_proxy_may_be_between(self):
        self.assert_hidden(self.start('--web.external-url', 'https://cal.example.com/cal')[0])

    def test_an_external_address_on_this_host_is_not_a_proxy(self):
        self.assert_shown(self.start('--web.external-url', 'http://localhost:10105')[0])

    def test_a_password_counts_over_tls(self):
        users = {'basic_auth_users': {USER: bcrypt(PASSWORD, 4)}}
        here, there = self.start(web=users)
        self.assert_hidden(there, authorization())
        self.assert_shown(here, authorization())
        self.assertEqual(401, text_of(here, PAGE)[0])

        tls = {'tls_server_config': {'cert_file': str(self.certificate), 'key_file': str(self.key)}, **users}
        context = ssl.create_default_context(cafile=str(self.authority.certificate))
        _, there = self.start(web=tls, context=context)
        for _ in range(2):  # checked, then remembered
            self.assert_shown(there, authorization(), context)
        for headers in ({}, authorization(password='wrong')):
            for path in PATHS:
                self.assertEqual(401, text_of(there, path, headers, context)[0])

    def test_tls_alone_proves_nobody(self):
        context = ssl.create_default_context(cafile=str(self.authority.certificate))
        _, there = self.start(context=context, web={'tls_server_config': {
            'cert_file': str(self.certificate), 'key_file': str(self.key)}})
        self.assert_hidden(there, context=context)
        self.assert_hidden(there, authorization(), context)

    def test_a_certificate_counts_if_it_is_verified(self):
        client = self.authority.issue('client', 'DNS:admin.example.com', usage='clientAuth')
        anonymous = ssl.create_default_context(cafile=str(self.authority.certificate))
        known = ssl.create_default_context(cafile=str(self.authority.certificate))
        known.load_cert_chain(*client)
        tls = {'cert_file': str(self.certificate), 'key_file': str(self.key)}
        _, there = self.start(context=known, web={'tls_server_config': {
            **tls, 'client_auth_type': 'VerifyClientCertIfGiven', 'client_ca_file': str(self.authority.certificate)}})
        self.assert_shown(there, context=known)
        self.assert_hidden(there, context=anonymous)
        _, there = self.start(context=known, web={'tls_server_config': {
            **tls, 'client_auth_type': 'RequireAnyClientCert'}})
        self.assert_hidden(there, context=known)  # it may be anybody's


class OpenEvidence(LabCase):
    """Entries that allow, and groups that give rights, would help an attacker."""

    PATHS = ['/', '/?search=ebs', '/probes/ebs/{}', '/runbooks/{}', '/runbooks/{}?network=ebs', '/api/v1/status']
    OTHERS = {'X-Forwarded-For': '192.0.2.7'}

    def texts_for(self, running, headers):
        return {path: text_of(running.url, path.format(self.KIND), headers)[2] for path in self.PATHS}

    def assert_for_trusted_only(self, running, *secrets):
        shown, open_texts = self.texts_for(running, {}), self.texts_for(running, self.OTHERS)
        for secret in secrets:
            self.assertTrue(any(secret in text for text in shown.values()), secret)
            self.assertEqual([], [path for path, text in open_texts.items() if secret in text], secret)
        for path, text in open_texts.items():
            self.assertIn('what gives rights', text, path)
            self.assertIn('cal_exporter check', text, path)

    def test_the_groups_of_a_member(self):
        running = self.serve('EBS\\bob')
        running.wait_for('clear', 'member_nested')
        self.assert_for_trusted_only(running, 'G3', 'G2', 'G1')

    def test_the_members_of_a_group(self):
        running = self.serve('EBS\\alice')
        running.wait_for('present', 'not_member')
        self.assert_for_trusted_only(running, 'dora', 'D2')

    def test_the_entries_of_an_object(self):
        self.KIND = 'directory_permissions'
        running = self.serve()
        running.wait_for('clear', 'owner_and_rights_ok')
        self.assert_for_trusted_only(running, '(A;;CCDC', 'allow Full control')
        break_probe(self.dc, self.KIND, 'deny')
        self.addCleanup(fix_probe, self.dc, self.KIND)
        running.wait_for('present', 'write_denied')
        self.assert_for_trusted_only(running, '(A;;CCDC', 'allow Full control')
        for text in self.texts_for(running, self.OTHERS).values():
            self.assertIn('(D;;WP;;;SY)', text)  # the finding itself
