"""The lab that keeps running: `./run up` starts it in a folder and `./run down` stops it. Whatever already
runs is kept, so that a second `up` takes only seconds."""

import contextlib
import hashlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

from . import activation, names, rds
from .activation import ActivationService
from .dc import PORTS, DomainController
from .event_lines import EventLog
from .exports import Exports
from .farm import Farm
from .notifying import Notifying
from .processes import OwnProcess
from .seed import Seed

HERE = pathlib.Path(__file__).parent
TEMPLATES = HERE / 'templates'
PROFILES = ('ebs', 'rds')  # each has a template with its name, and its own faults
AGENT_ADDRESS = '127.0.0.1'
AGENT_PORT = 10105
AGENT_USER = 65105  # reserved in Debian, so that no account has it
AGENT_URL = f'http://localhost:{AGENT_PORT}'
# Rarely used by the machine's own programs, unlike the default ports 9090 and 9093.
PROMETHEUS_PORT, ALERTMANAGER_PORT, PHONE_PORT = 10106, 10107, 10108


class LabError(Exception):
    """A message for the user: what is wrong, and how to fix it."""


@contextlib.contextmanager
def step(text):
    """Prints one line per long step: its name, and how long it took."""
    print(f'{text:<46}', end='', flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print('failed', flush=True)
        raise
    print(f'{time.monotonic() - started:7.1f} s', flush=True)


class RunningLab:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder).absolute()
        self.dc = DomainController(self.folder)
        self._activation = ActivationService(self.folder)
        self._agent = OwnProcess(self.folder / 'agent.pid')
        self._agent_output = self.folder / 'agent.log'
        self._agent_identity = self.folder / 'agent.identity'
        self._seeded = self.folder / 'seeded'
        self._profile = self.folder / 'profile'
        self.events = EventLog(self.folder)
        self.farm = Farm(self.folder)
        self.notifying = Notifying(
            self.folder / 'notifying', *(f'{AGENT_ADDRESS}:{port}' for port in (
                AGENT_PORT, PROMETHEUS_PORT, ALERTMANAGER_PORT, PHONE_PORT)))

    def start_dc(self):
        """Provisions the domain the first time, and again when the lab's code has changed."""
        self.folder.mkdir(exist_ok=True)
        code = _digest(*(HERE / name for name in ('dc.py', 'directory.py', 'exports.py', 'names.py',
                                                  'rds.py', 'seed.py')))
        if not self._seeded.exists() or self._seeded.read_text() != code:
            self.dc.stop()
            self._seeded.unlink(missing_ok=True)
            for leftover in self.folder.glob('*.sddl'):  # a fault in the previous domain
                leftover.unlink()
            with step('provision the domain'):
                self.dc.provision()
                Seed(self.dc).plant()
                Exports(self.folder).write()
            self._seeded.write_text(code)
        if not self.dc.running():
            _check_ports(self.dc.address, PORTS)
            with step('start the domain controller'):
                self.dc.start()

    def start_activation(self):
        """Call it after start_dc(), whose authority issues the certificate."""
        if not self._activation.running():
            _check_ports(activation.ADDRESS, [activation.HTTP_PORT, activation.HTTPS_PORT])
            with step('start the activation service'):
                self._activation.start()

    @property
    def profile(self):
        """The profile of the last call of lab_configuration()."""
        return self._profile.read_text() if self._profile.exists() else PROFILES[0]

    def lab_configuration(self, profile=PROFILES[0]):
        """Writes the agent's configuration for this lab and returns its file."""
        configuration = self.folder / 'cal_exporter.yml'
        template = TEMPLATES / f'{profile}.yml'
        configuration.write_text(template.read_text().replace('@LAB@', str(self.folder)))
        self._profile.write_text(profile)
        self.events.begin()
        packs = rds.KeyPacks(self.folder)
        if profile == 'rds':
            rds.issue_licenses(self.dc)
            packs.write()
            self.farm.fix()
        for file in (configuration, self.dc.password_file_of(names.MONITOR),
                     *Exports(self.folder).existing(), packs.file):
            if file.exists():
                os.chown(file, *_invoking_user())
        return configuration

    def start_agent(self, binary, configuration):
        """Keeps an agent that already runs with this binary and configuration."""
        self.folder.mkdir(exist_ok=True)
        identity = f'{_digest(binary, configuration)} {configuration}'
        if self._agent.running() and self._agent_identity.read_text() == identity:
            return
        self._agent.stop()
        _check_ports(AGENT_ADDRESS, [AGENT_PORT])
        state = self.folder / 'state'
        state.mkdir(exist_ok=True)
        os.chown(state, *_agent_user())
        for file in state.iterdir():  # of an earlier agent, perhaps another user's
            os.chown(file, *_agent_user())
        with step('start the agent'):
            self._agent.start(
                [*_without_privileges(), str(binary), 'serve', '--config.file', str(configuration),
                 '--web.listen-address', f'{AGENT_ADDRESS}:{AGENT_PORT}',
                 '--web.external-url', AGENT_URL, '--web.enable-lifecycle',
                 '--state.dir', str(state)],
                self._agent_output)
            self._wait_until_listening()
        self._agent_identity.write_text(identity)

    def start_notifying(self):
        """Starts Prometheus, Alertmanager and the phone."""
        if self.notifying.running():
            return
        self.notifying.stop()
        _check_ports(AGENT_ADDRESS, [PROMETHEUS_PORT, ALERTMANAGER_PORT, PHONE_PORT])
        user, group = _invoking_user()
        with step('start Prometheus and Alertmanager'):
            self.notifying.start(user=user, group=group)

    def wait_until_ready(self, patience=60.0):
        """Waits until every probe has run once. If this takes longer, it is not an error: the page shows
        what the agent is waiting for."""
        with step('wait for the first results'):
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline and not self._answers('/-/ready'):
                time.sleep(0.1)

    def stop(self):
        """Stops what the start methods started, and returns its names."""
        stopped = []
        if self._agent.stop():
            stopped.append('the agent')
        stopped += self.notifying.stop()
        if self.farm.stop():
            stopped.append('the farm')
        if self._activation.stop():
            stopped.append('the activation service')
        if self.dc.stop():
            stopped.append('the domain controller')
        return stopped

    def _wait_until_listening(self, patience=30.0):
        deadline = time.monotonic() + patience
        while not self._answers('/-/healthy'):
            if not self._agent.running():
                raise LabError(f'the agent ended at once; it said:\n{self._agent_says()}')
            if time.monotonic() > deadline:
                raise LabError(f'the agent does not answer on {AGENT_URL} after {patience:.0f} s; '
                               f'see {self._agent_output}')
            time.sleep(0.05)

    def _agent_says(self):
        return self._agent_output.read_text(errors='replace')[-2000:]

    @staticmethod
    def _answers(path):
        try:
            with urllib.request.urlopen(AGENT_URL + path, timeout=2):
                return True
        except OSError:
            return False


