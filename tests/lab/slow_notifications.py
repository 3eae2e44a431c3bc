"""Each cause, and failed activations, from the fault to the phone and back: exactly one notification for each
network and severity, which names the cause, the evidence and the first step."""

from .faults import fix_probe
from .notification_case import NotificationCase

# The probe with the fault, the text of the notification, and its evidence.
TOLD = [
    ('administrators_membership',
     'The account that installs the CAL pack is not a usable administrator.',
     'Reason: administrators_membership: not_member.', 'EBS\\licadmin is not a member of'),
    ('pack_already_installed', 'The CAL pack is already installed, or listed twice.',
     'Reason: pack_already_installed: already_installed.', 'is in the installation history'),
    ('internet_connectivity', 'Licenses cannot be activated over the Internet.',
     'Reason: internet_connectivity: tcp_refused.', 'fails at stage tcp', 'First step: Allow outbound TCP '),
    ('directory_permissions',
     'The licensing service cannot read or write all of its data in the directory.',
     'Reason: directory_permissions: write_denied.',
     'SYSTEM is denied write on CN=msWssgConfig,CN=System', 'First step: Open CN=msWssgConfig,CN=System'),
]
UNEXPLAINED = 'An activation failed, and no probe explains why.'


class Notifications(NotificationCase):
    def test_each_cause_is_notified_once_and_so_is_its_end(self):
        for probe, summary, *words in TOLD:
            with self.subTest(probe):
                self.forget()
                self.break_it(probe)
                self.assert_told(self.wait_for('firing', 'warning'), summary, probe, *words)
                fix_probe(self.dc, probe)
                self.wait_for('resolved', 'warning')
                self.assertEqual([('firing', 'warning'), ('resolved', 'warning')], self.arrived())

    def test_an_activation_that_fails_is_critical(self):
        self.break_it('activation_events')
        told = self.wait_for('firing', 'critical')
        self.assertEqual('on_call', told.receiver)
        self.assert_told(told, UNEXPLAINED, 'activation_events', 'activation_failed',
                         'Event 5 of ebs_cal was logged.', 'An activation failed at 20')
        fix_probe(self.dc, 'activation_events')
        self.wait_for('resolved', 'critical')
        self.assertEqual([('firing', 'critical'), ('resolved', 'critical')], self.arrived())

    def test_a_failed_activation_raises_its_cause_to_critical_and_silences_the_warning(self):
        probe, summary, *words = TOLD[-1]
        self.break_it(probe)
        self.wait_for('firing', 'warning')
        self.break_it('activation_events')
        self.assert_told(self.wait_for('firing', 'critical'), summary, probe,
                         'An activation failed at 20', words[1])
        fix_probe(self.dc, 'activation_events')
        self.wait_for('resolved', 'critical')
        fix_probe(self.dc, probe)
        self.wait_for('resolved', 'warning')
        self.assertEqual([('firing', 'warning'), ('firing', 'critical'),
                          ('resolved', 'critical'), ('resolved', 'warning')], self.arrived())
