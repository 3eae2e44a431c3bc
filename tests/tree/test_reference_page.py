"""Every sentence of Microsoft's page about event 5 has an answer in a runbook.

reference_page.csv lists the sentences in their order: a number, the first 8 digits of their SHA-256, what each
says or asks in our words, and the runbook and heading with our answer. The page itself is Microsoft's and not part
of this tree. REFERENCE_PAGE=FILE, its text, also checks that the list is complete."""

import csv
import hashlib
import os
import pathlib
import re
import unittest

HERE = pathlib.Path(__file__).parent
PROBES = HERE.parents[1] / 'probes'
FURNITURE = 'page furniture'  # of the web page, not of the text
HEADING = re.compile(r'^(#+) +(.*?)(?:: `.*)?$', re.MULTILINE)


def rows():
    with (HERE / 'reference_page.csv').open(newline='') as file:
        return list(csv.DictReader(file))


def sentences(page):
    """Lines without their bullets and numbers, and the sentences in each."""
    for line in page.splitlines():
        text = re.sub(r'^\s*(?:•|\d+\.)\s+', '', line).strip()
        if text:
            yield from re.split(r'(?<=[.!?])\s+(?=[A-Z])', text)


def fingerprint(sentence):
    return hashlib.sha256(' '.join(sentence.split()).encode()).hexdigest()[:8]


def in_one_line(text):
    return ' '.join(text.split())


def sections(markdown):
    """{heading without its reasons: its text, with that of the headings below it}; the first heading is the title
    and has only the text before the next one."""
    markdown = re.sub(r'^ *```.*?^ *```', '', markdown, flags=re.DOTALL | re.MULTILINE)
    found = list(HEADING.finditer(markdown))
    texts = {}
    for place, heading in enumerate(found):
        later = found[place + 1:]
        end = next((each for each in later if len(each[1]) <= max(2, len(heading[1]))), None)
        texts[heading[2]] = in_one_line(markdown[heading.end():end.start() if end else None])
    return texts


class ReferencePage(unittest.TestCase):
    def test_every_sentence_has_an_answer_in_our_words(self):
        books = {}
        for row in rows():
            if row['what it asks or says'] == FURNITURE:
                continue
            probe, heading = row['runbook'], row['heading']
            if probe not in books:
                books[probe] = sections((PROBES / probe / 'README.md').read_text())
            with self.subTest(number=row['number'], asks=row['what it asks or says']):
                self.assertIn(heading, books[probe], f'{probe} has no such heading')
                self.assertEqual([], [words for words in row['our words'].split('|')
                                      if words not in books[probe][heading]],
                                 f'missing in {probe}, {heading}')

    def test_the_list_is_in_order_and_only_furniture_has_no_answer(self):
        self.assertEqual([str(number) for number in range(1, len(rows()) + 1)],
                         [row['number'] for row in rows()])
        self.assertEqual([], [row['number'] for row in rows()
                              if (row['what it asks or says'] == FURNITURE) != (not row['our words'])])
        self.assertLessEqual(sum(not row['our words'] for row in rows()), 3)

    @unittest.skipUnless('REFERENCE_PAGE' in os.environ, 'REFERENCE_PAGE names no copy of the page')
    def test_the_list_has_every_sentence_of_the_page(self):
        page = pathlib.Path(os.environ['REFERENCE_PAGE']).read_text()
        self.assertEqual([fingerprint(each) for each in sentences(page)],
                         [row['sha256'] for row in rows()])

    def test_a_sentence_is_found_and_recognized(self):
        page = 'Title\n\n  1. Click here. Then click there\n  • Wait: it is v1.2. (It is.)\n'
        self.assertEqual(['Title', 'Click here.', 'Then click there', 'Wait: it is v1.2. (It is.)'],
                         list(sentences(page)))
        self.assertEqual(fingerprint('one  two'), fingerprint('one two'))
        self.assertEqual({'T': 'a', 'R': 'b ### N: `x` c', 'N': 'c', 'V': 'd'},
                         sections('# T\na\n## R\nb\n### N: `x`\nc\n## V\nd'))


if __name__ == '__main__':
    unittest.main()
