"""The parts of a security descriptor in Samba's SDDL."""

import re


def split(text):
    """Owner and group, the flags of the discretionary list, and its entries."""
    found = re.fullmatch(r'(O:.*?G:.*?)D:([A-Z]*)((?:\([^)]*\))*)', text)
    return found[1], found[2], re.findall(r'\([^)]*\)', found[3])


def without(text, unwanted):
    """The descriptor without the entries for which `unwanted` holds."""
    owner_and_group, flags, entries = split(text)
    return f'{owner_and_group}D:{flags}{"".join(e for e in entries if not unwanted(e))}'


def trustee(entry):
    return entry.rstrip(')').split(';')[5]


def object_type(entry):
    return entry.split(';')[3]
