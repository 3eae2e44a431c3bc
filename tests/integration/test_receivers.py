"""What people get: a real Alertmanager with the shipped receivers and template notifies stand-ins for a mail server,
Slack, PagerDuty and webhooks."""

import html
import json

from integration.alertmanager_case import AlertmanagerCase, alert
from lab.agent import wait_until

RUNBOOK = 'https://cal.example.com/runbooks/%s?network=ebs'
DASHBOARD = ('https://grafana.example.com/d/cal-network?var-site=north&var-network=ebs'
             '&from=1795482600000&to=now')  # from 01:10, an hour before
SILENCE = ('/#/silences/new?filter=%%7Balertname%%3D%%22%s%%22%%2Csite%%3D%%22north%%22'
           '%%2Cnetwork%%3D%%22ebs%%22%%7D')
LASTED = 'It lasted 50m, from 2026-11-24 02:10 to 2026-11-24 03:00 UTC. Nothing is left to repair; Verify on the runbook page says how to be sure.'
HERE = {'site': 'north', 'network': 'ebs'}


class Receivers(AlertmanagerCase):
    def wait_for(self, what, found):
        return wait_until(what, found, explain=lambda: f'{self.web.received} {self.mail.received}\n'
                          f'{self.alertmanager.log()[-3000:]}')

    def mail_to(self, recipient, subject):
        return self.wait_for(f'a mail to {recipient}: {subject}', lambda: next(
            (mail for mail in self.mail.mails(recipient) if mail['Subject'] == subject), None))

    def post_to(self, path, matches=lambda body: True):
        return self.wait_for(f'a POST to {path}', lambda: next(
            (body for body in self.web.posts(path) if matches(body)), None))

    def test_a_mail_names_what_fires_and_what_is_over(self):
        self.post(alert('CalDataOld', **HERE), alert('CalInternetUnreachable', **HERE))
        self.mail_to('licensing@example.com', '[WARNING] north/ebs: CalDataOld is so. (2 alerts)')
        self.post(alert('CalDataOld', ended=True, **HERE))
        mail = self.mail_to('licensing@example.com',
                            '[WARNING] north/ebs: CalInternetUnreachable is so.')
        text = mail.get_body(['plain']).get_content()
        firing, _, over = text.replace('\r\n', '\n').partition('OVER ')
        self.assertEqual(f'''\
FIRING (warning) north/ebs: CalInternetUnreachable is so.
Since: 2026-11-24 02:10 UTC
Reason: tls_expired.
Evidence: <host> & more.
First step: Renew the certificate.
Runbook: {RUNBOOK % 'CalInternetUnreachable'}
Dashboard: {DASHBOARD}
Silence: {self.alertmanager.url}{SILENCE % 'CalInternetUnreachable'}
''', firing.strip() + '\n')
        self.assertTrue(over.startswith(f'north/ebs: CalDataOld is so.\n{LASTED}\n'), over)
        self.assert_repeats_nothing(over)
        page = mail.get_body(['html']).get_content()
        self.assert_repeats_nothing(page.partition('Over: ')[2])
        self.assertIn('Evidence: &lt;host&gt; &amp; more.', page)
        for link in (RUNBOOK % 'CalInternetUnreachable', DASHBOARD,
                     self.alertmanager.url + SILENCE % 'CalInternetUnreachable'):
            self.assertIn(f'<a href="{link}">', html.unescape(page))

    def test_slack_shows_what_fires_with_links_and_a_color(self):
        self.post(alert('CalInternetUnreachable', **HERE))
        shown = self.post_to('/slack')['attachments'][0]
        self.assertEqual('[WARNING] north/ebs: CalInternetUnreachable is so.', shown['title'])
        self.assertEqual(RUNBOOK % 'CalInternetUnreachable', shown['title_link'])
        self.assertEqual('warning', shown['color'])
        self.assertIn('First step: Renew the certificate.', shown['text'])
        self.assertIn(f'<{RUNBOOK % "CalInternetUnreachable"}|Runbook>', shown['text'])
        self.assertIn(f'<{DASHBOARD}|Dashboard>', shown['text'])
        self.post(alert('CalInternetUnreachable', ended=True, **HERE))
        shown = self.post_to('/slack', lambda body: body['attachments'][0]['color'] == 'good')
        shown = shown['attachments'][0]
        self.assertEqual('[RESOLVED] north/ebs: over: CalInternetUnreachable is so.', shown['title'])
        self.assertEqual(f'Over: CalInternetUnreachable is so. {LASTED}', shown['text'].strip())

    def test_pagerduty_gets_an_incident_and_its_end(self):
        self.post(alert('CalDirectoryNotWritable', 'critical', **HERE))
        event = self.post_to('/pagerduty')
        self.assertEqual('trigger', event['event_action'])
        self.assertEqual('[CRITICAL] north/ebs: CalDirectoryNotWritable is so.',
                         event['payload']['summary'])
        self.assertEqual('critical', event['payload']['severity'])
        self.assertEqual('north/ebs', event['payload']['component'])
        self.assertIn('First step: Renew the certificate.',
                      event['payload']['custom_details']['text'])
        self.assertEqual([{'href': RUNBOOK % 'CalDirectoryNotWritable', 'text': 'Runbook'}],
                         event['links'])
        self.post(alert('CalDirectoryNotWritable', 'critical', ended=True, **HERE))
        over = self.post_to('/pagerduty', lambda body: body['event_action'] == 'resolve')
        self.assertEqual(event['dedup_key'], over['dedup_key'])
        self.assertEqual('[RESOLVED] north/ebs: over: CalDirectoryNotWritable is so.',
                         over['payload']['summary'])
        self.assertIn(LASTED, over['payload']['custom_details']['text'])
        self.assert_repeats_nothing(json.dumps(over))

    def test_what_fires_says_since_when_to_every_receiver(self):
        self.post(alert('CalInternetUnreachable', **HERE), alert('CalUsersRefused', 'critical', **HERE))
        since = '2026-11-24 02:10 UTC'
        mail = self.mail_to('licensing@example.com',
                            '[WARNING] north/ebs: CalInternetUnreachable is so.')
        for kind in ('plain', 'html'):
            self.assertIn(since, mail.get_body([kind]).get_content())
        self.assertIn(since, self.post_to('/slack')['attachments'][0]['text'])
        self.assertIn(since, self.post_to('/pagerduty')['payload']['custom_details']['text'])

    def assert_repeats_nothing(self, text):
        """Of what is over, evidence and first step are those of the past."""
        for words in ('Evidence', 'First step', 'Renew the certificate'):
            self.assertNotIn(words, text)

    def test_a_webhook_gets_the_annotations_of_its_own_site_only(self):
        self.post(alert('CalInternetUnreachable', 'critical', site='berlin', network='ebs'),
                  alert('CalInternetUnreachable', 'critical', **HERE))
        self.post_to('/pagerduty')
        message = self.post_to('/alert')
        self.assertEqual(['berlin'], [each['labels']['site'] for each in message['alerts']])
        self.assertEqual(RUNBOOK % 'CalInternetUnreachable',
                         message['alerts'][0]['annotations']['runbook_url'])

    def test_a_teams_channel_gets_the_shared_cause_and_no_customer_does(self):
        self.post(alert('CalSharedCause', cause='tls_expired', object='activation.example.com'))
        mail = self.mail_to('all-networks@teams.example.com',
                            '[WARNING] activation.example.com: CalSharedCause is so.')
        self.assertIn('First step: Renew the certificate.',
                      mail.get_body(['plain']).get_content())
        self.assertEqual(1, len(self.mail.received))
        self.assertEqual([], self.web.received)

    def test_the_dead_mans_switch_is_pinged_and_never_told_of_an_end(self):
        self.post(alert('CalWatchdog', 'none'))
        self.post_to('/ping')
        self.assertEqual([], self.mail.received)

    def test_two_sites_are_two_notifications(self):
        self.post(alert('CalDataOld', site='north', network='main'),
                  alert('CalDataOld', site='south', network='main'))
        for site in ('north', 'south'):
            mail = self.mail_to('licensing@example.com', f'[WARNING] {site}/main: CalDataOld is so.')
            self.assertIn(f'{site}/main', mail.get_body(['plain']).get_content())
