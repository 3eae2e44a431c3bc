"""Writes an archive of a seeded domain, which all tests of a run copy:  python3 -m lab.seeded_domain FILE"""

import pathlib
import sys

from .case import seeded_controller

if __name__ == '__main__':
    archive = pathlib.Path(sys.argv[1])
    archive.unlink(missing_ok=True)
    seeded_controller().save_as(archive)
