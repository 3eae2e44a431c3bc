"""A small Remote Desktop farm, as the exports that its computers write: three session hosts and two license
servers. A stand-in rewrites them every two seconds, as scheduled tasks would, and keeps one fault in them:
python3 -m lab.farm FOLDER"""

import datetime
import json
import os
import pathlib
import sys
import time

from . import names
from .processes import OwnProcess

INTERVAL = 2.0
HOSTS = ('RDSH1', 'RDSH2', 'RDSH3')
SERVERS = ('LS1', 'LS2')
HEALTHY = 'healthy'
_DOMAIN = names.DNS_DOMAIN
_BUILD_2022, _BUILD_2019 = 20348, 17763
_PER_DEVICE, _PER_USER, _NOT_SET = 2, 4, 5
_DEVICE, _USER = 0, 1


def _time(moment=None, **later):
    moment = moment or datetime.datetime.now(datetime.timezone.utc)
    return (moment + datetime.timedelta(**later)).strftime('%Y-%m-%dT%H:%M:%S.%fZ')


def _host(name, installed_at):
    """Per user, past its grace period, asked by SYSTEM (status 8), and licensed."""
    return {
        'kind': 'session_host', 'version': 1, 'generated_at': _time(), 'collected': 'local',
        'script': 'Export-SessionHost.ps1 1',
        'computer': name, 'dns_name': f'{name.lower()}.{_DOMAIN}', 'domain': _DOMAIN,
        'collection': 'Office', 'os_build': _BUILD_2022, 'os_installed_at': installed_at,
        'terminal_server_mode': 1, 'allow_connections': 1, 'logons': 0, 'drain_mode': 0,
        'licensing_type': _PER_USER, 'licensing_type_source': 'policy',
        'specified_servers': list(SERVERS), 'specified_servers_source': 'policy',
        'registered_servers': ['LS1'],
        'policy': {'licensing_type': _PER_USER, 'servers': list(SERVERS)}, 'broker': None,
        'days_left': 0, 'certificate_present': True,
        'connectivity': [{'server': server, 'status': 8, 'port_135': True} for server in SERVERS],
        'events': [], 'errors': []}


def _pack(number, kind, total, issued, version=7, ends='2038-01-01T00:00:00Z'):
    return {'KeyPackId': number, 'KeyPackType': 2, 'ProductType': kind, 'ProductVersionID': version,
            'ProductVersion': 'Windows Server 2022', 'TotalLicenses': total, 'IssuedLicenses': issued,
            'AvailableLicenses': max(0, total - issued), 'ExpirationDate': ends}


def _server(name):
    return {
        'kind': 'license_server', 'version': 1, 'generated_at': _time(), 'collected': 'local',
        'script': 'Export-LicenseServer.ps1 1',
        'computer': name, 'dns_name': f'{name.lower()}.{_DOMAIN}', 'domain': _DOMAIN,
        'os_build': _BUILD_2022, 'role_installed': True, 'activation_status': 0,
        'in_license_servers_group': True, 'security_group_policy': False,
        'prevent_upgrade_policy': False, 'workgroup_auth_enforced': True, 'hosts': [],
        'key_packs': [_pack(3, _USER, 20, 12), _pack(4, _DEVICE, 10, 4)],
        'issued': [{'holder': 'user', 'product_version_id': 7, 'status': 2,
                    'week': _monday(weeks=6), 'count': 12}],
        'last_issued_at': _time(hours=-1), 'last_issued_from': 'issue_date', 'events': [],
        'errors': []}


def _monday(weeks):
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return (today + datetime.timedelta(weeks=weeks, days=-today.weekday())).isoformat()


def _on_hosts(**changes):
    """Changes the first two hosts, so that a group is seen beside a healthy host."""
    def change(hosts, _servers):
        for name in HOSTS[:2]:
            hosts[name].update(changes)
    return change


def _on_servers(**changes):
    def change(_hosts, servers):
        for server in servers.values():
            server.update(changes)
    return change


