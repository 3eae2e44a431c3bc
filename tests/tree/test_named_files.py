"""Every file that a comment or a document of this tree names exists, and every heading that a link names."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOP = ('agent', 'probes', 'config', 'dashboards', 'tests')
TEXTS = ('*.h', '*.cpp', '*.py', '*.md', '*.yml', '*.sh', 'CMakeLists.txt')

# agent/run/board.h, tests/golden, probes/net: from the root or from a folder above the file that names
# it; not the end of another path or of a URL.
FROM_ROOT = re.compile(rf'(?<![\w./<>$}}%-])(?<!/\()((?:{"|".join(TOP)})/[\w./-]*\w)(?![\w\\*])')
# probes/NAME/NAME.h: the reader fills in a name.
PLACEHOLDER = re.compile(r'\b(?:NAME|LIST|VERSION)\b')
# board.h, README.md: by their name alone.
BY_NAME = re.compile(r'(?<![\w./<>*$}%{-])([a-z]\w*\.(?:h|cpp|py|md))\b(?![\w/(])')
LINK = re.compile(r'(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)')
HEADING = re.compile(r'^#+ +(.*?) *#*$', re.MULTILINE)
SYSTEM_HEADER = re.compile(r'^#include <([\w./-]+)>', re.MULTILINE)

# tests/layers_test.cpp lists them in quotes.
C_HEADERS = {'grp.h', 'resolv.h', 'sched.h', 'signal.h', 'time.h'}


def texts():
    files = [ROOT / 'run', *(file for pattern in TEXTS for file in ROOT.glob(pattern))]
    for top in TOP:
        files += [file for pattern in TEXTS for file in (ROOT / top).rglob(pattern)]
    return {file: file.read_text() for file in sorted(set(files)) if 'node_modules' not in file.parts}


def without_blocks(markdown):
    return re.sub(r'^ *```.*?^ *```', '', markdown, flags=re.DOTALL | re.MULTILINE)


def anchors(markdown):
    """As GitHub makes them: lower case, no punctuation, hyphens for spaces."""
    found = []
    for heading in HEADING.findall(without_blocks(markdown)):
        text = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', heading).lower()
        anchor = re.sub(r'[^\w\- ]', '', text).replace(' ', '-')
        found.append(f'{anchor}-{found.count(anchor)}' if anchor in found else anchor)
    return found


def names_a_file(path, file):
    """A unit may be named without its ending: agent/run/board."""
    for folder in file.parents:
        if (folder / path).exists() or list((folder / path).parent.glob(f'{pathlib.Path(path).name}.*')):
            return True
        if folder == ROOT:
            return False
    return False


class NamedFiles(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.texts = texts()

    def test_paths_exist(self):
        missing = [f'{file.relative_to(ROOT)} names {path}'
                   for file, text in self.texts.items() for path in FROM_ROOT.findall(text)
                   if not PLACEHOLDER.search(path) and not names_a_file(path, file)]
        self.assertEqual([], missing)

    def test_files_that_are_named_alone_exist(self):
        known = {file.name for file in self.texts} | C_HEADERS
        for text in self.texts.values():
            known.update(pathlib.PurePath(header).name for header in SYSTEM_HEADER.findall(text))
        missing = [f'{file.relative_to(ROOT)} names {name}'
                   for file, text in self.texts.items()
                   for name in BY_NAME.findall(text) if name not in known]
        self.assertEqual([], missing)

    def test_links_lead_to_files_and_headings(self):
        broken = []
        for file, text in self.texts.items():
            if file.suffix != '.md':
                continue
            for target in (link or image for link, image in LINK.findall(without_blocks(text))):
                if re.match(r'[a-z]+:', target):
                    continue
                path, _, anchor = target.partition('#')
                named = (file.parent / path).resolve() if path else file
                if not named.exists():
                    broken.append(f'{file.relative_to(ROOT)} links to {target}')
                elif anchor and anchor not in anchors(self.texts.get(named, '')):
                    broken.append(f'{file.relative_to(ROOT)} links to {target}: no such heading')
        self.assertEqual([], broken)


if __name__ == '__main__':
    unittest.main()
