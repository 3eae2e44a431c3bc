"""The files of config/windows/rollout are as Microsoft documents their formats, and agree with the scripts. Tables of
[MS-GPPREF] 2.2.1.6, 2.2.1.18 and 2.2.1.22, of the Task Scheduler Schema, and of the subscriptions of wecutil."""

import pathlib
import re
import unittest
import uuid
from xml.etree import ElementTree

import yaml

WINDOWS = pathlib.Path(__file__).resolve().parents[2] / 'config' / 'windows'
ROLLOUT = WINDOWS / 'rollout'

# Of each element: required attributes, optional attributes, children in their order.
ITEM = ('image', 'changed', 'desc', 'bypassErrors', 'userContext', 'removePolicy')
PREFERENCES = {
    'ScheduledTasks': (('clsid',), ('disabled',), ('TaskV2',)),
    'TaskV2': (('clsid', 'name', 'uid'), ITEM, ('Properties', 'Filters')),
    'TaskV2/Properties': (('name', 'runAs', 'logonType'), ('action', 'cpassword'), ('Task',)),
    'TaskV2/Filters': ((), (), ('FilterWmi',)),
    'FilterWmi': (('bool', 'not', 'query'), ('hidden', 'nameSpace', 'property', 'variableName'), ()),
    'Files': (('clsid',), ('disabled',), ('File',)),
    'File': (('clsid', 'name', 'uid'), ('status', *ITEM), ('Properties',)),
    'File/Properties': (('fromPath', 'targetPath'),
                        ('action', 'readOnly', 'archive', 'hidden', 'suppress', 'disabled'), ()),
}
CLASSES = {
    'ScheduledTasks': '{CC63F200-7309-4ba0-B154-A71CD118DBCC}', 'TaskV2': '{D8896631-B747-47a7-84A6-C155337F3BC8}',
    'Files': '{215B2E53-57CE-475c-80FE-9EEC14635851}', 'File': '{50BE44C8-567A-4ed1-B1D0-9234FE1F38AF}',
}
# The children in their order; a set: in any order.
TASK = {
    'Task': {'RegistrationInfo', 'Triggers', 'Settings', 'Data', 'Principals', 'Actions'},
    'RegistrationInfo': {'URI', 'Source', 'Author', 'Version', 'Date', 'Description', 'Documentation'},
    'Triggers': ('TimeTrigger',),
    'TimeTrigger': ('Enabled', 'StartBoundary', 'EndBoundary', 'Repetition', 'ExecutionTimeLimit', 'RandomDelay'),
    'Repetition': {'Interval', 'Duration', 'StopAtDurationEnd'},
    'Principals': ('Principal',),
    'Principal': {'UserId', 'LogonType', 'GroupId', 'DisplayName', 'RunLevel'},
    'Settings': {'MultipleInstancesPolicy', 'DisallowStartIfOnBatteries', 'StopIfGoingOnBatteries',
                 'AllowHardTerminate', 'StartWhenAvailable', 'Enabled', 'Hidden', 'ExecutionTimeLimit', 'Priority'},
    'Actions': ('Exec',),
    'Exec': {'Command', 'Arguments', 'WorkingDirectory'},
}
SUBSCRIPTION = ('SubscriptionId', 'SubscriptionType', 'Description', 'Enabled', 'Uri', 'ConfigurationMode', 'Delivery',
                'Query', 'ReadExistingEvents', 'TransportName', 'ContentFormat', 'Locale', 'LogFile',
                'AllowedSourceNonDomainComputers', 'AllowedSourceDomainComputers')
NAMESPACE = '{http://schemas.microsoft.com/2006/03/windows/events/subscription}'
HOST_PROVIDER = 'Microsoft-Windows-TerminalServices-RemoteConnectionManager'
MAX_CLAUSES = 21  # about what Windows' event query takes


def root(name):
    return ElementTree.parse(ROLLOUT / name).getroot()


def tasks():
    return root('ScheduledTasks.xml').findall('TaskV2')


def numbers(text):
    """Of '1003, 1128-1136' or @(1003, 1004) + (1128..1133)."""
    found = set()
    for first, last in re.findall(r'(\d+)(?:(?:\.\.|-)(\d+))?', text):
        found.update(range(int(first), int(last or first) + 1))
    return found


def ids_of_scripts():
    text = (WINDOWS / 'LicensingEvents.ps1').read_text()
    return numbers(re.search(r'^\$hostIds = (.*?)\n\n', text, re.M | re.S)[1])


def ids_of_query(select):
    found = {int(number) for number in re.findall(r'EventID=(\d+)', select)}
    for first, last in re.findall(r'EventID >= (\d+) and EventID <= (\d+)', select):
        found.update(range(int(first), int(last) + 1))
    return found


