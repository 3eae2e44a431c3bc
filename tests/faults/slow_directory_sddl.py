"""Security descriptors in SDDL, read as Windows reads them; what Windows wraps or clamps is refused."""

from . import command_stage as stage
from . import fake_stage


class Sddl(stage.CommandFault):
    """`access-check` asks for the right to write properties (0x20), as SYSTEM."""

    sddl = None
    fault = 'a right is written as WP'

    says = stage.Ended(0, 'granted', 'Write property')

    def arguments(self):
        return ['access-check', '--sid', 'S-1-5-18', '--mask', '0x20', f'--sddl={self.sddl or "D:(A;;WP;;;SY)"}']


GRANTED = Sddl.says
DENIED = stage.Ended(1, 'denied', 'missing: Write property')


def refused(place, what):
    return stage.Ended(3, f'at character {place}: {what}')


fake_stage.rows(globals(), Sddl, (
    ('Octal', 'a right is written in octal: 040', GRANTED, {'sddl': 'D:(A;;040;;;SY)'}),
    ('NotOctal', 'it is written as 08, which is not octal', refused(7, 'not a number of 32 bits'),
     {'sddl': 'D:(A;;08;;;SY)'}),
    ('Decimal', 'it is written in decimal: 32', GRANTED, {'sddl': 'D:(A;;32;;;SY)'}),
    ('LineBreak', 'a line break is before the entry', GRANTED, {'sddl': 'D:\r\n(A;;WP;;;SY)'}),
    ('Wraps', 'a right is larger than 32 bits', refused(7, 'not a number of 32 bits'),
     {'sddl': 'D:(A;;0x100000020;;;SY)'}),
    ('Negative', 'a right is a negative number', refused(7, 'unknown right'),
     {'sddl': 'D:(A;;-1;;;SY)'}),
    ('UnknownRight', 'a right is followed by letters of no right', refused(9, 'unknown right'),
     {'sddl': 'D:(A;;WPZZ;;;SY)'}),
    ('Clamped', 'a part of a SID is larger than 32 bits', refused(14, 'not a SID'),
     {'sddl': 'D:(A;;0x20;;;S-1-5-4294967296-1)'}),
    ('HexSid', 'a part of a SID is written in hexadecimal', GRANTED, {'sddl': 'D:(A;;0x20;;;S-1-5-0x12)'}),
    ('Ho', 'the right is given to HO (S-1-5-32-584)', DENIED, {'sddl': 'D:(A;;WP;;;HO)'}),
    ('Sh', 'the right is given to SH (S-1-5-32-585)', DENIED, {'sddl': 'D:(A;;WP;;;SH)'}),
    ('TrustLabel', 'the SACL has a process trust label (TL)', GRANTED,
     {'sddl': 'D:(A;;WP;;;SY)S:(TL;;0x1;;;WD)'}),
    ('AccessFilter', 'the SACL has an access filter (FL)', GRANTED,
     {'sddl': 'D:(A;;WP;;;SY)S:(FL;TP;0x1;;;WD;(1==1))'}),
    ('Critical', 'an entry has the flag CR', GRANTED, {'sddl': 'D:(A;CR;WP;;;SY)'})))
