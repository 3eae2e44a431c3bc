"""Compares the items of two contracts, and looks for each difference in the changelog.

An item is a line "NAME: DETAIL" or "NAME". Its key is the name without a remark in parentheses; a
changelog entry names it when every word of the key is in the entry's backticks."""

import dataclasses
import re

_HEADING = re.compile(r'^## (\d+)\.(\d+)\.(\d+)', re.MULTILINE)
_ENTRY = re.compile(r'^- \[(\w+)\] (.*(?:\n  .*)*)', re.MULTILINE)
_CODE = re.compile(r'`([^`]+)`')


@dataclasses.dataclass(frozen=True)
class Entry:
    """One marked line of the changelog, such as "- [CHANGE] `--old` is now `--new`."."""
    mark: str
    words: frozenset

    def names(self, key):
        return set(key.split()) <= self.words


def entries_since(changelog, version):
    """The entries of every version newer than `version`, such as '0.1.0'."""
    since = tuple(map(int, version.split('.')))
    headings = list(_HEADING.finditer(changelog))
    ends = [heading.start() for heading in headings[1:]] + [len(changelog)]
    entries = []
    for heading, end in zip(headings, ends):
        if tuple(map(int, heading.groups())) > since:
            entries += [Entry(mark, frozenset(' '.join(_CODE.findall(text)).split()))
                        for mark, text in _ENTRY.findall(changelog[heading.end():end])]
    return entries


def items_of(lines):
    """{name: detail}. A name that is there twice is an error of the extraction."""
    items = {}
    for line in lines:
        name, _, detail = line.partition(': ')
        if name in items:
            raise ValueError(f'two items are named {name!r}')
        items[name] = detail
    return items


def key_of(name):
    return re.sub(r' \(.*\)$', '', name)


def _prefixes(key):
    """The key, then what it is part of: 'a.b c' gives 'a.b c', 'a.b', 'a'."""
    ends = [found.start() for found in re.finditer(r'(?<=\w|\])[ .]', key)]
    return [key, *(key[:end] for end in reversed(ends))]


def _accepted(key, others, marks, entries):
    """Whether an entry names the key, or a whole that is missing on the other side, such as the
    probe that a reason belongs to."""
    for prefix in _prefixes(key):
        if prefix != key and any(prefix in _prefixes(other) for other in others):
            return False
        if any(entry.mark in marks and entry.names(prefix) for entry in entries):
            return True
    return False


def differences(before, now, entries):
    """One text for every difference that no entry of the changelog accepts."""
    found = []

    def report(name, what, mark):
        found.append(f'{what}; if this is intended, add a line to CHANGELOG.md: '
                     f'- [{mark}] ... `{key_of(name)}` ...')

    keys_before, keys_now = set(map(key_of, before)), set(map(key_of, now))
    for name, detail in before.items():
        key = key_of(name)
        if name not in now:
            others = keys_now
            if not _accepted(key, others, {'CHANGE'}, entries):
                report(name, f'{name} is gone', 'CHANGE')
        elif now[name] != detail and not _accepted(key, keys_now, {'CHANGE'}, entries):
            report(name, f'{name} was {detail!r} and is now {now[name]!r}', 'CHANGE')
    for name in now:
        if name not in before and not _accepted(key_of(name), keys_before,
                                                {'CHANGE', 'FEATURE'}, entries):
            report(name, f'{name} is new', 'FEATURE')
    return found