def _statuses(status, *listed, port=True):
    def change(hosts, _servers):
        for name in HOSTS[:2]:
            for contact in hosts[name]['connectivity']:
                if contact['server'] in listed:
                    contact.update(status=status, port_135=port)
    return change


def _events(kind, *events):
    def change(hosts, servers):
        for each in (list(hosts.values())[:2] if kind == 'hosts' else servers.values()):
            each['events'] = [{'id': number, 'newest_at': _time(minutes=-5), 'count': 1,
                               'clients': 1} for number in events]
    return change


def _all(*changes):
    def change(hosts, servers):
        for each in changes:
            each(hosts, servers)
    return change


def _without(name):
    def change(hosts, servers):
        hosts.pop(name, None)
        servers.pop(name, None)
    return change


_NO_MODE = _on_hosts(licensing_type=_NOT_SET, policy={'licensing_type': None, 'servers': list(SERVERS)})
_NO_SERVERS = _on_hosts(specified_servers=[], connectivity=[],
                        policy={'licensing_type': _PER_USER, 'servers': None})
_IN_WORKGROUP = _on_hosts(domain='', collection=None)
_IN_GRACE = _on_hosts(days_left=9)
_PER_DEVICE_HOSTS = _on_hosts(licensing_type=_PER_DEVICE, policy=None, collection=None)
_EXHAUSTED = _all(_PER_DEVICE_HOSTS, _on_servers(
    key_packs=[_pack(4, _DEVICE, 10, 10), {**_pack(5, _DEVICE, -1, 3), 'KeyPackType': 4}],
    issued=[{'holder': 'device', 'product_version_id': 7, 'status': 1, 'week': _monday(weeks=4),
             'count': 3}]))

# What is broken; how.
VARIANTS = {
    'unreachable': ('the service on LS1 and LS2 is stopped: two hosts reach neither',
                    _statuses(6, *SERVERS, port=False)),
    'mode-expired': ('two hosts lose their licensing mode, past the grace period',
                     _NO_MODE),
    'mode': ('two hosts lose their licensing mode, 9 days before the end of the grace period',
             _all(_NO_MODE, _IN_GRACE)),
    'no-server': ('two hosts lose their list of license servers, past the grace period',
                  _NO_SERVERS),
    'no-server-grace': ('two hosts lose their list, 9 days before the end of the grace period',
                        _all(_NO_SERVERS, _IN_GRACE)),
    'unreachable-grace': ('two hosts reach no server, 9 days before the end of the grace period',
                          _all(_statuses(6, *SERVERS, port=False), _IN_GRACE)),
    'degraded': ('two hosts do not reach LS1, but LS2', _statuses(6, 'LS1', port=False)),
    'not-activated': ('LS1 and LS2 are not activated', _on_servers(activation_status=1)),
    'workgroup': ('two hosts are in a workgroup and ask for per-user licenses', _IN_WORKGROUP),
    'workgroup-auth': ('two hosts in a workgroup are refused by patched license servers',
                       _all(_PER_DEVICE_HOSTS, _IN_WORKGROUP, _statuses(6, *SERVERS))),
    'too-old': ('LS1 and LS2 have Windows Server 2019, the hosts 2022',
                _on_servers(os_build=_BUILD_2019)),
    'no-cals': ('LS1 and LS2 have only licenses for Windows Server 2019',
                _on_servers(key_packs=[_pack(3, _USER, 20, 12, version=6)])),
    'wrong-kind': ('LS1 and LS2 have only per-device licenses, the hosts ask for per-user ones',
                   _on_servers(key_packs=[_pack(4, _DEVICE, 10, 4)])),
    'exhausted': ('all per-device licenses are issued, and two hosts ask for such', _EXHAUSTED),
    'refused': ('the same, and the temporary license of a device has ended (event 1011)',
                _all(_EXHAUSTED, _events('hosts', 1011))),
    'over-issued': ('more per-user licenses are issued than installed',
                    _on_servers(key_packs=[_pack(3, _USER, 20, 25)])),
    'expiring': ('the licenses end in ten days',
                 _on_servers(key_packs=[_pack(3, _USER, 20, 12, ends=_time(days=10))])),
    'expired': ('the licenses ended yesterday',
                _on_servers(key_packs=[_pack(3, _USER, 20, 12, ends=_time(days=-1))])),
    'not-recorded': ('the license servers cannot record licenses on users (event 4105)',
                     _events('servers', 4105)),
    'not-authorized': ('two hosts are not in Terminal Server Computers, and the policy is on',
                       _statuses(5, *SERVERS)),
    'not-registered': ('two hosts were never registered, past the grace period',
                       _on_hosts(certificate_present=False)),
    'certificate': ('the certificate of two hosts is damaged (event 50285)',
                    _events('hosts', 50285)),
    'drift': ('policy and broker give two hosts different modes',
              _on_hosts(broker={'licensing_type': _PER_DEVICE, 'servers': list(SERVERS)})),
    'one-client': ('one client has a damaged license (event 1003)', _events('hosts', 1003)),
    'reset': ('the grace period of two hosts begins again', _on_hosts(days_left=120)),
    'drained': ('two hosts are in drain mode', _on_hosts(drain_mode=2)),
    'silent': ('RDSH3 stops exporting', _without('RDSH3')),
    'no-server-export': ('LS1 and LS2 stop exporting', _all(_without('LS1'), _without('LS2'))),
    'incompatible': ('LS1 and LS2 answer that they do not suit two hosts', _statuses(10, *SERVERS)),
    'no-events': ('two hosts cannot read their event log', _on_hosts(events=None)),
    'odd-events': ('two hosts export an event without a time',
                   _on_hosts(events=[{'id': 50280, 'newest_at': None, 'count': 1}])),
    'no-days': ('two hosts without a certificate cannot read their days of grace',
                _on_hosts(days_left=None, certificate_present=False)),
    'remote': ('the hosts are asked from another computer', _on_hosts(collected='remote')),
}


