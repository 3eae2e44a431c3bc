"""Takes the pictures in README.md:  python3 -m browser.screenshots BINARY FOLDER.  Runs its own lab;
called by `./run screenshots`."""

import pathlib
import subprocess
import sys
import tempfile

from lab import faults
from lab.agent import wait_until
from lab.running import AGENT_URL, RunningLab

from .browser import Browser

MOST_BYTES = 150_000


def take(page, file, path='/', **size):
    page.open(AGENT_URL + path, **size)
    save(page, file)


def save(page, file):
    page.screenshot(file)
    subprocess.run(['pngquant', '--force', '--strip', '--skip-if-larger', '--ext', '.png', str(file)],
                   check=True)
    bytes_now = file.stat().st_size
    print(f'{file}: {bytes_now} bytes')
    if bytes_now > MOST_BYTES:
        raise SystemExit(f'{file} has more than {MOST_BYTES} bytes')


def take_all(lab, page, folder):
    take(page, folder / 'healthy.png', height=760)
    faults.break_probe(lab.dc, 'administrators_membership')
    page.open(AGENT_URL)
    wait_until('the cause is shown', lambda: 'Likely cause' in page.text())
    take(page, folder / 'cause.png', height=760)
    take(page, folder / 'phone.png', width=360, height=760)
    take(page, folder / 'dark.png', '/probes/ebs/administrators_membership', dark=True, height=760)


def main(binary, folder):
    with tempfile.TemporaryDirectory(prefix='cal-screenshots-') as scratch:
        lab = RunningLab(scratch)
        browser = Browser()
        try:
            lab.start_dc()
            lab.start_activation()
            lab.start_agent(pathlib.Path(binary).absolute(), lab.lab_configuration())
            lab.wait_until_ready()
            take_all(lab, browser.new_page(), pathlib.Path(folder))
        finally:
            browser.close()
            lab.stop()


if __name__ == '__main__':
    main(*sys.argv[1:])
