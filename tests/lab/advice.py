"""What somebody does in the lab who follows a step of a repair plan that has no command."""

import copy
import json
import re
import time

from . import names, rds
from .activation import ActivationService
from .faults import fix_probe
from .repairs import DirectoryRepairs, answer_from, named

_LATER = '2038-01-01T00:00:00Z'
_A_DAY_AND_MORE = 25 * 3600
_OTHER_SERVER = 'LS3'


def carry_out(case, summary, step):
    """Does what the step says. A step that no row knows fails the test."""
    for pattern, act in _ACTS:
        if re.search(pattern, step):
            act(case, summary, step)
            return
    case.fail(f'nobody knows what to do: {step}')


def _nothing(_case, _summary, _step):
    """It only says what not to do, or whom to ask."""


# The files.

def _empty_planned_key(case, _summary, _step):
    case.exports.planned.write_text('')


def _delete_the_line_written_twice(case, _summary, step):
    number = int(re.search(r'delete line (\d+) of', step)[1])
    lines = case.exports.history.read_text().splitlines()
    del lines[number - 1]
    case.exports.history.write_text('\n'.join(lines) + '\n')


def _export_history(case, _summary, _step):
    case.exports.write_packs()


def _take_back(case, _summary, step):
    number = int(re.search(r'takes back (\d+)', step)[1])
    _change_counts(case, lambda counts: counts.update(assigned_users=counts['assigned_users'] - number))


def _unassign_one(case, _summary, _step):
    _change_counts(case, lambda counts: counts.update(assigned_users=counts['assigned_users'] - 1))


def _change_counts(case, change):
    inventory = json.loads(case.exports.inventory.read_text())
    change(inventory['value'][0])
    case.exports.inventory.write_text(json.dumps(inventory))


def _export_counts(case, _summary, _step):
    case.exports.write_inventory()
    rds.KeyPacks(case.dc.folder).write()


def _install_in_key_packs(case, _summary, step):
    kind = {'user': 1, 'device': 0}[re.search(r'\((user|device)\)', step)[1]]
    number = int(re.search(r'at least (\d+)', step)[1])
    file = rds.KeyPacks(case.dc.folder).file
    packs = json.loads(file.read_text())
    for pack in packs['value']:
        if pack['ProductType'] == kind:
            pack['TotalLicenses'] += number
    file.write_text(json.dumps(packs))


# The network, and the directory.

def _repair_service(case, _summary, _step):
    service = ActivationService(case.dc.folder)
    service.stop()
    service.start()


def _activate_again(case, _summary, _step):
    case.lab.events.append(4)


def _take_out_of_groups(case, _summary, step):
    """And then what the plan says that is made afterwards."""
    petra = rds.user_dn(rds.PROTECTED_USER)
    assert petra in step
    case.addCleanup(fix_probe, case.dc, 'directory_permissions', 'rds')
    with case.directory() as directory:
        directory.remove_member(rds.PRINTING_DN, petra)
    plans = json.loads(case.run_command('directory_permissions', 'repair', '--format', 'json'))['plans']
    for each in plans[0]['steps']:
        DirectoryRepairs(case.dc).apply(each, each['command'])


def _grant_on_admin_sd_holder(case, _summary, step):
    """And SDProp, within an hour, on the accounts that it protects."""
    entries = ''.join(re.findall(r'\(OA;[^)]*\)', step))
    with case.directory() as directory:
        for dn in (rds.ADMIN_SD_HOLDER_DN, rds.user_dn(rds.PROTECTED_USER)):
            directory.set_sddl(dn, directory.sddl(dn) + entries)


# The farm.

def _hosts(act):
    """Of the session hosts that the step names, or else the summary."""
    def edit(case, summary, step):
        chosen = named(step, 'RDSH') or named(summary, 'RDSH')
        case.farm.edit(lambda hosts, servers: [act(hosts[name], named(step, 'LS'), servers) for name in chosen])
    return edit


def _servers(act):
    def edit(case, _summary, step):
        case.farm.edit(lambda _hosts, servers: [act(servers[name]) for name in named(step, 'LS')])
    return edit


def _reach(host, listed, _servers):
    host['connectivity'] = [
        {**contact, 'status': 8, 'port_135': True} if contact['server'] in listed or not listed else contact
        for contact in host['connectivity']]


def _specify_another(host, _listed, servers):
    servers[_OTHER_SERVER] = {**copy.deepcopy(servers['LS1']), 'computer': _OTHER_SERVER,
                              'dns_name': f'{_OTHER_SERVER.lower()}.{names.DNS_DOMAIN}', 'os_build': 20348}
    host['specified_servers'] = host['policy']['servers'] = [_OTHER_SERVER]
    answer_from(host, [_OTHER_SERVER])


