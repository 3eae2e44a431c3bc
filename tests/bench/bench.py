#!/usr/bin/python3
"""Benchmarks of cal_exporter in one run on loopback: `bench.py … [PART…]`, by default all parts.

A missed target is not a failure: the exit code is 1 only if something did not run.
"""

import argparse
import contextlib
import pathlib
import sys
import tempfile

import directory
import endpoints
import networks
import scrapes
from harness import DidNotRun

PARTS = {"scrapes": scrapes.measure, "endpoints": endpoints.measure, "networks": networks.measure,
         "directory": directory.measure}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--binary", type=pathlib.Path, required=True, help="cal_exporter")
    parser.add_argument("--baseline", type=pathlib.Path,
                        help="an older cal_exporter, whose scrapes are measured in the same rounds")
    parser.add_argument("--config", type=pathlib.Path, required=True,
                        help="its configuration, JSON, whose first network has a directory")
    parser.add_argument("--tools", type=pathlib.Path, required=True,
                        help="directory of bare_server and scrape_latency")
    parser.add_argument("--scrapes", type=int, default=10_000, help="before memory is read")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    options.binary = options.binary.resolve()
    for part in options.parts:
        if part not in PARTS:
            parser.error(f"unknown part {part}; the parts are {', '.join(PARTS)}")
    for part in options.parts or PARTS:
        print(f"\n{part}")
        try:
            with contextlib.ExitStack() as stack:
                folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
                PARTS[part](options, stack, folder)
        except DidNotRun as what:
            print(f"bench: {what}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
