"""What the commands of a repair plan, which are for Windows, mean for the lab. A command that is not known here fails
the test."""

import json
import re
import time

from samba.dcerpc import security
from samba.ndr import ndr_pack

from . import ldif, names
from .directory import Directory

ADD = 'Add-ADGroupMember -Identity $group -Members $account '
PASSWORD = 'Vq7-other-word!'
_ANSWERS = 8  # of a license server to SYSTEM of a host


def value_of(step, name):
    """Of `$name = '…'` or `$name = 4` in the setup."""
    return re.search(rf"^\${name} = '?([^'\n]*)'?", step['setup'], re.MULTILINE)[1]


def _values(step, name):
    """Of `$name = @('…', '…')` in the setup."""
    return re.findall("'([^']*)'", re.search(rf'^\${name} = @\((.*)\)$', step['setup'], re.MULTILINE)[1])


def _edited(step):
    """What the script computes as `$after`."""
    text = value_of(step, 'before')
    for ace in _values(step, 'removed'):
        text = text.replace(ace, '', 1)
    at = re.search(r'\(\w+;\w*ID\w*;|$', text).start()
    text = text[:at] + ''.join(_values(step, 'added')) + text[at:]
    return re.sub('^D:[A-Z]*', 'D:AI', text) if 'it inherits again' in step['setup'] else text


class DirectoryRepairs:
    """In the domain of this controller."""

    def __init__(self, dc):
        self._dc = dc

    def apply(self, step, command):
        written = re.search(r'^Write-Descriptor \$(after|before)( \$count)?$', command, re.MULTILINE)
        if written:
            self._write_descriptor(step, written[1])
            if written[2]:
                self._write_admin_count(step, command)
            return
        with Directory(self._dc) as directory:
            account = directory.dn_of(f'<SID={value_of(step, "account")}>')
            number = re.search(r'\[long](\d+)', command)
            if command.startswith(ADD):  # Samba ignores -MemberTimeToLive
                directory.add_member(directory.dn_of(f'<SID={value_of(step, "group")}>'), account)
            elif command.startswith('Remove-ADGroupMember '):
                directory.remove_member(directory.dn_of(f'<SID={value_of(step, "group")}>'), account)
            elif command.startswith('Enable-ADAccount '):
                directory.set_disabled(account, False)
            elif command.startswith('Disable-ADAccount '):
                directory.set_disabled(account, True)
            elif command.startswith('Unlock-ADAccount '):
                directory.unlock(account)
            elif '-ChangePasswordAtLogon $false' in command:
                directory.set(account, 'pwdLastSet', '-1')
            elif '-ChangePasswordAtLogon $true' in command:
                directory.set(account, 'pwdLastSet', '0')
            elif command.startswith('Set-ADAccountPassword '):
                directory.set_password(account, PASSWORD)
            elif number and 'accountExpires' in command:
                directory.set(account, 'accountExpires', number[1])
            else:
                raise AssertionError(f'no translation of {command}')

    def _write_descriptor(self, step, which):
        owner = "SecurityDescriptorFlagControl 'Owner'" in step['setup']
        text = _edited(step) if which == 'after' and not owner else value_of(step, which)
        descriptor = security.descriptor.from_sddl(text, security.dom_sid(names.DOMAIN_SID))
        ldif.write_descriptor(self._dc, value_of(step, 'object'), ndr_pack(descriptor),
                              ldif.OWNER if owner else ldif.DACL)

    def _write_admin_count(self, step, command):
        with Directory(self._dc) as directory:
            dn = directory.dn_of(value_of(step, 'object'))
            directory.set(dn, 'adminCount', [] if "$count.Operation = 'Delete'" in command else '1')


class FarmRepairs:
    """In the exports of the farm: what its computers would export after the change."""

    def __init__(self, farm):
        self._folder = farm.folder

    def exports(self):
        """Of all computers, by name, without the times at which they were written."""
        found = {file.stem: json.loads(file.read_text()) for file in self._folder.glob('*.json')}
        for export in found.values():
            del export['generated_at']
        return found

    def keep(self, names_of_computers):
        """Deletes the exports of all others."""
        for file in self._folder.glob('*.json'):
            if file.stem not in names_of_computers:
                file.unlink()

    def edit(self, change):
        """`change` gets the session hosts and the license servers, by name; each export is then newer."""
        exports = self.exports()
        of_kind = [{name: export for name, export in exports.items() if export['kind'] == kind}
                   for kind in ('session_host', 'license_server')]
        change(*of_kind)
        now = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
        for name, export in {**of_kind[0], **of_kind[1]}.items():
            (self._folder / f'{name}.json').write_text(json.dumps({**export, 'generated_at': now}))

    def apply(self, step, command):
        if command.startswith('Set-RDLicenseConfiguration '):
            line = command.splitlines()[0]
            written = {}
            if mode := re.search(r'-Mode (\w+)', line):
                written['licensing_type'] = {'PerUser': 4, 'PerDevice': 2}[mode[1]]
            if '-LicenseServer' in line:
                written['servers'] = re.findall("'([^']+)'", line)
            self.edit(lambda hosts, _servers: [host['broker'].update(written)
                                               for host in hosts.values() if host['broker']])
            return
        if 'Remove-ItemProperty -LiteralPath $key' in command or 'New-ItemProperty -LiteralPath $key' in command:
            self.edit(lambda hosts, _servers: [hosts[name].update(certificate_present='New-' in command)
                                               for name in named(step['text'], 'RDSH')])
            return
        value = re.search(r'-Value (\S+?)\)', command)
        if '[void](Set-GPRegistryValue ' in command:
            new = value_of(step, 'value') if value[1] == '$value' else value[1].strip("'")
        elif command.startswith('[void](Remove-GPRegistryValue '):
            new = None
        else:
            raise AssertionError(f'no translation of {command}')
        self.edit(lambda hosts, _servers: [_set_policy(hosts[name], value_of(step, 'name'), new)
                                           for name in named(step['text'], 'RDSH')])


def named(text, start):
    """The computers in the part of `text` that is not about an example: "as on RDSH3"."""
    return sorted(set(re.findall(rf'\b{start}\d\b', re.sub(r'as on \w+', '', text))))


def _set_policy(host, name, value):
    if name == 'LicensingMode':
        host['policy']['licensing_type'] = value and int(value)
        host['licensing_type'] = int(value or 5)
        return
    servers = value.split(',') if value else []
    host['policy']['servers'] = servers or None
    host['specified_servers'] = servers
    answer_from(host, servers)


def answer_from(host, servers):
    """The host reaches exactly these."""
    host['connectivity'] = [{'server': server, 'status': _ANSWERS, 'port_135': True} for server in servers]
