"""The pages in a real browser: the lab's pages healthy and with each cause, as they change,
without JavaScript, without the agent, and with markup in the directory's names."""

import json
import pathlib
import signal
import tempfile
import unittest

from lab import agent, names
from lab.agent import wait_until
from lab.event_lines import EventLog
from lab.faults import fix_probe

from .case import BrowserCase, PageChecks

IMG = '<img src=x onerror=alert(1)>'
PROBES = ['administrators_membership', 'pack_already_installed', 'internet_connectivity',
          'directory_permissions', 'license_compliance', 'activation_events']
HEALTHY = 'No cause found; all 4 causes were checked.'


# The words in table cells that are broken over more than one line, each with whether it is code.
BROKEN_WORDS = """(() => {
    const broken = [];
    for (const cell of document.querySelectorAll("th, td")) {
        const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            for (const word of texts.currentNode.data.matchAll(/[A-Za-z_]+/g)) {
                const range = document.createRange();
                range.setStart(texts.currentNode, word.index);
                range.setEnd(texts.currentNode, word.index + word[0].length);
                if (range.getClientRects().length < 2) continue;
                broken.push([word[0], texts.currentNode.parentElement.matches("code")]);
            }
        }
    }
    return broken;
})()"""


def escaped(text):
    """As a value in a DN."""
    return ''.join(f'\\{ord(each):02X}' if each in '<>=,+"' else each for each in text)


