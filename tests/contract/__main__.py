"""Writes the contract of the program in CAL_EXPORTER into a folder:

    CAL_EXPORTER=.../cal_exporter lab/namespace.sh /usr/bin/python3 -m contract FOLDER

For a new version only, once, when it is released: see README.md."""

import pathlib
import shutil
import sys

from contract import documents
from contract.parts import parts
from contract.sample import sample


def main(folder):
    folder.mkdir(parents=True)  # that of an earlier version never changes
    with sample() as one:
        events = (one.folder / 'events.jsonl').read_text()
        for name, lines in parts(one).items():
            (folder / name).write_text('\n'.join(lines) + '\n')
        (folder / 'report.json').write_text(documents.report_of(one))
        (folder / 'state').mkdir()
        for file in one.state.glob('*.state'):
            shutil.copyfile(file, folder / 'state' / file.name)
        (folder / 'state' / 'events.jsonl').write_text(events)
    shutil.copyfile(documents.SCHEMA, folder / 'report.schema.json')


if __name__ == '__main__':
    main(pathlib.Path(sys.argv[1]))
