"""Who is recorded to have made a change: on the page of the plan, for those who may see it, and nowhere else."""

import datetime
import json
import subprocess

from fakes import evtx_writer
from lab import agent, ldif, names
from lab.agent import wait_until
from lab.case import LabCase
from lab.faults import break_probe, fix_probe

PERMISSIONS = 'directory_permissions'
ACTOR = 'Mallory.Zweifelhaft'
ACTOR_SID = f'{names.DOMAIN_SID}-7777'
SECRETS = (ACTOR, 'Zweifelhaft', ACTOR_SID)
RECORDED = f'recorded actor EBS\\{ACTOR} ({ACTOR_SID})'
ACCOUNT_DISABLE, NORMAL_ACCOUNT = 0x2, 0x200  # of userAccountControl
PROVIDER = 'Microsoft-Windows-Security-Auditing'
SUBJECT = [('SubjectUserSid', ACTOR_SID), ('SubjectUserName', ACTOR), ('SubjectDomainName', 'EBS'),
           ('SubjectLogonId', '0x32004')]
OTHER = [('SubjectUserSid', f'{names.DOMAIN_SID}-7778'), ('SubjectUserName', 'Innozenz'), ('SubjectDomainName', 'EBS')]


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def removal(at, record_id=812, subject=SUBJECT):
    """EBS\\licadmin leaves Domain Admins."""
    return {'provider': PROVIDER, 'id': 4729, 'record_id': record_id, 'computer': f'DC1.{names.DNS_DOMAIN}',
            'channel': 'Security', 'time': at.isoformat(), 'data': [
                {'name': name, 'value': value} for name, value in [
                    ('MemberName', names.test_dn('licadmin')), ('MemberSid', '-'), ('TargetUserName', 'Domain Admins'),
                    ('TargetDomainName', 'EBS'), ('TargetSid', f'{names.DOMAIN_SID}-512'), *subject]]}


def descriptor_change(at, subject=SUBJECT):
    return [{'provider': PROVIDER, 'id': 5136, 'record_id': 900 + i, 'computer': f'DC1.{names.DNS_DOMAIN}',
             'channel': 'Security', 'time': at.isoformat(), 'data': [
                 {'name': name, 'value': value} for name, value in [
                     *subject, ('ObjectDN', names.LICENSING_DN), ('AttributeLDAPDisplayName', 'nTSecurityDescriptor'),
                     ('AttributeValue', 'O:SYG:SYD:(D;;WP;;;SY)'), ('OperationType', operation)]]}
            for i, operation in enumerate(('%%14675', '%%14674'))]