def _install(product_type):
    def install(server):
        server['key_packs'] = [*server['key_packs'], {
            'KeyPackId': 9, 'KeyPackType': 2, 'ProductType': product_type, 'ProductVersionID': 7,
            'ProductVersion': 'Windows Server 2022', 'TotalLicenses': 50, 'IssuedLicenses': 0,
            'AvailableLicenses': 50, 'ExpirationDate': _LATER}]
    return install


def _install_on_all(product_type):
    def edit(case, _summary, _step):
        case.farm.edit(lambda _hosts, servers: [_install(product_type)(server) for server in servers.values()])
    return edit


def _renew(server):
    server['key_packs'] = [{**pack, 'ExpirationDate': _LATER} for pack in server['key_packs']]


def _set_per_device(host, _listed, _servers):
    host['policy']['licensing_type'] = host['licensing_type'] = 2


def _after_a_day(case, _summary, _step):
    """What the events told of is repaired, and they no longer count."""
    long_ago = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() - _A_DAY_AND_MORE))

    def change(hosts, servers):
        for export in (*hosts.values(), *servers.values()):
            export['events'] = [{**event, 'newest_at': long_ago} for event in export['events']]
    case.farm.edit(change)


def _get_certificates(case, summary, step):
    case.farm.edit(lambda hosts, _servers: [host.update(certificate_present=True) for host in hosts.values()])
    _after_a_day(case, summary, step)


def _export_again(case, summary, step):
    """The computers that are named write a whole export."""
    chosen = {*named(step, 'RDSH'), *named(step, 'LS')} or named(summary, 'RDSH')

    def change(hosts, servers):
        for name in chosen:
            of_kind = hosts if name.startswith('RDSH') else servers
            of_kind[name] = copy.deepcopy(case.healthy[name])
    case.farm.edit(change)


_USER, _DEVICE = 1, 0
_ACTS = [
    (r'put it back: ', _export_again),  # as they were
    (r'^Install the pack with an account that is a member', _nothing),  # the next step is taken
    (r'Then empty `planned_key_file`', _empty_planned_key),
    (r'^In the Windows EBS Administration Console .*, read Total', _nothing),  # one of the next steps follows
    (r'^If Total is \d+, the pack is installed once', _delete_the_line_written_twice),
    (r'exports or copies .*history|^(Correct line \d+ of|Export) .*history', _export_history),
    (r'^(Allow outbound|The TCP connection is accepted|Renew the certificate|Find out who "|Find out why|Log in to)',
     _repair_service),
    (r'^An administrator takes back', _take_back),
    (r'^Take back licenses|^Unassign', _unassign_one),
    (r'^Compare the counts', _export_counts),
    (r'exports or copies .*inventory.json|run the task "\\cal_export\\key packs"', _export_counts),
    (r'activate again', _activate_again),
    (r'^If CN=petra,.* only works on session hosts', _take_out_of_groups),
    (r'^If it has to stay protected', _grant_on_admin_sd_holder),
    (r'^On .*, see (the last run|what|whether|which)|^On .*, change no script|^Do what follows|^Wait, if devices|^If that is too late', _nothing),
    (r'^Without it, register it|^Take RDSH', _nothing),  # the task that is then run
    (r'orders at least', _install_in_key_packs),
    (r'(check name resolution|whether the service Remote Desktop Licensing runs|Store a credential|'
     r'to the group Terminal Server Computers|It is not known why)', _hosts(_reach)),
    (r'Activate Server', _servers(lambda server: server.update(activation_status=0))),
    (r'^Set the licensing mode to per device, in the local policy', _hosts(_set_per_device)),
    (r'^Decide whether', _nothing),
    (r'[Ss]pecify a license server', _hosts(_specify_another)),
    (r'([Ii]nstall|[Bb]uy) (at least \d+ )?per-user licenses', _servers(_install(_USER))),
    (r'^Buy (at least \d+ )?per-device licenses', _servers(_install(_DEVICE))),
    (r'no license that would serve these hosts', _install_on_all(_USER)),
    (r'^Renew these licenses', _servers(_renew)),
    (r'^Drain RDSH', _nothing),  # the values are removed by the next step
    (r'^Restart RDSH', _get_certificates),
    (r'^(On LS.*, event 4105 names|On that client)', _after_a_day),
    (r'^Log on once', _hosts(lambda host, _listed, _servers: host.update(certificate_present=True))),
    (r'^Find out who deleted', _nothing),
    (r'export script|run the task|the cause that the error names', _export_again),
]
