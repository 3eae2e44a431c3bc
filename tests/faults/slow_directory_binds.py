"""Refused binds: each code has its meaning and its step, in any language."""

from lab.agent import wait_until

from . import fake_stage as stage
from .expectations import unknown
from .fault import PATIENCE


def refused(code, *words):
    return unknown('bind_refused', words=(code, *words))


stage.rows(globals(), stage.RefusedBind, (
    ('WrongPassword', 'the password is wrong (52e)', refused('49/52e', 'invalid credentials', 'held until'),
     {'data': '52e', 'secret_is_wrong': True}),
    ('NoData', 'the credentials are refused without a code',
     refused('(49)', 'invalid credentials', 'held until'),
     {'text': 'Invalid credentials', 'secret_is_wrong': True}),
    ('NoUser', 'the user does not exist (525)', refused('49/525', 'no such user', 'check the user name'),
     {'data': '525'}),
    ('Hours', 'the account is outside its logon hours (530)',
     refused('49/530', 'not allowed to log on at this time', 'logon hours'), {'data': '530'}),
    ('Workstations', 'the account is not allowed to log on from this host (531)',
     refused('49/531', 'not allowed to log on from this host', 'allow it to log on to all computers'),
     {'data': '531'}),
    ('Expired', "the agent's password has expired (532)",
     refused('49/532', 'the password has expired', 'set a new password'), {'data': '532'}),
    ('Disabled', "the agent's account is disabled (533)",
     refused('49/533', 'the account is disabled', 'enable the account'), {'data': '533'}),
    ('LogonType', 'the account has no right to this type of logon (534)',
     refused('49/534', 'no right to this type of logon', 'Access this computer from the network'),
     {'data': '534'}),
    ('DeniedLogonType', 'a policy denies the account this type of logon (569)',
     refused('49/569', 'no right to this type of logon', 'Deny access to this computer from the network'),
     {'data': '569'}),
    ('Parameter', 'the server cannot use the name or the password (57)',
     refused('49/57', 'cannot use the user name or the password', 'NAME@DOMAIN'), {'data': '57'}),
    ('NoLogonServer', 'the server finds no logon server (51f)',
     refused('49/51f', 'no logon server', 'domain controllers of the account'), {'data': '51f'}),
    ('Restriction', 'the account is in Protected Users (52f)',
     refused('49/52f', 'Protected Users', 'method: gssapi'), {'data': '52f'}),
    ('AccountExpired', "the agent's account has expired (701)",
     refused('49/701', 'the account has expired', 'set a later expiration date'), {'data': '701'}),
    ('MustChange', 'the password must be changed at the next logon (773)',
     refused('49/773', 'must be changed at the next logon', 'clear the flag'), {'data': '773'}),
    ('Locked', "the agent's account is locked out (775)",
     refused('49/775', 'locked out', 'unlock it'), {'data': '775'}),
    ('ChannelBinding', 'the server requires channel binding (80090346)',
     refused('49/80090346', 'requires channel binding', 'LdapEnforceChannelBinding'),
     {'text': '80090346: LdapErr: DSID-0C09058A, comment: AcceptSecurityContext error, data 80090346, v4563'}),
    ('ChannelBindingAtFront', 'it does, and says so only at the front of its text',
     refused('49/80090346', 'requires channel binding'),
     {'text': '80090346: LdapErr: DSID-0C09058A, comment: AcceptSecurityContext error, data 0, v4563'}),
    ('Signing', 'the server requires signing (8)', refused('(8', 'requires signing', 'ldaps://'),
     {'result': 8, 'text': '00002028: LdapErr: DSID-0C090202, comment: The server requires binds to turn '
                           'on integrity checking, data 0, v4563'}),
    ('Confidentiality', 'the server requires encryption (13)',
     refused('(13', 'requires an encrypted connection', 'ldaps://'), {'result': 13, 'text': ''}),
    ('German', 'a German server refuses a disabled account (533)',
     refused('49/533', 'the account is disabled'),
     {'text': '80090308: LdapErr: DSID-0C090447, Kommentar: Fehler bei AcceptSecurityContext, Daten 533, v4563'}),
    ('OtherCode', 'the server refuses with a code that no table has (1f4)',
     refused('data 1f4', 'certutil -error'), {'data': '1f4'})))


class NoVerdict(stage.RefusedBind):
    fault = 'a new password gets a code that says nothing about it (80), in two probes'
    says = unknown('server_error', words=('(80)',))
    goes_on = 'one bind per interval is sent; ' + stage.RefusedBind.goes_on
    result, text = 80, 'other'

    def networks(self):
        [network] = super().networks()
        network['probes']['directory_permissions'] = {'object': 'CN=msWssgConfig,CN=System', **self.timing}
        return [network]

    def may_claim(self, family, labels):
        return family.startswith('cal_directory_')  # of the other probe, until it has run

    def break_it(self):
        super().break_it()
        self.password.write_text('new-Passw0rd')

    def while_broken(self):
        probes = (self.probe, 'directory_permissions')
        binds, runs = len(self.server.binds), [self.runs(probe=probe) for probe in probes]
        wait_until('each probe has run four times', lambda: all(
            self.runs(probe=probe) >= before + 4 for probe, before in zip(probes, runs)), PATIENCE)
        self.assertLessEqual(len(self.server.binds) - binds, 7)  # of eight or more runs