class Farm:
    """The folder `farm` in the lab's folder, and the stand-in that rewrites it."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.folder = folder / 'farm'
        self._variant = folder / 'farm.variant'
        self._installed_at = folder / 'farm.installed'
        self._process = OwnProcess(folder / 'farm.pid')
        self._output = folder / 'farm.log'

    def break_with(self, variant):
        self._variant.write_text(variant)
        self.write()

    def fix(self):
        """Installs the hosts again, so that days of grace that rise are not taken for a reset."""
        self._installed_at.write_text(_time())
        self.break_with(HEALTHY)

    def write(self):
        """What the computers export now; each file is replaced as a whole."""
        variant = self._variant.read_text() if self._variant.exists() else HEALTHY
        installed_at = self._installed_at.read_text()
        hosts = {name: _host(name, installed_at) for name in HOSTS}
        servers = {name: _server(name) for name in SERVERS}
        if variant != HEALTHY:
            VARIANTS[variant][1](hosts, servers)
        self.folder.mkdir(exist_ok=True)
        exports = {**hosts, **servers}
        for name, export in exports.items():
            written = self.folder / f'{name}.{os.getpid()}'
            written.write_text(json.dumps(export, indent=1))
            written.replace(self.folder / f'{name}.json')
        for name in {*HOSTS, *SERVERS} - set(exports):
            (self.folder / f'{name}.json').unlink(missing_ok=True)

    def start(self):
        if not self._process.running():
            self._process.start(
                [sys.executable, '-m', 'lab.farm', str(self.folder.parent)], self._output,
                env={**os.environ, 'PYTHONPATH': str(pathlib.Path(__file__).parent.parent)})

    def stop(self):
        return self._process.stop()


def rewrite(folder):
    """Runs until a signal ends it."""
    farm = Farm(folder)
    while True:
        farm.write()
        time.sleep(INTERVAL)


if __name__ == '__main__':
    rewrite(sys.argv[1])
