"""Another time of day for a program, by libfaketime: the machine's clock must not be changed. Waiting uses the
kernel's monotonic clock, and files keep their times."""

import os
import pathlib

_LIBRARY = next(pathlib.Path('/usr/lib').glob('*/faketime/libfaketime.so.1'))


def another_clock(**settings):
    """The environment of a program with that clock; `settings` as libfaketime reads them, such as
    FAKETIME='-2d'. The library and not the program faketime, which names a semaphore of the whole
    machine by its process id: that is not unique where tests have their own process ids."""
    # An agent under AddressSanitizer wants to be the first of the preloaded libraries.
    sanitizer = [os.environ.get('ASAN_OPTIONS'), 'verify_asan_link_order=0']
    return {'LD_PRELOAD': str(_LIBRARY), 'FAKETIME_DISABLE_SHM': '1',
            'FAKETIME_DONT_FAKE_MONOTONIC': '1', 'NO_FAKE_STAT': '1',
            'ASAN_OPTIONS': ':'.join(filter(None, sanitizer)), **settings}
