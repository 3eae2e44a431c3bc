"""The commands of the lab for `./run`:  python3 -m lab FOLDER up BINARY PROFILE | serve BINARY CONFIG | down |
break PROBE [VARIANT] | fix PROBE | emit ID [DATA…] | notifications.  Needs root, except `serve`."""

import pathlib
import sys

from . import faults
from .event_lines import CAL_PROVIDER, RDS_PROVIDER
from .running import AGENT_URL, PROFILES, LabError, RunningLab

# An event to log, and what it means.
EMIT = {
    'ebs': ('./run emit 5 0xcfff1208', 'a failed activation; ./run emit 4: a successful one'),
    'rds': ('./run emit 4105 rita EBS', 'what the license server logs when it cannot write on a user'),
}
MOST_VARIANTS = 8  # an unknown variant lists all


def hints(profile):
    """Commands to try next: each fault with its variants."""
    rows = []
    for probe, fault in faults.FAULTS[profile].items():
        first, *others = fault.variants
        some = ', '.join(others[:MOST_VARIANTS]) + (', …' if len(others) > MOST_VARIANTS else '')
        rows.append((f'./run break {probe} {first}', f'or {some}' if others else ''))
    rows += [('./run fix PROBE', 'removes the fault'), EMIT[profile], ('./run down', '')]
    return '\n'.join(f'  {command:<52}{note}'.rstrip() for command, note in rows)


def up(lab, binary, profile):
    if profile not in PROFILES:
        raise LabError(f'unknown profile {profile!r}; the profiles are {", ".join(PROFILES)}')
    lab.start_dc()
    lab.start_activation()
    configuration = lab.lab_configuration(profile)
    if profile == 'rds':
        lab.farm.start()
    else:
        lab.farm.stop()
    lab.start_agent(pathlib.Path(binary).absolute(), configuration)
    lab.start_notifying()
    say_where(lab, f'''
  {lab.notifying.phone.url}/          the phone: the notifications that arrived
  {lab.notifying.prometheus.url}/alerts    Prometheus
  {lab.notifying.alertmanager.url}/          Alertmanager

Try next, and watch the status page and the phone:
{hints(profile)}''')


def serve(lab, binary, configuration):
    lab.start_agent(pathlib.Path(binary).absolute(), pathlib.Path(configuration).absolute())
    say_where(lab, '\n\nStop it with ./run down')


def say_where(lab, hint):
    lab.wait_until_ready()
    print(f'''
  {AGENT_URL}/           status
  {AGENT_URL}/metrics    for Prometheus
  {AGENT_URL}/config     active configuration{hint}''')


def down(lab):
    stopped = lab.stop()
    print(f'stopped {", ".join(stopped)}' if stopped else 'nothing was running')


def require_running(lab):
    if not lab.dc.running():
        raise LabError('the lab is not running; start it with ./run up')


def break_probe(lab, probe, variant=None):
    require_running(lab)
    print(f'{probe}: {faults.break_probe(lab.dc, probe, variant, lab.profile)}')


def fix_probe(lab, probe):
    require_running(lab)
    faults.fix_probe(lab.dc, probe, lab.profile)
    print(f'{probe}: fixed')


def emit(lab, event_id, *data):
    require_running(lab)
    if not event_id.isdigit():
        raise LabError(f'{event_id!r} is not an event ID such as 5 or 4105')
    provider = RDS_PROVIDER if lab.profile == 'rds' else CAL_PROVIDER
    lab.events.append(int(event_id), *data, provider=provider)
    print(f'event {event_id} {" ".join(data)}'.rstrip())


def notifications(lab):
    require_running(lab)
    print('\n\n'.join(map(str, lab.notifying.phone.notifications())) or 'nothing yet')


COMMANDS = {'up': up, 'serve': serve, 'down': down, 'break': break_probe, 'fix': fix_probe,
            'emit': emit, 'notifications': notifications}


def main(folder, command, *arguments):
    try:
        COMMANDS[command](RunningLab(folder), *arguments)
    except (LabError, LookupError, RuntimeError) as error:
        print(error.args[0], file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