class Preferences(unittest.TestCase):
    def check(self, element, parent=''):
        table = PREFERENCES.get(f'{parent}/{element.tag}', PREFERENCES.get(element.tag))
        self.assertIsNotNone(table, element.tag)
        required, optional, children = table
        self.assertLessEqual(set(required), set(element.attrib), element.tag)
        self.assertLessEqual(set(element.attrib), {*required, *optional}, element.tag)
        self.assertEqual(CLASSES.get(element.tag), element.get('clsid'))
        self.assertIn(element.get('action', 'U'), set('CDRU'))
        order = [children.index(child.tag) for child in element]
        self.assertEqual(sorted(order), order)
        for child in element:
            if child.tag == 'Task':
                self.check_task(child)
            else:
                self.check(child, element.tag)

    def check_task(self, element):
        children = [child.tag for child in element]
        allowed = TASK.get(element.tag, ())
        self.assertLessEqual(set(children), set(allowed), element.tag)
        if isinstance(allowed, tuple):
            self.assertEqual([tag for tag in allowed if tag in children], children)
        else:
            self.assertEqual(len(set(children)), len(children), element.tag)
        for child in element:
            self.check_task(child)

    def test_the_elements_and_attributes_are_the_documented_ones(self):
        for name in ('ScheduledTasks.xml', 'Files.xml'):
            with self.subTest(name):
                self.check(root(name))

    def test_every_item_has_an_id_of_its_own(self):
        ids = [item.get('uid') for name in ('ScheduledTasks.xml', 'Files.xml') for item in root(name)]
        self.assertEqual(len(set(ids)), len(ids))
        for each in ids:
            self.assertEqual(each, '{%s}' % str(uuid.UUID(each)).upper())

    def test_an_item_that_goes_with_its_policy_is_replaced(self):
        for name in ('ScheduledTasks.xml', 'Files.xml'):
            for item in root(name):
                self.assertEqual(('1', 'R'), (item.get('removePolicy'), item.find('Properties').get('action')))

    def test_tasks_run_as_system_every_15_minutes_with_a_random_delay(self):
        self.assertEqual(2, len(tasks()))
        for task in tasks():
            self.assertEqual(r'NT AUTHORITY\System', task.find('Properties').get('runAs'))
            self.assertEqual(r'NT AUTHORITY\System', task.find('.//UserId').text)
            self.assertIsNone(task.find('Properties').get('cpassword'))
            self.assertEqual('PT15M', task.find('.//Repetition/Interval').text)
            self.assertIsNone(task.find('.//Repetition/Duration'), 'it never ends')
            self.assertRegex(task.find('.//RandomDelay').text, r'^PT([5-9]|1[0-5])M$')

    def test_tasks_run_scripts_of_this_folder_from_where_they_are_copied(self):
        target = root('Files.xml').find('File/Properties').get('targetPath')
        share = (ROLLOUT / 'New-CalExportShare.ps1').read_text()
        for task, script, role in zip(tasks(), ('Export-SessionHost.ps1', 'Export-LicenseServer.ps1'),
                                      ('session_hosts', 'license_servers')):
            self.assertTrue(task.find('.//Arguments').text.endswith(
                f'-File "{target}\\{script}" -Folder "\\\\FILES\\cal_export\\%COMPUTERNAME%\\{role}"'))
            self.assertIn('[string] $Folder', (WINDOWS / script).read_text())
            self.assertIn(f"'{role}'", share)


class Playbook(unittest.TestCase):
    def test_it_installs_what_group_policy_does(self):
        play, = yaml.safe_load((ROLLOUT / 'ansible.yml').read_text())
        for role in play['vars']['roles_of_host'].values():
            self.assertTrue((WINDOWS / role['script']).is_file(), role)
        task, = [each['community.windows.win_scheduled_task'] for each in play['tasks']
                 if 'community.windows.win_scheduled_task' in each]
        trigger, = task['triggers']
        policy = tasks()[0]
        self.assertEqual(policy.find('.//Repetition/Interval').text, trigger['repetition']['interval'])
        self.assertEqual(policy.find('.//RandomDelay').text, trigger['random_delay'])
        self.assertEqual(policy.find('.//Settings/ExecutionTimeLimit').text, task['execution_time_limit'])
        self.assertEqual('S-1-5-18', task['username'])


class Forwarding(unittest.TestCase):
    def selects(self, name):
        subscription = root(name)
        query = ElementTree.fromstring(subscription.find(f'{NAMESPACE}Query').text)
        return [(one.get('Path'), select) for one in query for select in one]

    def test_a_subscription_has_the_documented_elements_in_their_order(self):
        for name in ('session_hosts.wef.xml', 'license_servers.wef.xml'):
            with self.subTest(name):
                subscription = root(name)
                self.assertEqual(f'{NAMESPACE}Subscription', subscription.tag)
                tags = [child.tag.removeprefix(NAMESPACE) for child in subscription]
                self.assertEqual(list(SUBSCRIPTION), tags)
                self.assertEqual('SourceInitiated', subscription.find(f'{NAMESPACE}SubscriptionType').text)
                for path, select in self.selects(name):
                    self.assertEqual(path, select.get('Path'))
                    self.assertLessEqual(len(re.findall(r'EventID', select.text)), MAX_CLAUSES)

    def test_a_log_of_all_providers_is_asked_for_one_provider(self):
        for name in ('session_hosts.wef.xml', 'license_servers.wef.xml'):
            for path, select in self.selects(name):
                self.assertEqual(path == 'System', 'Provider[@Name=' in select.text, f'{name}: {path}')

    def test_the_same_events_are_selected_everywhere(self):
        by_log = {}
        for path, select in self.selects('session_hosts.wef.xml'):
            by_log.setdefault(path, set()).update(ids_of_query(select.text))
        wanted = ids_of_scripts()
        self.assertGreater(len(wanted), 40)
        for log in (f'{HOST_PROVIDER}/Admin', f'{HOST_PROVIDER}/Operational', 'System'):
            self.assertEqual(wanted, by_log[log], log)
        for listed in re.findall(r'event_id: (.*?)\n    ignore', (WINDOWS / 'winlogbeat.yml').read_text(), re.S):
            self.assertLessEqual(wanted, numbers(listed))


if __name__ == '__main__':
    unittest.main()
