"""What people see, in a real browser: the lab's pages healthy and with each cause, as they change,
without a script, without the agent, and with names in the directory that are meant for a browser."""

import json
import pathlib
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
HEALTHY = 'No cause found; all 4 causes were looked for.'


def escaped(text):
    """As a value in a DN."""
    return ''.join(f'\\{ord(each):02X}' if each in '<>=,+"' else each for each in text)


class Lab(BrowserCase):
    def test_every_page_is_in_order(self):
        self.assert_in_order('/', HEALTHY, *PROBES)
        for probe in PROBES:
            self.assert_in_order(f'/probes/ebs/{probe}', 'Runs, the newest first')
            self.assert_in_order(f'/runbooks/{probe}', 'What is seen now', 'Resolve', 'Verify')

    def test_every_page_is_in_order_with_causes_present(self):
        for probe in PROBES[:4]:
            self.break_it(probe)
        self.lab.events.append(5, '0x80070005')
        self.lab.events.append(12)
        self.page.open(self.agent.url)
        for probe in PROBES[:4]:
            self.wait_for_text(f'present {probe}')
        self.wait_for_text('activation_failed')
        self.assert_in_order('/', 'Causes, the most likely first', 'First step:')
        for probe in PROBES[:4]:
            self.assert_in_order(f'/probes/ebs/{probe}', 'Last good', 'First bad')
            self.assert_in_order(f'/runbooks/{probe}', 'ebs: ✗ present', 'What to do:')

    def test_a_break_and_its_repair_are_seen_on_the_open_page(self):
        self.page.open(self.agent.url)
        self.wait_for_text(HEALTHY)
        self.page.evaluate('window.same = true')
        for probe, words in [
                ('administrators_membership', 'Likely cause: the account that installs the pack'),
                ('directory_permissions', 'Likely cause: the licensing service cannot')]:
            self.break_it(probe)
            self.wait_for_text(words)
            fix_probe(self.dc, probe)
            self.wait_for_text(HEALTHY)
        self.assertTrue(self.page.evaluate('window.same'))  # it was never loaded again
        self.assertEqual([], self.page.problems)

    def test_what_is_unfolded_stays_so_while_the_page_is_kept_fresh(self):
        self.page.open(self.agent.url)
        self.page.evaluate('document.querySelector("main details").open = true;'
                           'document.querySelector("main").id = "before"')
        wait_until('the content is replaced',
                   lambda: self.page.evaluate('document.querySelector("#before") === null'))
        self.assertTrue(self.page.evaluate('document.querySelector("main details").open'))

    def test_the_keyboard_reaches_every_link_and_shows_where_it_is(self):
        self.page.open(self.agent.url)
        reached = set()
        for _ in range(self.page.evaluate('document.links.length')):
            self.page.press('Tab')
            self.assertNotEqual('none', self.page.evaluate(
                'getComputedStyle(document.activeElement).outlineStyle'))
            reached.add(self.page.evaluate('document.activeElement.href || "not a link"'))
        for probe in PROBES:
            self.assertIn(f'{self.agent.url}/runbooks/{probe}', reached)

    def test_an_agent_that_is_gone_is_said(self):
        self.page.open(self.agent.url)
        self.assertEqual(0, self.agent.stop())
        self.wait_for_text('The agent does not answer; this is what it said last.')
        self.assertIn(HEALTHY, self.page.text())

    def test_nothing_needs_a_script(self):
        self.page.call('Emulation.setScriptExecutionDisabled', value=True)
        self.page.open(self.agent.url)
        self.page.call('Emulation.setScriptExecutionDisabled', value=False)
        for words in (HEALTHY, *PROBES):
            self.assertIn(words, self.page.text())

    def test_names_that_are_meant_for_a_browser_stay_text(self):
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
        self.assert_in_order('/', '500 networks: 1 cause found, 499 cannot tell')
        self.assertEqual('site-007', self.page.evaluate(
            'document.querySelector(".networks a").innerText'))
        self.page.follow('document.querySelector("input").value = "site-12";'
                         'document.querySelector("form").submit()')
        self.assertIn('site-129', self.page.text())
        self.assertNotIn('site-007', self.page.text())
        self.assert_in_order('/?search=site-007', 'Certain cause: the CAL pack is installed already')
