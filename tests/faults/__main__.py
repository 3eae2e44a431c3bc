"""Runs the rows of all areas, or of some, and writes the document:  python3 -m faults RESULTS.md [AREA…]"""

import pathlib
import sys
import unittest

from . import document


class Recorder(unittest.TextTestResult):
    """Records the rows with their results, in the order in which they ran."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.rows = []

    def addSuccess(self, test):
        super().addSuccess(test)
        self.rows.append((test, True))

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.rows.append((test, False))

    def addError(self, test, error):
        super().addError(test, error)
        self.rows.append((test, False))


def run(area):
    """The area's rows, which may be in several files, and whether each passed."""
    files = sorted(pathlib.Path(__file__).parent.glob(f'slow_{area}*.py'))
    rows = unittest.defaultTestLoader.loadTestsFromNames([f'faults.{file.stem}' for file in files])
    return unittest.TextTestRunner(sys.stderr, verbosity=2, resultclass=Recorder).run(rows).rows


def main(file, *areas):
    """Runs the areas, by default all, and writes each when it has run."""
    all_passed = True
    for area in areas or document.AREAS:
        rows = run(area)
        document.replace_part(pathlib.Path(file), area, document.matrix(area, rows))
        all_passed = all_passed and all(passed for _, passed in rows)
    return 0 if all_passed else 1


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
