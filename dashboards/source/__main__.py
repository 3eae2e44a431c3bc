"""Generates the dashboards in ../grafana, where they are committed and installed from:
cd dashboards && python3 -m source"""

import json
import pathlib

from . import agent, farm, network, overview

FOLDER = pathlib.Path(__file__).parent.parent / 'grafana' / 'dashboards' / 'cal_exporter'
DASHBOARDS = {'overview.json': overview.make, 'network.json': network.make, 'farm.json': farm.make,
              'agent.json': agent.make}


def text_of(name):
    return json.dumps(DASHBOARDS[name](), indent=2, ensure_ascii=False) + '\n'


if __name__ == '__main__':
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in DASHBOARDS:
        (FOLDER / file).write_text(text_of(file))
