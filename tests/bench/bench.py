#!/usr/bin/python3
"""Measures scrapes of cal_exporter against its yardsticks, all in one run on loopback.

The yardsticks are a bare libmicrohttpd server with a static body of our size (bare_server), Debian's
prometheus-node-exporter and prometheus-blackbox-exporter. Servers take turns, and a ratio is the
median of the rounds' own ratios, so that a busy machine disturbs both sides alike. Missing a target
is a finding, not a failure: the exit code is 1 only when something did not run.
"""

import argparse
import contextlib
import http.client
import pathlib
import re
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time

from lab.certificates import Authority

MB = 1e6
BLACKBOX_CONFIG = "modules:\n  tcp:\n    prober: tcp\n"


class DidNotRun(Exception):
    pass


class Server:
    """A program that serves /metrics on a port of 127.0.0.1, perhaps with TLS."""

    def __init__(self, stack, name, command_for_port, tls=False):
        self.name = name
        self.tls = tls
        self.port = free_port()
        command = [str(word) for word in command_for_port(self.port)]
        if not shutil.which(command[0]):
            raise DidNotRun(f"{name}: no program {command[0]}")
        self.log = stack.enter_context(tempfile.TemporaryFile("w+"))
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self.log)
        stack.callback(self.end)
        wait_until(self.serves, 20, f"{name}: does not serve /metrics")

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def serves(self):
        if self.process.poll() is not None:
            self.log.seek(0)
            raise DidNotRun(f"{self.name}: ended: {self.log.read().strip()}")
        with contextlib.suppress(OSError):
            return self.get("/metrics")[0] == 200
        return False

    def get(self, path, headers=None):
        connection = (http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20,
                                                  context=ssl._create_unverified_context())
                      if self.tls else
                      http.client.HTTPConnection("127.0.0.1", self.port, timeout=20))
        with contextlib.closing(connection):
            connection.request("GET", path, headers=headers or {})
            reply = connection.getresponse()
            return reply.status, reply.read()

    def memory(self):
        """Private dirty and resident memory in bytes."""
        rollup = pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        kilobytes = {key: int(value) for key, value in re.findall(r"(\w+): +(\d+) kB", rollup)}
        return kilobytes["Private_Dirty"] * 1024, kilobytes["Rss"] * 1024


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds, seconds, complaint):
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise DidNotRun(complaint)
        time.sleep(0.1)


