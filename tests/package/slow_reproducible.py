"""Two builds in different folders give the same package, byte for byte."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from .case import package

TOP = pathlib.Path(__file__).parents[2]


def released():
    """The SOURCE_DATE_EPOCH that the package was built with."""
    cache = (TOP / 'build/package/config/debian/changelog.Debian').read_text()
    date = re.search('>  (.*)', cache)[1]
    return subprocess.run(['date', '+%s', '--date', date], capture_output=True, text=True,
                          check=True).stdout.strip()


class Reproducible(unittest.TestCase):
    def test_a_copy_in_another_folder_gives_the_same_bytes(self):
        with tempfile.TemporaryDirectory(prefix='cal-elsewhere-') as folder:
            copy = pathlib.Path(folder) / 'a folder of another name and length'.replace(' ', '-')
            shutil.copytree(TOP, copy, symlinks=True,
                            ignore=shutil.ignore_patterns('build', '.lab', '.git', 'node_modules'))
            done = subprocess.run([copy / 'run', 'package'], capture_output=True, text=True, env={
                **os.environ, 'SOURCE_DATE_EPOCH': released(), 'CCACHE_DISABLE': '1'})
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
            [again] = (copy / 'build/package').glob('*.deb')
            self.assertEqual(package().read_bytes(), again.read_bytes())