class Actors(LabCase):
    """The fault of `self.KIND` is there. Samba has the time of attributes in its metadata, and none of links."""

    def start(self, kind, records, **source):
        self.KIND = kind
        self.addCleanup(fix_probe, self.dc, kind)
        break_probe(self.dc, kind)
        log = self.scratch / 'security.jsonl'
        log.write_text(''.join(json.dumps(record) + '\n' for record in records(now())))
        self.configuration = self.configure(
            'EBS\\licadmin', probe={'interval': '2s', 'timeout': '2s', **({'licensing_server': 'EBS\\DC1$'}
                                    if kind == agent.MEMBERSHIP else {'object': names.LICENSING_DN})},
            actors=True, security_log=source or {'jsonl': str(log)})
        self.textfile = self.scratch / 'cal.prom'
        self.state = self.scratch / 'state'
        running = agent.Agent(self.configuration, self.scratch / 'agent.log', kind=kind, arguments=[
            '--state.dir', str(self.state), '--textfile.output', str(self.textfile)])
        self.addCleanup(running.stop)
        running.wait_for('present', *(['not_member'] if kind == agent.MEMBERSHIP else ['owner_not_system', 'write_denied']))
        return running

    def plan_page(self, running, **headers):
        return running.get(f'/runbooks/{self.KIND}?network=ebs', headers=list(headers.items()))[1]

    def assert_only_on_the_page(self, running):
        paths = ['/', '/?search=ebs', f'/probes/ebs/{self.KIND}', f'/runbooks/{self.KIND}', '/licenses', '/config',
                 '/metrics', '/api/v1/status', '/api/v1/repair', '/-/ready']
        texts = {path: running.get(path)[1] for path in paths}
        texts['the page for others'] = running.get(f'/runbooks/{self.KIND}?network=ebs',
                                                   headers=[('X-Forwarded-For', '192.0.2.1')])[1]
        configuration = ['--config.file', str(self.configuration)]
        for command in (['check'], ['check', '--format', 'json'], ['check', '--format', 'nagios'], ['check', '--self-test'],
                        ['repair'], ['repair', '--format', 'json'], ['repair', '--format', 'powershell'], ['preflight']):
            done = subprocess.run([agent.binary(), *command, *configuration], capture_output=True, text=True, timeout=60)
            texts[' '.join(command)] = done.stdout + done.stderr
        texts['log'] = running.log()
        texts['textfile'] = self.textfile.read_text()
        for file in self.state.rglob('*'):
            if file.is_file():
                texts[str(file)] = file.read_bytes().decode(errors='replace')
        self.assertIn('cal_probe_verdict', texts['textfile'])
        for where, text in texts.items():
            for secret in SECRETS:
                self.assertNotIn(secret, text, where)
            self.assertNotIn('recorded actor', text, where)

    def test_who_removed_a_member_is_on_the_page_of_the_plan_only(self):
        running = self.start(agent.MEMBERSHIP, lambda at: [removal(at - datetime.timedelta(days=3), 700, OTHER), removal(at)])
        page = self.plan_page(running)
        self.assertIn('To find who changed it', page)
        self.assertIn(RECORDED, page)
        self.assertIn('event 4729 of DC1.ebs.example.com', page)
        self.assert_only_on_the_page(running)

    def test_who_changed_permissions_is_found_by_the_time_of_the_metadata(self):
        running = self.start(PERMISSIONS, lambda at: [*descriptor_change(at - datetime.timedelta(days=1), OTHER),
                                                      *descriptor_change(at)])
        page = self.plan_page(running)
        self.assertIn(RECORDED, page)
        self.assertIn('event 5136 of DC1.ebs.example.com', page)
        self.assertNotIn('Innozenz', page)
        self.assert_only_on_the_page(running)

    def test_a_record_that_comes_later_is_found_in_a_later_run(self):
        running = self.start(agent.MEMBERSHIP, lambda at: [])
        self.assertIn('no record found', self.plan_page(running))
        with open(self.scratch / 'security.jsonl', 'a') as log:
            log.write(json.dumps(removal(now())) + '\n')
        wait_until('the actor is shown', lambda: RECORDED in self.plan_page(running))

    def test_a_log_that_is_not_there_is_said(self):
        running = self.start(agent.MEMBERSHIP, lambda at: [], jsonl=str(self.scratch / 'nothing.jsonl'))
        self.assertIn('nothing.jsonl', self.plan_page(running))

    def test_an_event_log_file_is_read_in_a_child_process(self):
        at = now()
        data = [names.test_dn('licadmin'), '-', 'Domain Admins', 'EBS', f'{names.DOMAIN_SID}-512', ACTOR_SID, ACTOR, 'EBS',
                '0x32004', '-']
        others = [evtx_writer.Event(PROVIDER, 4624, 100 + i, at - datetime.timedelta(hours=1), ['x'],
                                    computer=f'DC1.{names.DNS_DOMAIN}', channel='Security') for i in range(500)]
        file = self.scratch / 'security.evtx'
        file.write_bytes(evtx_writer.evtx([*others, evtx_writer.Event(
            PROVIDER, 4729, 812, at, data, computer=f'DC1.{names.DNS_DOMAIN}', channel='Security')]))
        running = self.start(agent.MEMBERSHIP, lambda at: [], evtx=str(file))
        self.assertIn(RECORDED, self.plan_page(running))
        self.assert_only_on_the_page(running)


class SambaAudit(LabCase):
    """Real records: Samba's own audit log."""

    def test_the_account_that_made_the_change_is_the_recorded_actor(self):
        self.dc.stop()
        log = self.dc.log_changes()
        self.dc.start()
        self.addCleanup(self.dc.restore)
        self.addCleanup(self.dc.stop)
        ldif.modify(self.dc, [f'dn: {names.test_dn("alice")}', 'changetype: modify', 'replace: userAccountControl',
                              f'userAccountControl: {NORMAL_ACCOUNT | ACCOUNT_DISABLE}'])
        ldif.modify(self.dc, [f'dn: {names.DOMAIN_ADMINS_DN}', 'changetype: modify', 'delete: member',
                              f'member: {names.test_dn("licadmin")}'])
        administrator = f'recorded actor {names.DOMAIN_SID}-500'
        for account, reason in (('EBS\\alice', 'account_disabled'), ('EBS\\licadmin', 'not_member')):
            with self.subTest(account):
                running = self.serve(account, actors=True, security_log={'jsonl': str(log)})
                running.wait_for('present', reason)
                self.assertIn(administrator, running.get(f'/runbooks/{self.KIND}?network=ebs')[1])