@contextlib.contextmanager
def ready_lab(binary, profile=PROFILES[0]):
    """The lab of `./run up` in a temporary folder, with an agent whose probes have run, until the end."""
    with tempfile.TemporaryDirectory(prefix='cal-lab-') as folder:
        lab = RunningLab(folder)
        try:
            lab.start_dc()
            lab.start_activation()
            lab.start_agent(pathlib.Path(binary).absolute(), lab.lab_configuration(profile))
            lab.wait_until_ready()
            yield lab
        finally:
            lab.stop()


def _digest(*files):
    digest = hashlib.sha256()
    for file in files:
        digest.update(pathlib.Path(file).read_bytes())
    return digest.hexdigest()


def _invoking_user():
    """Under sudo, the user who called sudo."""
    return (int(os.environ.get('SUDO_UID', os.getuid())),
            int(os.environ.get('SUDO_GID', os.getgid())))


def _agent_user():
    """The agent does not need root: without sudo it gets a user that nothing else has."""
    return (AGENT_USER, AGENT_USER) if _invoking_user()[0] == 0 else _invoking_user()


def _without_privileges():
    """The start of a command that drops root. A user of its own could not read what only root may, such as
    a checkout in root's home, so that it keeps the right to read, and nothing else."""
    if os.getuid() != 0:
        return []
    user, group = _agent_user()
    kept = '-all,+dac_read_search' if user == AGENT_USER else '-all'
    return ['setpriv', f'--reuid={user}', f'--regid={group}', '--clear-groups', '--no-new-privs',
            f'--inh-caps={kept}', f'--ambient-caps={kept}', f'--bounding-set={kept}']


def _check_ports(address, ports):
    """Raises a LabError that names the port and its process if a port is in use."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
                probe.listen()
            except OSError as error:
                raise LabError(
                    f'{address}:{port} cannot be used ({error.strerror}): '
                    f'{_holder_of(port)}; stop that program, then run this again') from error


def _holder_of(port):
    """The process that listens on a port, from `ss`."""
    if shutil.which('ss') is None:
        return 'another program listens there'
    listing = subprocess.run(['ss', '-H', '-ltnp', f'sport = :{port}'], capture_output=True,
                             text=True).stdout
    program = re.search(r'users:\(\("([^"]+)",pid=(\d+)', listing)
    if program is None:
        return 'a program that ss cannot name listens there, perhaps in a container'
    return f'{program[1]} (pid {program[2]}) listens there'
