"""What `./run` calls:  python3 -m lab FOLDER up BINARY [CONFIG] | down | break PROBE [VARIANT] |
fix PROBE | emit ID [DATA…].  Needs root, except to run the agent on one's own configuration."""

import pathlib
import sys

from . import faults
from .running import AGENT_URL, LabError, RunningLab


def up(lab, binary, configuration=None):
    if configuration is None:
        lab.start_dc()
        lab.start_activation()
        configuration = lab.lab_configuration()
        hint = '''
Try next:
  ./run break administrators_membership     then watch the status page
  ./run fix administrators_membership
  ./run break directory_permissions deny    or owner, remove, ace-only, attribute
  ./run fix directory_permissions
  ./run break pack_already_installed        or duplicate, missing, cut
  ./run break license_compliance none_left  or over_assigned, none_installed, missing
  ./run break internet_connectivity silent  or down, expired, untrusted, other-name, portal
  ./run fix internet_connectivity
  ./run emit 5 0xcfff1208                   an activation that failed; ./run emit 4: one that worked
  ./run down'''
    else:
        configuration = pathlib.Path(configuration).absolute()
        hint = '\nStop it with ./run down'
    lab.start_agent(pathlib.Path(binary).absolute(), configuration)
    lab.wait_until_ready()
    print(f'''
  {AGENT_URL}/           status
  {AGENT_URL}/metrics    for Prometheus
  {AGENT_URL}/config     configuration in force
{hint}''')


def down(lab):
    stopped = lab.stop()
    print(f'stopped {", ".join(stopped)}' if stopped else 'nothing was running')


def require_running(lab):
    if not lab.dc.running():
        raise LabError('the lab does not run; start it with ./run up')


def break_probe(lab, probe, variant=None):
    require_running(lab)
    print(f'{probe}: {faults.break_probe(lab.dc, probe, variant)}')


def fix_probe(lab, probe):
    require_running(lab)
    faults.fix_probe(lab.dc, probe)
    print(f'{probe}: as it was')


def emit(lab, event_id, *data):
    require_running(lab)
    if not event_id.isdigit():
        raise LabError(f'{event_id!r} is no event id; use 4, 5, 9, 11 or 12')
    lab.events.append(int(event_id), *data)
    print(f'event {event_id} {" ".join(data)}'.rstrip())


COMMANDS = {'up': up, 'down': down, 'break': break_probe, 'fix': fix_probe, 'emit': emit}


def main(folder, command, *arguments):
    try:
        COMMANDS[command](RunningLab(folder), *arguments)
    except (LabError, LookupError, RuntimeError) as error:
        print(error.args[0], file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
