"""The container image of the agent under test, made once, and containers of it that bubblewrap runs."""

import io
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import unittest

from lab import agent

TOP = pathlib.Path(__file__).parents[2]
EPOCH = 1_700_000_000
PORT = 10105
STATE = '/var/lib/cal_exporter'
CONFIGURATION = '/etc/cal_exporter'


def make_image(folder, name='layout'):
    """An OCI layout of the agent under test, below `folder`."""
    files = folder / 'files'
    for source, target in ((agent.binary(), 'usr/bin/cal_exporter'),
                           (TOP / 'config/debian/default.yml', 'etc/cal_exporter/cal_exporter.yml'),
                           (TOP / 'config/debian/copyright', 'usr/share/doc/cal-exporter/copyright')):
        (files / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, files / target)
    program = files / 'usr/bin/cal_exporter'
    program.chmod(0o755)
    subprocess.run(['strip', program], check=True)
    done = subprocess.run([TOP / 'config/container/image.py', files, folder / name],
                          capture_output=True, text=True,
                          env={**os.environ, 'SOURCE_DATE_EPOCH': str(EPOCH)})
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)
    return folder / name


class Image:
    """What a layout has: `configuration`, and the compressed `layer`."""

    def __init__(self, layout):
        blobs = layout / 'blobs'

        def blob(listed):
            return (blobs / listed['digest'].replace(':', '/')).read_bytes()

        [listed] = json.loads((layout / 'index.json').read_text())['manifests']
        manifest = json.loads(blob(listed))
        [layer] = manifest['layers']
        self.configuration = json.loads(blob(manifest['config']))
        self.layer = blob(layer)

    def members(self):
        with tarfile.open(fileobj=io.BytesIO(self.layer)) as archive:
            return archive.getmembers()

    def text(self, path):
        with tarfile.open(fileobj=io.BytesIO(self.layer)) as archive:
            return archive.extractfile(path).read().decode()

    def unpack(self, folder):
        with tarfile.open(fileobj=io.BytesIO(self.layer)) as archive:
            archive.extractall(folder, numeric_owner=True)


class ImageCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix='cal-image-'))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.layout = make_image(cls.folder)
        cls.image = Image(cls.layout)
        cls.image.unpack(cls.folder / 'root')
        user = int(cls.image.configuration['config']['User'].split(':')[0])
        for name in ('configuration', 'state'):
            (cls.folder / name).mkdir()
        os.chown(cls.folder / 'state', user, user)
        cls.folder.chmod(0o755)

    def start(self, arguments=(), **popen):
        """A container, by bubblewrap: as the image's user, without capabilities, with a read-only root.
        Its configuration and state are the folders of these names; the network is the test's."""
        said = self.image.configuration['config']
        user, group = said['User'].split(':')
        return subprocess.Popen(
            ['setpriv', f'--reuid={user}', f'--regid={group}', '--clear-groups',
             'bwrap', '--ro-bind', self.folder / 'root', '/', '--proc', '/proc',
             '--ro-bind', self.folder / 'configuration', CONFIGURATION,
             '--bind', self.folder / 'state', STATE, '--chdir', said['WorkingDir'],
             '--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try',
             '--uid', user, '--gid', group, '--cap-drop', 'ALL', '--die-with-parent', '--as-pid-1',
             '--clearenv', '--', *said['Entrypoint'], *(arguments or said['Cmd'])],
            stdin=subprocess.DEVNULL, text=True, **popen)
