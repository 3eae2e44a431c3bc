"""Runs a command with a seeded domain controller:  python3 -m lab.with_dc COMMAND…  The word CONFIG in the
command is replaced with the path of an agent's configuration for that controller. For benchmarks; the tests
use case.py."""

import pathlib
import subprocess
import sys

from . import agent
from .case import seeded_controller


def main(*command):
    dc = seeded_controller()
    dc.start()
    try:
        config = pathlib.Path(dc.folder) / 'cal_exporter.yml'
        config.write_text(agent.configuration(dc, probe={'interval': '5s', 'timeout': '5s'}))
        return subprocess.run([str(config) if word == 'CONFIG' else word for word in command],
                              check=False).returncode
    finally:
        dc.stop()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
