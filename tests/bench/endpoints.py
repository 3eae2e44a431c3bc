"""The cost of checking an endpoint, compared with prometheus-blackbox-exporter: 2,000 endpoints of each
kind at a 15 s interval, checked by both at the same time on the same server.

The cost is the CPU time of the whole process, including the scrape of the results: blackbox gets a
/probe request for each check, evenly spaced, as from Prometheus; the agent uses its own timers and is
scraped every 15 s. All requests accept gzip. TLS sessions are not resumed."""

import contextlib
import http.client
import json
import threading
import time
import urllib.parse
import zlib

from harness import GZIP, DidNotRun, Server, Table, ask, exporter
from web_server import start_web_server, url

ENDPOINTS = 2000
NETWORKS = 20  # each with its share of the endpoints, and its own phase
INTERVAL = 15
FEW = 0.01  # share of the checks that may fail, on a busy machine
TARGETS = {"tcp": 0.18, "http": 0.15, "https": 0.50}  # our CPU time for a check to blackbox's

BLACKBOX_CONFIG = """
modules:
  tcp: {{ prober: tcp, tcp: {{ preferred_ip_protocol: ip4 }} }}
  http: &http {{ prober: http, http: {{ preferred_ip_protocol: ip4, tls_config: {{ ca_file: {ca_file} }} }} }}
  https: *http
"""


def configuration(scheme, ca_file):
    """The agent's configuration as text (JSON is YAML)."""
    share = ENDPOINTS // NETWORKS
    expected = {} if scheme == "tcp" else {"expect_status": [200]}
    return json.dumps({
        "defaults": {"interval": f"{INTERVAL}s", "timeout": "10s"},
        "networks": [{
            "name": f"n{network:02}",
            "probes": {"internet_connectivity": {
                "ca_file": str(ca_file), "proxy": "none",
                "endpoints": [{"url": url(scheme, network * share + number), **expected}
                              for number in range(share)]}}}
            for network in range(NETWORKS)]})


class Pair:
    """The agent and blackbox with the endpoints of one scheme."""

    def __init__(self, stack, options, folder, scheme, ca_file):
        self.scheme = scheme
        config = folder / f"{scheme}.yml"
        config.write_text(configuration(scheme, ca_file))
        self.agent = exporter(stack, f"cal_exporter {scheme}", options, config, folder)
        self.blackbox = Server(stack, f"blackbox {scheme}", lambda port: [
            "prometheus-blackbox-exporter", f"--web.listen-address=127.0.0.1:{port}",
            f"--config.file={folder / 'blackbox.yml'}", "--log.level=error"])
        self.failed_by_blackbox = 0
        self.asked = 0

    def page(self):
        status, body = self.agent.get("/metrics", GZIP)
        if status != 200:
            raise DidNotRun(f"{self.agent.name}: /metrics answers {status}")
        return zlib.decompress(body, wbits=31).decode()

    def checks(self):
        """How many endpoints the agent has checked so far."""
        runs = sum(float(line.rsplit(" ", 1)[1]) for line in self.page().splitlines()
                   if line.startswith("cal_probe_runs_total{"))
        return runs * ENDPOINTS / NETWORKS

    def reached(self):
        return sum(line.startswith("cal_endpoint_reachable{") and line.endswith(" 1")
                   for line in self.page().splitlines())

    def ask_blackbox(self, until):
        """Requests each endpoint once per interval, evenly spaced, over one connection."""
        begin = time.monotonic()
        with contextlib.closing(self.blackbox.connection()) as connection:
            while (due := begin + self.asked * INTERVAL / ENDPOINTS) < until:
                time.sleep(max(0.0, due - time.monotonic()))
                target = url(self.scheme, self.asked % ENDPOINTS).removeprefix("tcp://")
                query = urllib.parse.urlencode({"target": target, "module": self.scheme})
                self.asked += 1
                try:
                    _, body = ask(connection, f"/probe?{query}", GZIP)
                    reached = b"probe_success 1" in zlib.decompress(body, wbits=31)
                except (OSError, http.client.HTTPException):
                    connection.close()  # the next request opens it again
                    reached = False
                self.failed_by_blackbox += not reached


def watch(pairs, intervals):
    """For each pair, the CPU seconds per check of the agent and of blackbox."""
    before = [(pair.agent.cpu_seconds(), pair.checks(), pair.blackbox.cpu_seconds())
              for pair in pairs]
    begin = time.monotonic()
    until = begin + intervals * INTERVAL
    threads = [threading.Thread(target=pair.ask_blackbox, args=(until,)) for pair in pairs]
    for thread in threads:
        thread.start()
    for interval in range(1, intervals + 1):
        time.sleep(max(0.0, begin + interval * INTERVAL - time.monotonic()))
        for pair in pairs:
            pair.page()
    for thread in threads:
        thread.join()
    for pair, (agent, checks, blackbox) in zip(pairs, before):
        yield ((pair.agent.cpu_seconds() - agent) / (pair.checks() - checks),
               (pair.blackbox.cpu_seconds() - blackbox) / pair.asked)


def measure(options, stack, folder):
    ca_file = start_web_server(stack, folder)
    (folder / "blackbox.yml").write_text(BLACKBOX_CONFIG.format(ca_file=ca_file))
    pairs = [Pair(stack, options, folder, scheme, ca_file) for scheme in TARGETS]
    for pair in pairs:
        pair.agent.wait_until_ready(90)
    print(f"{ENDPOINTS:,} endpoints of each kind in {NETWORKS} networks, every {INTERVAL} s, for "
          f"{options.rounds} intervals")
    table = Table()
    for pair, (ours, theirs) in zip(pairs, watch(pairs, options.rounds)):
        if (pair.reached() < (1 - FEW) * ENDPOINTS
                or pair.failed_by_blackbox > FEW * max(pair.asked, 1)):
            raise DidNotRun(f"{pair.scheme}: of {ENDPOINTS} endpoints the agent reached "
                            f"{pair.reached()}; {pair.failed_by_blackbox} of {pair.asked} checks "
                            "by blackbox failed")
        table.line(f"CPU per check to blackbox, {pair.scheme}", ours / theirs, "<=",
                   TARGETS[pair.scheme], f"{ours * 1e6:,.0f} us, {theirs * 1e6:,.0f} us")
