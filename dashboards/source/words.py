"""What numbers and label values are called on the dashboards. Every colour comes with a word, so that
nothing is said by colour alone; the words are those of the agent's own pages."""

RED, ORANGE, YELLOW, GREEN, BLUE, GREY = ('semi-dark-red', 'semi-dark-orange', 'semi-dark-yellow',
                                          'semi-dark-green', 'semi-dark-blue', 'text')


def mapping(words):
    """{value: (text, colour)} as Grafana's value mapping; a value is a number or a label's value."""
    return [{'type': 'value', 'options': {
        str(value): {'text': text, 'color': colour, 'index': index}
        for index, (value, (text, colour)) in enumerate(words.items())}}]


# In the order of the numbers that coded() gives them: 0, 1, 2, …
CAUSES = {
    'none': ('✓ no cause found', GREEN),
    'cannot_tell': ('? cannot tell', YELLOW),
    'account_not_administrator': ('✗ account is no usable administrator', RED),
    'pack_already_installed': ('✗ pack is installed already', RED),
    'internet_unreachable': ('✗ activation service not reached', RED),
    'directory_not_writable': ('✗ directory not writable', RED),
    'licenses_exhausted': ('✗ not enough licences', RED),
    'already_licensed': ('✗ has a licence already', RED),
    'other': ('✗ something else', RED),
}
VERDICTS = {
    'clear': ('✓ clear', GREEN),
    'unknown': ('? unknown', YELLOW),
    'present': ('✗ present', RED),
}
STRENGTHS = {0: ('– nothing', GREEN), 1: ('possible', YELLOW), 2: ('likely', ORANGE),
             3: ('certain', RED)}


def numbered(words):
    """The words of coded() numbers."""
    return mapping(dict(enumerate(words.values())))


def yes_no(yes, no):
    return mapping({1: (f'✓ {yes}', GREEN), 0: (f'✗ {no}', RED)})
