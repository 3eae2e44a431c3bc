"""A fault reaches the phone: one of the causes; the others are in slow_notifications.py."""

from .faults import fix_probe
from .notification_case import NotificationCase


class OneCause(NotificationCase):
    def test_a_cause_is_notified_once_and_so_is_its_end(self):
        self.break_it('administrators_membership')
        told = self.wait_for('firing', 'warning')
        self.assertEqual('licensing_team', told.receiver)
        self.assert_told(told, 'The account that installs the CAL pack is not a usable administrator.',
                         'administrators_membership', 'Reason: administrators_membership: not_member',
                         'EBS\\licadmin is not a member of', '\nFirst step: Add EBS\\licadmin to ')
        fix_probe(self.dc, 'administrators_membership')
        self.wait_for('resolved', 'warning')
        self.assertEqual([('firing', 'warning'), ('resolved', 'warning')], self.arrived())
