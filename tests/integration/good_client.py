"""A well-behaved client, a separate process so that the test does not slow it down. It scrapes /metrics over
one connection, as Prometheus does, and prints one line per scrape: the seconds it took, and `ok` or the error.
It runs until its standard input ends.   good_client.py URL CA_FILE|- AUTHORIZATION"""

import http.client
import select
import ssl
import sys
import time
import urllib.parse

PATIENCE = 60
PAUSE = 0.02


def connect(url, ca_file):
    where = urllib.parse.urlsplit(url)
    if where.scheme == 'http':
        return http.client.HTTPConnection(where.hostname, where.port, PATIENCE)
    return http.client.HTTPSConnection(where.hostname, where.port, timeout=PATIENCE,
                                       context=ssl.create_default_context(cafile=ca_file))


def scrape(connection, authorization):
    try:
        connection.request('GET', '/metrics', headers={'Authorization': authorization})
        answer = connection.getresponse()
        text = answer.read()
    except OSError as error:
        return repr(error)
    return 'ok' if b'cal_probe_verdict' in text else f'status {answer.status}'


def main(url, ca_file, authorization):
    connection = connect(url, ca_file)
    while not select.select([sys.stdin], [], [], PAUSE)[0]:
        started = time.monotonic()
        outcome = scrape(connection, authorization)
        print(f'{time.monotonic() - started:.6f} {outcome}', flush=True)


main(*sys.argv[1:])
