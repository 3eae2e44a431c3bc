"""One agent that watches 500 networks with seven probes each, at the default interval of a minute: on a quiet
machine, beside six busy loops, and when all servers hang.

All networks use the lab's domain controller and one web server, and each has its own small files:
history, planned key, inventory, event log, the exports of a farm. So the controller serves 1,500 probe runs per
minute, each with its own TLS handshake and bind."""

import contextlib
import json
import re
import sys
import time
import zlib

from hanging_servers import start_hanging_servers
from harness import GZIP, MB, DidNotRun, Table, ask, exporter, start
from lab.event_lines import EventLog
from lab.exports import Exports
from lab.farm import Farm
from web_server import start_web_server, url

NETWORKS = 500
PROBES = 7 * NETWORKS
INTERVAL = 60
SCRAPE_PAUSE = 0.1
RESIDENT_MB = 60
READY_SECONDS = 45
LATE_SHARE = 0.01  # of the runs may start more than 100 ms after their time
SCRAPE_MS = 10
BUSY_LOOPS = 6
LATE = "cal_exporter_late_starts_total"


def network(number, directory, folder, ca_file, endpoints):
    folder.mkdir()
    exports = Exports(folder)
    exports.write()
    events = EventLog(folder)
    events.append(4)
    farm = Farm(folder)
    farm.fix()
    return {
        "name": f"n{number:03}",
        "directory": directory,
        "probes": {
            "administrators_membership": {"accounts": ["EBS\\licadmin"]},
            "pack_already_installed": {
                "history_file": str(exports.history), "planned_key_file": str(exports.planned),
                "inventory_file": str(exports.inventory)},
            "internet_connectivity": {
                "ca_file": str(ca_file), "proxy": "none", "endpoints": endpoints},
            "directory_permissions": {"object": "CN=msWssgConfig,CN=System",
                                      "trustees": ["system"]},
            "license_compliance": {"inventory_file": str(exports.inventory),
                                   "directory_users": True},
            "session_host_licensing": {"exports": str(farm.folder)},
            "activation_events": {"source": {"jsonl": str(events.file)}}}}


def working(directory, folder, ca_file):
    return [network(number, directory, folder / f"n{number:03}", ca_file,
                    [url(scheme, number) for scheme in ("tcp", "http", "https")])
            for number in range(1, NETWORKS + 1)]


def hanging(stack, directory, folder, ca_file):
    """Every second network's servers accept connections and say nothing, the others' do not even accept them."""
    ports = start_hanging_servers(stack)
    networks = []
    for number in range(1, NETWORKS + 1):
        peer = f"127.2.{number // 250}.{number % 250 + 1}:{ports[number % len(ports)]}"
        networks.append(network(
            number, {**directory, "uri": [f"ldaps://{peer}"]}, folder / f"n{number:03}", ca_file,
            [f"tcp://{peer}", f"http://{peer}/{number}", f"https://{peer}/{number}"]))
    return networks


def scrape_for(server, seconds):
    """The duration of each scrape by a single client, in milliseconds, and the last page."""
    times = []
    until = time.monotonic() + seconds
    with contextlib.closing(server.connection()) as connection:
        while time.monotonic() < until:
            time.sleep(SCRAPE_PAUSE)
            begin = time.perf_counter()
            status, body = ask(connection, "/metrics", GZIP)
            times.append((time.perf_counter() - begin) * 1000)
            if status != 200:
                raise DidNotRun(f"/metrics answers {status}")
    return sorted(times), zlib.decompress(body, wbits=31).decode()


def total(page, family):
    return sum(float(value) for value in re.findall(rf"^{family}(?:{{.*}})? (\S+)$", page, re.M))


def measure_agent(options, folder, networks):
    config = folder / "networks.yml"
    config.write_text(json.dumps({
        "defaults": {"interval": f"{INTERVAL}s", "timeout": "10s"}, "networks": networks}))
    with contextlib.ExitStack() as stack:
        agent = exporter(stack, "cal_exporter", options, config, folder)
        ready = agent.wait_until_ready(300)
        first = zlib.decompress(agent.get("/metrics", GZIP)[1], wbits=31).decode()
        cpu = agent.cpu_seconds()
        seconds = INTERVAL * 1.5  # each probe runs at least once more
        times, page = scrape_for(agent, seconds)
        cpu = (agent.cpu_seconds() - cpu) / seconds
        resident = agent.most_resident()

    runs = total(page, "cal_probe_runs_total")
    late = total(page, LATE)
    clear = len(re.findall(r'^cal_probe_verdict{.*verdict="clear"} 1$', page, re.M))
    print(f"/metrics has {len(page):,} bytes; {runs:,.0f} runs, {100 * cpu:.0f} % of a processor")
    table = Table()
    table.most("resident memory at its highest", resident / MB, RESIDENT_MB, "MB")
    table.most("ready after its start", ready, READY_SECONDS, "s")
    table.most("runs that start 100 ms late", 100 * late / runs, 100 * LATE_SHARE, "%")
    table.most(f"gzip scrape, p99 of {len(times)}", times[len(times) * 99 // 100], SCRAPE_MS, "ms")
    print(f"of {late:.0f} late runs {total(first, LATE):.0f} were before every probe had run once; "
          f"{clear:,} of {PROBES:,} probes are clear in the end")


def measure(options, stack, folder):
    directory = json.loads(options.config.read_text())["networks"][0]["directory"]
    ca_file = start_web_server(stack, folder)
    print(f"{NETWORKS} networks with {PROBES:,} probes every {INTERVAL} s, on a quiet machine")
    (folder / "quiet").mkdir()
    measure_agent(options, folder / "quiet", working(directory, folder / "quiet", ca_file))

    print(f"\nthe same beside {BUSY_LOOPS} busy loops")
    (folder / "busy").mkdir()
    networks = working(directory, folder / "busy", ca_file)
    with contextlib.ExitStack() as loops:
        for _ in range(BUSY_LOOPS):
            start(loops, "busy loop", [sys.executable, "-c", "while True: pass"])
        measure_agent(options, folder / "busy", networks)

    print("\nthe same on a quiet machine, and all servers hang")
    (folder / "hanging").mkdir()
    measure_agent(options, folder / "hanging",
                  hanging(stack, directory, folder / "hanging", ca_file))
