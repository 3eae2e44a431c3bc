"""A client that means well, in a process of its own so that nothing of the test slows it down: scrapes
/metrics on a new connection each time and prints a line for each, the seconds it took and `ok` or what
was wrong, until its standard input ends.   good_client.py URL CA_FILE|- AUTHORIZATION|-"""

import select
import ssl
import sys
import time
import urllib.request

PATIENCE = 60
PAUSE = 0.02


def scrape(request, context):
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE, context=context) as answer:
            return 'ok' if b'cal_probe_verdict' in answer.read() else 'no metrics'
    except OSError as error:
        return repr(error)


def main(url, ca_file, authorization):
    context = None if ca_file == '-' else ssl.create_default_context(cafile=ca_file)
    headers = {} if authorization == '-' else {'Authorization': authorization}
    request = urllib.request.Request(url + '/metrics', headers=headers)
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        started = time.monotonic()
        outcome = scrape(request, context)
        print(f'{time.monotonic() - started:.6f} {outcome}', flush=True)


main(*sys.argv[1:])
