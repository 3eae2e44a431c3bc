"""Scrapes of cal_exporter compared with other servers, all in one run on loopback.

The others are a minimal libmicrohttpd server with a static body of our size (bare_server), Debian's
prometheus-node-exporter and prometheus-blackbox-exporter. Servers take turns, and a ratio is the
median of the ratios of all rounds, so that other load on the machine affects both sides equally.
"""

import re
import statistics

from harness import GZIP, MB, DidNotRun, Server, Table, exporter, run
from lab.certificates import Authority

BLACKBOX_CONFIG = "modules:\n  tcp:\n    prober: tcp\n"


def wrk(server, seconds, gzip=False):
    """Scrapes over four keep-alive connections; returns their number and rate."""
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


def report_rates(table, pairs, node, rounds):
    for form, ours, bare in pairs:
        ratio, our_rate, bare_rate = rates(ours, bare, form == "gzip", rounds)
        table.line(f"scrapes/s to the bare server, {form}", ratio, ">=", 0.70,
                   f"{our_rate:,.0f}/s, {bare_rate:,.0f}/s")
    ratio, our_rate, node_rate = rates(pairs[0][1], node, False, rounds)
    table.line("scrapes/s to node_exporter", ratio, ">=", 1.0,
               f"{our_rate:,.0f}/s, {node_rate:,.0f}/s")


def report_baseline(table, options, pairs):
    """Each pair: the form, this version, the older one."""
    for form, ours, older in pairs:
        ratio, our_rate, old_rate = rates(ours, older, form == "gzip", options.rounds)
        table.line(f"scrapes/s to the baseline, {form}", ratio, ">=", 1.0,
                   f"{our_rate:,.0f}/s, {old_rate:,.0f}/s")


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


def measure(options, stack, folder):
    (folder / "blackbox.yml").write_text(BLACKBOX_CONFIG)
    certificate, key = Authority(folder).issue("bench", "IP:127.0.0.1")
    web = folder / "web-config.yml"
    web.write_text(f"tls_server_config: {{ cert_file: {certificate}, key_file: {key} }}\n")

    ours = exporter(stack, "cal_exporter", options, options.config, folder)
    ours_tls = exporter(stack, "cal_exporter TLS", options, options.config, folder,
                        f"--web.config.file={web}", tls=True)
    for server in (ours, ours_tls):
        server.wait_until_ready(60)
    node = Server(stack, "node_exporter", lambda port: [
        "prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}"])
    blackbox = Server(stack, "blackbox", lambda port: [
        "prometheus-blackbox-exporter", f"--web.listen-address=127.0.0.1:{port}",
        f"--config.file={folder / 'blackbox.yml'}"])
    plain = len(ours.get("/metrics")[1])
    gzip = len(ours.get("/metrics", GZIP)[1])
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
    if options.baseline:
        older, older_tls = (
            exporter(stack, name, options, options.config, folder, *arguments,
                     binary=options.baseline, tls=bool(arguments))
            for name, arguments in (("baseline", ()),
                                    ("baseline TLS", (f"--web.config.file={web}",))))
        for server in (older, older_tls):
            server.wait_until_ready(60)
        report_baseline(table, options, [("plain", ours, older), ("gzip", ours, older),
                                         ("TLS", ours_tls, older_tls)])
    report_latencies(
        table, latencies(options.tools, (ours, bare, node, blackbox), options.rounds, 400),
        ours.name)
    report_memory(table, *memory, options.scrapes)
