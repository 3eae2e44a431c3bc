"""What a run of each probe costs the domain controller: the connections to it, and the processor time of the lab's
Samba, with the TLS handshake and the bind that each run makes."""

import json
import os
import pathlib
import subprocess
import time

from harness import DidNotRun
from lab.event_lines import EventLog
from lab.exports import Exports
from lab.farm import Farm

RUNS = 20
TICKS = os.sysconf("SC_CLK_TCK")


def probes(folder):
    exports = Exports(folder)
    exports.write()
    events = EventLog(folder)
    events.begin()
    farm = Farm(folder)
    farm.fix()
    return {
        "administrators_membership": {"accounts": ["EBS\\licadmin"]},
        "directory_permissions": {"object": "CN=msWssgConfig,CN=System", "trustees": ["system"]},
        "license_compliance": {"inventory_file": str(exports.inventory), "directory_users": True},
        "pack_already_installed": {"history_file": str(exports.history)},
        "session_host_licensing": {"exports": str(farm.folder)},
        "activation_events": {"source": {"jsonl": str(events.file)}},
        # Nothing accepts connections there, so that those that are counted are to the domain controller.
        "internet_connectivity": {"proxy": "none", "endpoints": ["http://127.0.0.1:1/"]},
    }


def accepted_connections():
    """By all servers in this network namespace."""
    names, values = [line.split() for line in pathlib.Path("/proc/net/snmp").read_text().splitlines()
                     if line.startswith("Tcp:")]
    return int(values[names.index("PassiveOpens")])


def samba_seconds():
    """Processor time of all processes of Samba in this PID namespace."""
    total = 0
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue  # it ended
        name, _, rest = text.partition("(")[2].rpartition(")")
        if name.startswith(("samba", "ldap")):
            fields = rest.split()
            total += int(fields[11]) + int(fields[12])  # utime, stime
    return total / TICKS


def cost(options, folder, directory, kind, keys):
    """Connections per run, milliseconds of Samba's processor time per run, and of the clock."""
    config = folder / f"{kind}.yml"
    config.write_text(json.dumps({"networks": [
        {"name": "ebs", "directory": directory, "probes": {kind: {"timeout": "60s", **keys}}}]}))
    begin, spent, accepted = time.monotonic(), samba_seconds(), accepted_connections()
    for _ in range(RUNS):
        done = subprocess.run([options.binary, "check", "--config.file", config, "--state.dir", folder / "state"],
                              capture_output=True, text=True)
        if done.returncode > 2:
            raise DidNotRun(f"check of {kind}: {done.stdout}{done.stderr}")
    return ((accepted_connections() - accepted) / RUNS, 1000 * (samba_seconds() - spent) / RUNS,
            1000 * (time.monotonic() - begin) / RUNS)


def measure(options, _stack, folder):
    directory = json.loads(options.config.read_text())["networks"][0]["directory"]
    begin = samba_seconds()
    if begin == 0:
        raise DidNotRun("no process of Samba was found")
    time.sleep(5)
    idle = (samba_seconds() - begin) / 5
    print(f"Samba at rest: {1000 * idle:.1f} ms of processor time a second")
    for kind, keys in probes(folder).items():
        connections, spent, clock = cost(options, folder, directory, kind, keys)
        print(f"{kind:28} {connections:4.1f} connections, {max(0, spent - idle * clock):6.1f} ms of the domain "
              f"controller per run (the whole check took {clock:.0f} ms)")