def run(command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise DidNotRun(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout


def wrk(server, seconds, gzip=False):
    """Scrapes over four keep-alive connections; gives their number and rate."""
    accept = ["-H", "Accept-Encoding: gzip"] if gzip else []
    out = run(["wrk", "-t1", "-c4", f"-d{seconds}s", *accept,
               f"http{'s' if server.tls else ''}://127.0.0.1:{server.port}/metrics"])
    if "Non-2xx" in out or "Socket errors" in out:
        raise DidNotRun(f"wrk: scrapes of {server.name} failed:\n{out}")
    return (int(re.search(r"(\d+) requests in", out)[1]),
            float(re.search(r"Requests/sec: +([\d.]+)", out)[1]))


def memory_after(server, scrapes):
    while scrapes > 0:
        scrapes -= wrk(server, 1)[0]
    return server.memory()


def rates(ours, bare, gzip, rounds):
    """The median ratio of our rate to the bare server's, and both median rates."""
    pairs = [(wrk(ours, 1, gzip)[1], wrk(bare, 1, gzip)[1]) for _ in range(rounds)]
    return (statistics.median(a / b for a, b in pairs),
            statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs))


def latencies(tools, servers, rounds, scrapes):
    """For each round {server name: (p50, p99)} in microseconds."""
    results = []
    for _ in range(rounds):
        out = run([tools / "scrape_latency", scrapes, *(each.port for each in servers)])
        lines = [line.split() for line in out.splitlines()]
        results.append({server.name: (float(p50), float(p99))
                        for server, (_, p50, p99) in zip(servers, lines)})
    return results


class Table:
    def __init__(self):
        print(f"{'ratio':>7}  {'target':<8} {'':<7} what")

    @staticmethod
    def line(what, value, sign, target, measured):
        holds = value >= target if sign == ">=" else value <= target
        print(f"{value:7.2f}  {sign} {target:<5.2f} {'holds' if holds else 'MISSES':<7} "
              f"{what}: {measured}", flush=True)


def report_rates(table, pairs, node, rounds):
    for form, ours, bare in pairs:
        ratio, our_rate, bare_rate = rates(ours, bare, form == "gzip", rounds)
        table.line(f"scrapes/s to the bare server, {form}", ratio, ">=", 0.70,
                   f"{our_rate:,.0f}/s, {bare_rate:,.0f}/s")
    ratio, our_rate, node_rate = rates(pairs[0][1], node, False, rounds)
    table.line("scrapes/s to node_exporter", ratio, ">=", 1.0,
               f"{our_rate:,.0f}/s, {node_rate:,.0f}/s")


def report_latencies(table, measured, ours):
    for name, target in (("bare", 1.5), ("node_exporter", 1.0), ("blackbox", 1.0)):
        for at, percentile in enumerate(("p50", "p99")):
            ratio = statistics.median(each[ours][at] / each[name][at] for each in measured)
            a, b = (statistics.median(each[who][at] for each in measured) for who in (ours, name))
            table.line(f"scrape latency to {name}, {percentile}", ratio, "<=", target,
                       f"{a:,.0f} us, {b:,.0f} us")


def report_memory(table, ours, blackbox, scrapes):
    dirty, resident = ours
    theirs = blackbox[1]
    after = f"after {scrapes:,} scrapes"
    table.line(f"resident memory to blackbox {after}", resident / theirs, "<=", 1.0,
               f"{resident / MB:.1f} MB, {theirs / MB:.1f} MB")
    for what, value, limit in (("private dirty", dirty, 6), ("resident", resident, 20)):
        table.line(f"{what} memory to {limit} MB {after}", value / MB / limit, "<=", 1.0,
                   f"{value / MB:.1f} MB")


def bench(options, stack):
    directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
    (directory / "blackbox.yml").write_text(BLACKBOX_CONFIG)
    certificate, key = Authority(directory).issue("bench", "IP:127.0.0.1")
    web = directory / "web-config.yml"
    web.write_text(f"tls_server_config: {{ cert_file: {certificate}, key_file: {key} }}\n")

    def exporter(name, *arguments, **form):
        server = Server(stack, name, lambda port: [
            options.binary, "serve", f"--config.file={options.config}",
            f"--state.dir={directory / name.replace(' ', '-')}",
            f"--web.listen-address=127.0.0.1:{port}", *arguments], **form)
        wait_until(lambda: server.get("/-/ready")[0] != 503, 60, f"{name}: not ready")
        return server

    ours = exporter("cal_exporter")
    ours_tls = exporter("cal_exporter TLS", f"--web.config.file={web}", tls=True)
    node = Server(stack, "node_exporter", lambda port: [
        "prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}"])
    blackbox = Server(stack, "blackbox", lambda port: [
        "prometheus-blackbox-exporter", f"--web.listen-address=127.0.0.1:{port}",
        f"--config.file={directory / 'blackbox.yml'}"])
    plain = len(ours.get("/metrics")[1])
    gzip = len(ours.get("/metrics", {"Accept-Encoding": "gzip"})[1])
    bare, bare_gzip, bare_tls = (
        Server(stack, name, lambda port, size=size, pair=pair: [
            options.tools / "bare_server", port, size, *pair], tls=bool(pair))
        for name, size, pair in (("bare", plain, ()), ("bare, gzip", gzip, ()),
                                 ("bare, TLS", plain, (certificate, key))))
    print(f"/metrics has {plain:,} bytes, {gzip:,} as gzip; medians of {options.rounds} rounds")

    memory = [memory_after(server, options.scrapes) for server in (ours, blackbox)]
    table = Table()
    report_rates(table, [("plain", ours, bare), ("gzip", ours, bare_gzip),
                         ("TLS", ours_tls, bare_tls)], node, options.rounds)
    report_latencies(
        table, latencies(options.tools, (ours, bare, node, blackbox), options.rounds, 400),
        ours.name)
    report_memory(table, *memory, options.scrapes)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, required=True, help="cal_exporter")
    parser.add_argument("--config", type=pathlib.Path, required=True, help="its configuration")
    parser.add_argument("--tools", type=pathlib.Path,
                        help="directory of bare_server and scrape_latency; else beside the binary")
    parser.add_argument("--scrapes", type=int, default=10_000, help="before memory is read")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    options.binary = options.binary.resolve()
    options.tools = options.tools or options.binary.parent / "tests" / "bench"
    try:
        with contextlib.ExitStack() as stack:
            bench(options, stack)
    except DidNotRun as what:
        print(f"bench: {what}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