class Lab(BrowserCase):
    def test_every_page_is_in_order(self):
        self.assert_in_order('/', HEALTHY, *PROBES)
        for probe in PROBES:
            self.assert_in_order(f'/probes/ebs/{probe}', 'Runs, newest first')
            self.assert_in_order(f'/runbooks/{probe}', 'Current results', 'Resolve', 'Verify')
            self.assert_in_order(f'/runbooks/{probe}?network=ebs', 'The whole runbook')
        self.assert_in_order('/licenses', 'ebs: License compliance', 'Nothing has to be bought')

    def test_every_page_is_in_order_with_causes_present(self):
        for probe in PROBES[:4]:
            self.break_it(probe)
        self.lab.events.append(5, '0x80070005')
        self.lab.events.append(12)
        self.page.open(self.agent.url)
        for probe in PROBES[:4]:
            self.wait_for_text(f'✗ cause found {probe.replace("_", " ").capitalize()}')
        self.wait_for_text('activation_failed')
        self.assert_in_order('/', 'Causes, most likely first', 'First step:')
        for probe in PROBES[:4]:
            self.assert_in_order(f'/probes/ebs/{probe}', 'Last good', 'First bad')
            self.assert_in_order(f'/runbooks/{probe}', 'ebs: ✗ cause found', 'What to do:')
        for probe, said in (('administrators_membership', 'Undo'), ('directory_permissions', 'After this:')):
            self.assert_in_order(f'/runbooks/{probe}?network=ebs', 'Repair plan', 'ErrorActionPreference', said)

    def test_a_fault_and_its_repair_are_shown_on_the_open_page(self):
        self.page.open(self.agent.url)
        self.wait_for_text(HEALTHY)
        self.page.evaluate('window.same = true')
        for probe, words in [
                ('administrators_membership', 'Likely cause: the installing account is not'),
                ('directory_permissions', 'Likely cause: the licensing service cannot')]:
            self.break_it(probe)
            self.wait_for_text(words)
            fix_probe(self.dc, probe)
            self.wait_for_text(HEALTHY)
        self.assertTrue(self.page.evaluate('window.same'))  # it was never loaded again
        self.assertEqual([], self.page.problems)

    def wait_until_replaced(self):
        self.page.evaluate('document.querySelector("main").id = "before"')
        wait_until('the content is replaced',
                   lambda: self.page.evaluate('document.querySelector("#before") === null'))

    def test_expanded_parts_stay_expanded_when_the_page_refreshes(self):
        self.page.open(self.agent.url)
        self.page.evaluate('document.querySelector("main details").open = true')
        self.wait_until_replaced()
        self.assertTrue(self.page.evaluate('document.querySelector("main details").open'))

    def test_the_focus_stays_when_the_page_refreshes(self):
        self.page.open(self.agent.url)
        self.page.evaluate('document.querySelectorAll("main details")[1].open = true')
        for element in ('document.querySelectorAll("main details")[1].querySelector("a")',
                        'document.querySelector("main summary")'):
            self.page.evaluate(f'{element}.focus()')
            place = self.page.evaluate('scrollY')
            self.wait_until_replaced()
            self.assertTrue(self.page.evaluate(f'document.activeElement === {element}'), element)
            self.assertEqual(place, self.page.evaluate('scrollY'))

    def test_selected_text_stays_selected_and_is_refreshed_later(self):
        self.page.open(self.agent.url)
        self.page.evaluate('''window.asked = 0; const ask = fetch;
            window.fetch = (...what) => { ++window.asked; return ask(...what); };
            document.querySelector("main").id = "before";
            getSelection().selectAllChildren(document.querySelector(".headline"))''')
        wait_until('two rounds', lambda: self.page.evaluate('window.asked') > 2)
        self.assertIn(HEALTHY, self.page.evaluate('getSelection().toString()'))
        self.page.evaluate('getSelection().removeAllRanges()')
        wait_until('the content is replaced',
                   lambda: self.page.evaluate('document.querySelector("#before") === null'))

    def test_every_page_refreshes(self):
        for path in ('/probes/ebs/activation_events', '/runbooks/activation_events'):
            self.page.open(self.agent.url + path)
            self.wait_until_replaced()

    def test_the_words_of_a_table_are_whole(self):
        for probe in PROBES:
            for width in (390, 1920):
                with self.subTest(probe=probe, width=width):
                    self.page.open(f'{self.agent.url}/runbooks/{probe}', width, 1080)
                    broken = self.page.evaluate(BROKEN_WORDS)
                    if width < 600:  # URLs and names of metrics are wider than a phone
                        broken = [word for word, is_code in broken if not is_code]
                    self.assertEqual([], broken)

    def test_the_keyboard_reaches_every_link_and_shows_where_it_is(self):
        self.page.open(self.agent.url)
        self.page.evaluate('window.fetch = () => new Promise(() => {})')  # the page stays as it is
        self.page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true')
        reached = set()
        for _ in range(self.page.evaluate('document.querySelectorAll("a, summary").length')):
            self.page.press('Tab')
            self.assertNotEqual('none', self.page.evaluate(
                'getComputedStyle(document.activeElement).outlineStyle'))
            reached.add(self.page.evaluate('document.activeElement.href || "not a link"'))
        for probe in PROBES:
            self.assertIn(f'{self.agent.url}/runbooks/{probe}?network=ebs', reached)

    def assert_trouble_is_seen(self, trouble):
        """The banner is visible everywhere on the page, and the last content with its time stays."""
        self.page.evaluate('scrollTo(0, document.body.scrollHeight)')
        self.wait_for_text(f'The agent {trouble}. This page is from 20')
        self.assertTrue(self.page.evaluate("""(() => {
            const box = document.querySelector("[role=status]").getBoundingClientRect();
            return box.height > 20 && box.top >= 0 && box.bottom <= innerHeight;
        })()"""))
        self.assertEqual([], self.page.violations())
        self.assertIn(HEALTHY, self.page.text())

    def test_a_banner_appears_when_the_agent_has_stopped(self):
        self.page.open(self.agent.url)
        self.assertEqual(0, self.agent.stop())
        self.assert_trouble_is_seen('does not answer')

    def test_a_banner_appears_while_the_agent_hangs(self):
        self.page.open(self.agent.url)
        self.agent.send(signal.SIGSTOP)
        self.addCleanup(self.agent.send, signal.SIGCONT)
        self.assert_trouble_is_seen('does not answer')
        self.agent.send(signal.SIGCONT)
        wait_until('the notice goes', lambda: 'The agent' not in self.page.text())

    def test_the_banner_shows_why_the_agent_refuses(self):
        self.page.open(self.agent.url)
        for status, trouble in [(401, 'requires a user name and password'), (503, 'is overloaded'),
                                (500, 'returned an error')]:
            self.page.evaluate('window.fetch = async () => '
                               f'new Response("", {{status: {status}}})')
            self.assert_trouble_is_seen(f'{trouble} (HTTP {status})')

    def test_nothing_needs_a_script(self):
        self.page.call('Emulation.setScriptExecutionDisabled', value=True)
        self.page.open(self.agent.url)
        self.page.call('Emulation.setScriptExecutionDisabled', value=False)
        for words in (HEALTHY, *PROBES):
            self.assertIn(words, self.page.text())

    def test_names_with_markup_stay_text(self):
        account, group = (f'CN={escaped(IMG)} {kind},{names.TEST_OU}' for kind in 'ug')
        with self.directory() as directory:
            directory.rename(names.test_dn('alice'), account)
            # The directory itself refuses a shorter name with < or ".
            directory.add(group, objectClass='group', sAMAccountName="' onload 'alert(1)&lt")
            directory.add_member(names.ADMINISTRATORS_DN, group)
            directory.add_member(group, account)
        self.addCleanup(self._put_back, account, group)
        inventory = json.loads(self.exports.inventory.read_text())
        inventory['value'][0]['edition'] = f'{IMG}\u202Etxt'
        self.exports.inventory.write_text(json.dumps(inventory))
        self.lab.events.append(5, '0xcfff1299', f'"><script>alert(2)</script>{IMG}')
        self.configuration.write_text(
            self.configuration.read_text().replace('EBS\\licadmin', account))
        self.assertEqual(0, self.agent.stop())
        self.start_agent()
        for path in ('/', '/probes/ebs/administrators_membership', '/probes/ebs/license_compliance',
                     '/probes/ebs/activation_events', '/runbooks/administrators_membership'):
            self.page.open(self.agent.url + path)
            self.assertEqual([], self.page.problems)
            self.assertEqual(0, self.page.evaluate('document.images.length'))
            self.assertNotIn('\u202E', self.page.text())
        self.page.open(self.agent.url)
        self.assertIn("alice → ' onload 'alert(1)&lt → Administrators", self.page.text())
        self.assertIn(account, self.page.text())
        self.assertIn(f'{IMG}\uFFFDtxt (universal): 50 installed', self.page.text())

    def _put_back(self, account, group):
        with self.directory() as directory:
            directory.delete(group)
            directory.rename(account, names.test_dn('alice'))


