#!/usr/bin/python3
"""Makes the container image: an OCI layout with one layer, the same bytes for the same files and time.

    image.py FILES LAYOUT        FILES is the unpacked package of cal_exporter; ./run image calls this

SOURCE_DATE_EPOCH is the time of every file in it.
"""

import gzip
import hashlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import time

import contents

USER = 65532
PORT = 10105
STATE = 'var/lib/cal_exporter'
MOUNT_POINTS = ('dev', 'proc', 'sys')
LARGEST = 20_000_000  # bytes, compressed


def layer(entries, seconds):
    """A tar archive of {path: bytes, or a symlink's target as str}, with the folders above each path."""
    folders = {*MOUNT_POINTS, STATE}
    folders |= {str(parent) for path in [*entries, STATE]
                for parent in pathlib.PurePosixPath(path).parents if str(parent) != '.'}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode='w', format=tarfile.GNU_FORMAT) as archive:
        for path in sorted({*folders, *entries}):
            member = tarfile.TarInfo(path)
            member.mtime = seconds
            member.mode = 0o755
            content = entries.get(path)
            if content is None:
                member.type = tarfile.DIRTYPE
                if path == STATE:
                    member.mode, member.uid, member.gid = 0o750, USER, USER
                archive.addfile(member)
            elif isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                archive.addfile(member)
            else:
                member.size = len(content)
                if not content.startswith(b'\x7fELF'):
                    member.mode = 0o644
                archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def digest(content):
    return 'sha256:' + hashlib.sha256(content).hexdigest()


def as_json(value):
    return json.dumps(value, indent=2, sort_keys=True).encode()


def configuration(version, tar, seconds):
    return {
        'architecture': subprocess.run(['dpkg', '--print-architecture'], capture_output=True,
                                       text=True, check=True).stdout.strip(),
        'os': 'linux',
        'created': time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(seconds)),
        'config': {
            'User': f'{USER}:{USER}',
            'Entrypoint': ['/usr/bin/cal_exporter'],
            'Env': ['GLIBC_TUNABLES=glibc.malloc.tcache_count=0'],  # as in cal_exporter.service
            # A container is reached from outside its network namespace.
            'Cmd': ['serve', f'--web.listen-address=:{PORT}'],
            'ExposedPorts': {f'{PORT}/tcp': {}},
            'Volumes': {f'/{STATE}': {}},
            'WorkingDir': '/',
            'StopSignal': 'SIGTERM',
            # Of Docker's format; the OCI's reserves the name for it. Times are in nanoseconds.
            'Healthcheck': {'Test': ['CMD', '/usr/bin/cal_exporter', 'health', f'--web.listen-address=:{PORT}'],
                            'Interval': 30 * 10**9, 'Timeout': 10 * 10**9, 'Retries': 3},
            'Labels': {
                'org.opencontainers.image.title': 'cal_exporter',
                'org.opencontainers.image.version': version,
                'org.opencontainers.image.licenses': 'Apache-2.0',
            },
        },
        'rootfs': {'type': 'layers', 'diff_ids': [digest(tar)]},
    }


def write_layout(folder, version, tar, seconds):
    """Returns the compressed size."""
    blobs = folder / 'blobs/sha256'
    blobs.mkdir(parents=True)

    def blob(kind, content):
        name = digest(content)
        (blobs / name.removeprefix('sha256:')).write_bytes(content)
        return {'mediaType': f'application/vnd.oci.image.{kind}', 'digest': name,
                'size': len(content)}

    manifest = {
        'schemaVersion': 2,
        'mediaType': 'application/vnd.oci.image.manifest.v1+json',
        'config': blob('config.v1+json', as_json(configuration(version, tar, seconds))),
        'layers': [blob('layer.v1.tar+gzip', gzip.compress(tar, 9, mtime=0))],
    }
    listed = blob('manifest.v1+json', as_json(manifest))
    listed['annotations'] = {'org.opencontainers.image.ref.name': version}
    (folder / 'index.json').write_bytes(as_json({
        'schemaVersion': 2, 'mediaType': 'application/vnd.oci.image.index.v1+json',
        'manifests': [listed]}))
    (folder / 'oci-layout').write_bytes(as_json({'imageLayoutVersion': '1.0.0'}))
    return manifest['layers'][0]['size']


def main(files, layout):
    seconds = int(os.environ['SOURCE_DATE_EPOCH'])
    entries = contents.collect(pathlib.Path(files), USER)
    version = subprocess.run([pathlib.Path(files) / 'usr/bin/cal_exporter', '--version'],
                             capture_output=True, text=True, check=True).stdout.split()[1]
    size = write_layout(pathlib.Path(layout), version, layer(entries, seconds), seconds)
    print(f'{layout}: {len(entries)} files and links, {size / 1e6:.1f} MB compressed')
    if size > LARGEST:
        sys.exit(f'image.py: the image is larger than {LARGEST / 1e6:.0f} MB')


if __name__ == '__main__':
    main(*sys.argv[1:])
