"""The common part of the rows about load: thousands of objects that are added to the directory."""

from lab import names
from lab.directory import Directory

AT_ONCE = 2500  # in one transaction
MANY_OU = f'OU=Many,{names.BASE_DN}'


def add_many(dc, total, add_one, unit=MANY_OU):
    """Calls `add_one(directory, number)` for each; the objects are added to a separate OU."""
    with Directory(dc) as directory:
        directory.add(unit, objectClass='organizationalUnit')
    for begin in range(0, total, AT_ONCE):
        with Directory(dc, batch=True) as directory:
            for number in range(begin, min(begin + AT_ONCE, total)):
                add_one(directory, number)


def add_contact(directory, number):
    directory.add(f'CN=c{number},{MANY_OU}', objectClass='contact')


def add_to_group(dc, group_dn, total):
    for begin in range(0, total, AT_ONCE):
        with Directory(dc) as directory:
            directory.add_members(group_dn, [f'CN=c{number},{MANY_OU}'
                                             for number in range(begin, min(begin + AT_ONCE, total))])
