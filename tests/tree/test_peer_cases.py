"""The tables of peers' cases in tests/integration/README.md: every row names tests that exist, and says what differs or
why a case does not apply."""

import ast
import pathlib
import re
import unittest

TESTS = pathlib.Path(__file__).resolve().parents[1]
README = TESTS / 'integration' / 'README.md'
PEERS = ("exporter-toolkit's cases", "blackbox_exporter's cases")
RESULTS = ('same', 'differs', 'does not apply')
PYTHON = re.compile(r'(test_\w+)\.(\w+)\.(test_\w+)')
CPP = re.compile(r'(\w+_test\.cpp): (.+)')


def rows(heading):
    """The cells of each row below the heading: the case, what is done here, its tests, the result."""
    section = README.read_text().split(f'## {heading}\n')[1].split('\n## ')[0]
    lines = [line for line in section.splitlines() if line.startswith('| ')]
    return [[cell.strip() for cell in line.strip('|').split(' | ')] for line in lines[2:]]


def python_tests():
    """test_file.Class.test_name of all Python tests."""
    found = set()
    for file in TESTS.rglob('test_*.py'):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.ClassDef):
                found.update(f'{file.stem}.{node.name}.{each.name}' for each in node.body
                             if isinstance(each, ast.FunctionDef) and each.name.startswith('test_'))
    return found


def cpp_tests():
    return {f'{file.name}: {name}' for file in TESTS.rglob('*_test.cpp')
            for name in re.findall(r'TEST_CASE\("((?:[^"\\]|\\.)*)"', file.read_text())}


class PeerCases(unittest.TestCase):
    maxDiff = None

    def test_every_named_test_exists(self):
        known = python_tests() | cpp_tests()
        for peer in PEERS:
            missing = [name for row in rows(peer) for name in re.findall(r'`([^`]+)`', row[2]) if name not in known]
            self.assertEqual([], missing, peer)

    def test_every_row_is_complete(self):
        for peer in PEERS:
            listed = rows(peer)
            self.assertGreater(len(listed), 30)
            for row in listed:
                with self.subTest(row[0]):
                    self.assertEqual(4, len(row))
                    self.assertIn(row[3], RESULTS)
                    named = re.findall(r'`([^`]+)`', row[2])
                    self.assertEqual(row[3] != 'does not apply', bool(named), 'a test, unless it does not apply')
                    self.assertTrue(row[1], 'what is done here, or why it does not apply')
                    for name in named:
                        self.assertTrue(PYTHON.fullmatch(name) or CPP.fullmatch(name), name)

    def test_no_case_is_listed_twice(self):
        for peer in PEERS:
            names = [row[0] for row in rows(peer)]
            self.assertEqual(sorted(set(names)), sorted(names))


if __name__ == '__main__':
    unittest.main()
