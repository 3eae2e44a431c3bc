"""What is in the container image: cal_exporter, and of installed Debian packages what it needs to run.

Every file of Debian is compared with the checksum in its package, so that a change on this machine does
not get into the image.
"""

import functools
import hashlib
import pathlib
import re
import subprocess

PROGRAM = 'usr/bin/cal_exporter'
OWN = (PROGRAM, 'etc/cal_exporter/cal_exporter.yml', 'usr/share/doc/cal-exporter/copyright')
# Loaded by name at run time: Kerberos for LDAP, and a preauthentication of Kerberos.
MODULES = ('sasl2/libgssapiv2.so.2', 'krb5/plugins/preauth/spake.so')
AUTHORITIES = 'etc/ssl/certs/ca-certificates.crt'
LIST = 'usr/share/doc/cal-exporter/image.txt'
LINKS = {'lib': 'usr/lib', 'lib64': 'usr/lib64', 'etc/os-release': '../usr/lib/os-release',
         'usr/lib/ssl/cert.pem': f'/{AUTHORITIES}'}  # where OpenSSL looks


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@functools.cache
def packaged():
    """{path: (package, MD5)} of all files of the installed packages."""
    found = {}
    for sums in sorted(pathlib.Path('/var/lib/dpkg/info').glob('*.md5sums')):
        for line in sums.read_text().splitlines():
            md5, name = line.split('  ', 1)
            found[in_image(f'/{name}')] = sums.name.removesuffix('.md5sums'), md5
    return found


def package_of(path):
    found = packaged().get(in_image(path))
    if not found:
        raise SystemExit(f'image: {path} is not from a Debian package')
    return found[0]


def content(path):
    """The bytes of a file as its package has them."""
    real = pathlib.Path(path).resolve(strict=True)
    read = real.read_bytes()
    package = package_of(real)
    if hashlib.md5(read).hexdigest() != packaged()[in_image(real)][1]:
        raise SystemExit(f'image: {real} differs from the one in {package}')
    return read


def libraries(program):
    """The paths of the libraries that the dynamic linker loads for a program or library."""
    listed = output('ldd', program)
    if 'not found' in listed:
        raise SystemExit(f'image: ldd {program}:\n{listed}')
    return [pathlib.Path(path) for path in re.findall(r'(/\S+) \(0x', listed)]


def in_image(path):
    """/lib and /lib64 are links in Debian and in the image."""
    return re.sub('^/(lib|lib64)/', r'usr/\1/', str(path)).lstrip('/')


def time_zones():
    """{path: content, or target of a link} of tzdata, without its copies that count leap seconds."""
    taken = {}
    for line in output('dpkg-query', '--listfiles', 'tzdata').splitlines():
        path = pathlib.Path(line)
        if not line.startswith('/usr/share/zoneinfo/') or re.match('.*/zoneinfo/(right|posix)', line):
            continue
        if path.is_symlink():
            target = str(path.readlink())
            if not target.startswith('/'):  # localtime is the machine's own
                taken[in_image(path)] = target
        elif path.is_file():
            taken[in_image(path)] = content(path)
    return taken


def authorities():
    """The certificates that Debian trusts, without those that were added to this machine."""
    names = [line for line in output('dpkg-query', '--listfiles', 'ca-certificates').splitlines()
             if line.endswith('.crt')]
    return b''.join(content(name).rstrip() + b'\n' for name in sorted(names))


def accounts(user):
    return {
        'etc/passwd': f'root:x:0:0:root:/:/nonexistent\n'
                      f'cal_exporter:x:{user}:{user}::/var/lib/cal_exporter:/nonexistent\n'.encode(),
        'etc/group': f'root:x:0:\ncal_exporter:x:{user}:\n'.encode(),
        'etc/nsswitch.conf': b'passwd: files\ngroup: files\nhosts: files dns\n',
    }


def licenses(packages):
    taken = {f'usr/share/doc/{name}/copyright': content(f'/usr/share/doc/{name}/copyright')
             for name in (package.split(':')[0] for package in packages)}
    for line in output('dpkg-query', '--listfiles', 'base-files').splitlines():
        if line.startswith('/usr/share/common-licenses/') and not pathlib.Path(line).is_symlink():
            taken[in_image(line)] = content(line)
    return taken


def status(package):
    """What scanners of images read for the versions in it."""
    shown = 'Package: ${Package}\nStatus: ${Status}\nArchitecture: ${Architecture}\n' \
            'Version: ${Version}\nSource: ${source:Package}\nMaintainer: ${Maintainer}\n' \
            'Description: ${binary:Summary}\n'
    return output('dpkg-query', '--show', f'--showformat={shown}', package).encode()


def as_list(entries, packages):
    lines = ['packages of Debian:']
    lines += [output('dpkg-query', '--show', '--showformat=  ${Package} ${Version}\n', package).rstrip()
              for package in packages]
    lines.append('files (bytes, SHA-256, path):')
    for path, value in sorted(entries.items()):
        if isinstance(value, bytes):
            lines.append(f'  {len(value)} {hashlib.sha256(value).hexdigest()} /{path}')
    return ('\n'.join(lines) + '\n').encode()


def collect(files, user):
    """{path: bytes, or the target of a link} of the whole image. `files`: the agent's unpacked package."""
    folder = pathlib.Path('/usr/lib') / output('dpkg-architecture', '-qDEB_HOST_MULTIARCH').strip()
    modules = [folder / name for name in MODULES]
    linked = {path for program in [files / PROGRAM, *modules] for path in libraries(program)}
    debian = [*modules, *linked, pathlib.Path('/usr/lib/os-release')]
    entries = {in_image(path): content(path) for path in debian}
    packages = sorted({*(package_of(path.resolve()) for path in debian), 'ca-certificates', 'tzdata'})
    entries |= {AUTHORITIES: authorities(), **time_zones(), **licenses(packages), **accounts(user)}
    entries |= {f'var/lib/dpkg/status.d/{name.split(":")[0]}': status(name) for name in packages}
    entries |= {path: (files / path).read_bytes() for path in OWN}
    return entries | LINKS | {LIST: as_list(entries, packages)}
