"""The words for numbers and label values on the dashboards. Every color comes with a word, so that no
information depends on color alone. The words are the same as on the agent's pages."""

RED, ORANGE, YELLOW, GREEN, BLUE, GRAY = ('semi-dark-red', 'semi-dark-orange', 'semi-dark-yellow',
                                          'semi-dark-green', 'semi-dark-blue', 'text')


def mapping(words):
    """{value: (text, color)} as Grafana's value mapping; a value is a number or a label's value."""
    return [{'type': 'value', 'options': {
        str(value): {'text': text, 'color': color, 'index': index}
        for index, (value, (text, color)) in enumerate(words.items())}}]


# In the order of the numbers that coded() assigns: 0, 1, 2, …
CAUSES = {
    'none': ('✓ no cause found', GREEN),
    'cannot_tell': ('? cannot tell', YELLOW),
    'account_not_administrator': ('✗ account is not a usable administrator', RED),
    'pack_already_installed': ('✗ pack is already installed', RED),
    'internet_unreachable': ('✗ activation service not reached', RED),
    'directory_not_writable': ('✗ directory not writable', RED),
    'licenses_exhausted': ('✗ not enough licenses', RED),
    'already_licensed': ('✗ already has a license', RED),
    'other': ('✗ something else', RED),
}
# Where causes are beside each other: none is green.
SHADES = {
    'cannot_tell': YELLOW,
    'account_not_administrator': 'dark-purple',
    'pack_already_installed': 'dark-blue',
    'internet_unreachable': RED,
    'directory_not_writable': ORANGE,
    'licenses_exhausted': 'light-purple',
    'already_licensed': 'light-blue',
    'other': GRAY,
}
VERDICTS = {
    'clear': ('✓ not the cause', GREEN),
    'unknown': ('? could not check', YELLOW),
    'present': ('✗ cause found', RED),
}
ABOUT_VERDICTS = ('"Could not check" is neither good nor bad. Metrics do not contain the severity, so '
                  '"cause found" includes what the agent\'s page calls a possible cause.')
STRENGTHS = {0: ('– nothing', GREEN), 1: ('possible', YELLOW), 2: ('likely', ORANGE),
             3: ('certain', RED)}


def numbered(words):
    """The words for coded() numbers."""
    return mapping(dict(enumerate(words.values())))


def yes_no(yes, no):
    return mapping({1: (f'✓ {yes}', GREEN), 0: (f'✗ {no}', RED)})