class ManyNetworks(PageChecks, unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        EventLog(self.folder).append(5, '0xcfff1208')
        (self.folder / 'silent.jsonl').touch()
        configuration = self.folder / 'cal_exporter.yml'
        configuration.write_text(json.dumps({
            'defaults': {'interval': '5s', 'timeout': '3s'},
            'networks': [{'name': f'site-{i:03}', 'probes': {'activation_events': {'source': {
                'jsonl': 'events.jsonl' if i == 7 else 'silent.jsonl'}}}} for i in range(500)]}))
        self.agent = agent.Agent(configuration, self.folder / 'agent.log',
                                 arguments=['--state.dir', str(self.folder / 'state')])
        self.addCleanup(lambda: self.assertEqual(0, self.agent.stop()))
        wait_until('every probe ran', lambda: self.agent.get('/-/ready')[0] == 200)
        self.open_tab()

    def test_all_are_listed_and_one_is_found(self):
        self.assert_in_order('/', '500 networks: 1 certain cause, 499 cannot tell')
        self.assertEqual('site-007', self.page.evaluate(
            'document.querySelector("main .card a").innerText'))
        self.assertIn('499 networks', self.page.text())
        self.assertLess(len(self.agent.get('/')[1]), 200_000)
        self.assert_in_order('/?cause=pack_already_installed', 'Certain cause')
        self.assertNotIn('site-008', self.page.text())
        self.page.follow('document.querySelector("input").value = " SITE-12";'
                         'document.querySelector("form").submit()')
        self.assertIn('site-129', self.page.text())
        self.assertNotIn('site-007', self.page.text())
        self.assert_in_order('/?search=site-007', 'Certain cause: the CAL pack is already installed')
