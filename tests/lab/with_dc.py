"""Runs a command beside a seeded domain controller:  python3 -m lab.with_dc COMMAND…  The word
CONFIG in it becomes the path of an agent's configuration for that controller. For measuring; the
tests have case.py."""

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
