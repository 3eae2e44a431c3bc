"""Functions with a trap are called in one file only, which knows the trap."""

import pathlib
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

CALLER = {
    # Its answer is overwritten by the next question.
    'MHD_get_connection_info(': 'agent/http/connection_info.cpp',
}


def callers(function):
    return {str(file.relative_to(ROOT)) for folder in ('agent', 'probes')
            for file in (ROOT / folder).rglob('*.cpp') if function in file.read_text()}


class OneCaller(unittest.TestCase):
    def test_a_function_with_a_trap_has_one_caller(self):
        for function, caller in CALLER.items():
            with self.subTest(function=function):
                self.assertEqual(callers(function), {caller})


if __name__ == '__main__':
    unittest.main()
