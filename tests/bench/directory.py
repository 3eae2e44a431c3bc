"""What a run of each probe costs the domain controller: the processor time of the lab's Samba per run, with the TLS
handshake and the bind that each run makes."""

import json
import os
import pathlib
import subprocess
import time

from harness import DidNotRun
from lab.exports import Exports

RUNS = 20
TICKS = os.sysconf("SC_CLK_TCK")


def probes(folder):
    exports = Exports(folder)
    exports.write()
    return {
        "administrators_membership": {"accounts": ["EBS\\licadmin"]},
        "directory_permissions": {"object": "CN=msWssgConfig,CN=System", "trustees": ["system"]},
        "license_compliance": {"inventory_file": str(exports.inventory), "directory_users": True},
        "pack_already_installed": {"history_file": str(exports.history)},
    }


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
    """Milliseconds of Samba's processor time per run, and of the clock."""
    config = folder / f"{kind}.yml"
    config.write_text(json.dumps({"networks": [
        {"name": "ebs", "directory": directory, "probes": {kind: {"timeout": "60s", **keys}}}]}))
    begin, spent = time.monotonic(), samba_seconds()
    for _ in range(RUNS):
        done = subprocess.run([options.binary, "check", "--config.file", config, "--state.dir", folder / "state"],
                              capture_output=True, text=True)
        if done.returncode > 2:
            raise DidNotRun(f"check of {kind}: {done.stdout}{done.stderr}")
    return 1000 * (samba_seconds() - spent) / RUNS, 1000 * (time.monotonic() - begin) / RUNS


def measure(options, _stack, folder):
    directory = json.loads(options.config.read_text())["networks"][0]["directory"]
    begin = samba_seconds()
    if begin == 0:
        raise DidNotRun("no process of Samba was found")
    time.sleep(5)
    idle = (samba_seconds() - begin) / 5
    print(f"Samba at rest: {1000 * idle:.1f} ms of processor time a second")
    for kind, keys in probes(folder).items():
        spent, clock = cost(options, folder, directory, kind, keys)
        print(f"{kind:28} {max(0, spent - idle * clock):6.1f} ms of the domain controller per run "
              f"(the whole check took {clock:.0f} ms)")
