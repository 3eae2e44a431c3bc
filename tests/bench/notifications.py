#!/usr/bin/python3
"""Measures the time from a fault to the phone, in the lab as `./run up` starts it.

Prints for each cause the seconds from `./run break` to the notification, and from `./run fix` to the resolved
notification. The agent's interval is 5 s there, Prometheus' 1 s, `for` 2 s, group_wait 1 s and group_interval 2 s."""

import argparse
import statistics
import time

from lab import faults
from lab.running import ready_lab

ROUNDS = 3
PATIENCE = 120
PROBES = {'administrators_membership': None, 'pack_already_installed': None,
          'internet_connectivity': None, 'directory_permissions': 'deny', 'activation_events': None}


def seconds_until(lab, status, before):
    """From now to the arrival of a notification after the first `before` ones."""
    started = time.time()
    while time.time() - started < PATIENCE:
        for told in lab.notifying.phone.notifications()[before:]:
            if told.status == status:
                return told.received - started
        time.sleep(0.02)
    raise RuntimeError(f'no notification that is {status} within {PATIENCE} s')


def measure(lab, probe, variant):
    """(seconds to the notification, seconds to the resolved notification)."""
    before = len(lab.notifying.phone.notifications())
    faults.break_probe(lab.dc, probe, variant)
    to_phone = seconds_until(lab, 'firing', before)
    faults.fix_probe(lab.dc, probe)
    return to_phone, seconds_until(lab, 'resolved', before)


def main(binary):
    with ready_lab(binary) as lab:
        lab.start_notifying()
        print(f'{"break to phone":>15} {"fix to phone":>13}  median of {ROUNDS}')
        for probe, variant in PROBES.items():
            rounds = [measure(lab, probe, variant) for _ in range(ROUNDS)]
            broken, fixed = (statistics.median(each) for each in zip(*rounds))
            print(f'{broken:13.1f} s {fixed:11.1f} s  {probe}', flush=True)


if __name__ == '__main__':
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument('--binary', required=True)
    main(arguments.parse_args().binary)
