"""The files that an administrator exports for the agent: installation history, planned key, license
counts. Product keys are random for each lab and belong to nobody."""

import json
import os
import pathlib
import secrets
import string
import time

_INSTALLED_AT = '2025-03-04T09:30:00Z'  # long before any date in the lab


def random_key():
    """A random text in the form of a product key: five groups of five."""
    letters = string.ascii_uppercase + string.digits
    return '-'.join(''.join(secrets.choice(letters) for _ in range(5)) for _ in range(5))


class Exports:
    """`write()` writes all of them to a folder; each write replaces a file atomically, as an export
    should."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.history = folder / 'history.csv'
        self.planned = folder / 'next-pack.key'
        self.inventory = folder / 'inventory.json'

    def write(self):
        self.write_packs()
        self.write_inventory()

    def write_packs(self):
        """Writes a history of two packs, and a third one as the planned pack."""
        if not self.planned.exists() or not self.planned_key():
            self._replace(self.planned, random_key() + '\n')
        self._replace(self.history, 'product_key,edition,kind,quantity,installed_at\n')
        for _ in range(2):
            self.add_installation(random_key())

    def add_installation(self, key):
        row = f'{key},Windows EBS CAL Suite,universal,5,{_INSTALLED_AT}\n'
        self._replace(self.history, self.history.read_text() + row)

    def planned_key(self):
        return self.planned.read_text().strip()

    def installed_key(self):
        return self.history.read_text().splitlines()[1].split(',')[0]

    def write_inventory(self, installed=50, users=30, devices=12):
        counts = {'edition': 'Windows EBS CAL Suite', 'kind': 'universal', 'installed': installed,
                  'assigned_users': users, 'assigned_devices': devices}
        generated = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
        self._replace(self.inventory, json.dumps({'generated_at': generated, 'value': [counts]}))

    def cut(self, file):
        self._replace(file, file.read_text()[:-20])

    def existing(self):
        return [file for file in (self.history, self.planned, self.inventory) if file.exists()]

    def _replace(self, file, text):
        """Replaces a file, readable by its owner only; the owner stays the same."""
        written = file.with_suffix('.new')
        written.write_text(text)
        written.chmod(0o600)
        for sibling in self.existing()[:1]:
            os.chown(written, sibling.stat().st_uid, sibling.stat().st_gid)
        written.replace(file)
