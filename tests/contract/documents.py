"""The JSON documents of the contract: the report with its schema, and the state of a probe."""

import json
import pathlib
import subprocess

from lab.agent import binary

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / 'config' / 'report.schema.json'
_TYPES = {str: 'string', bool: 'boolean', int: 'number', float: 'number', type(None): 'null'}


def paths_of(document, path=''):
    """{path: set of types} of every value. Elements of a list of lists or mappings share one path; other
    elements are numbered, since their positions have a meaning."""
    found = {}

    def add(deeper, value):
        for name, types in paths_of(value, deeper).items():
            found.setdefault(name, set()).update(types)

    if isinstance(document, dict):
        for key, value in document.items():
            add(f'{path}.{key}', value)
    elif isinstance(document, list):
        is_uniform = all(isinstance(each, (dict, list)) for each in document)
        for number, value in enumerate(document):
            add(f'{path}[]' if is_uniform else f'{path}[{number}]', value)
    else:
        found[path] = {_TYPES[type(document)]}
    return found


def report_keys(schema):
    """"PATH: kind, required" for everything in the schema, and "KIND word" for its closed lists."""
    schema = json.loads(schema)
    yield from _described(schema, schema, '')
    for name, part in schema['$defs'].items():
        yield from (f'{name} {word}' for word in part.get('enum', []))


def _described(part, schema, path):
    part = _resolved(part, schema)
    if 'properties' in part:
        for key, value in part['properties'].items():
            name = f'{path}.{key}'
            required = ', required' if key in part.get('required', []) else ''
            yield f'{name}: {_kind(value)}{required}'
            yield from _described(value, schema, name)
    elif 'items' in part:
        yield from _described(part['items'], schema, f'{path}[]')


def _resolved(part, schema):
    return schema['$defs'][_kind(part)] if '$ref' in part else part


def _kind(part):
    if '$ref' in part:
        return part['$ref'].removeprefix('#/$defs/')
    if 'oneOf' in part:
        return '|'.join(map(_kind, part['oneOf']))
    if 'enum' in part:
        return '|'.join(part['enum'])
    if 'const' in part:
        return str(part['const'])
    if part['type'] == 'array':
        return f'array of {_kind(part["items"])}'
    return part['type']


def report_of(sample):
    """The output of `check --format json`."""
    return subprocess.run(
        [binary(), 'check', '--config.file', str(sample.configuration), '--state.dir',
         str(sample.state), '--format', 'json'], capture_output=True, text=True, timeout=60).stdout


def shown_keys(report):
    """"PATH: types" of a report's contents."""
    return [f'{path}: {"|".join(sorted(types))}'
            for path, types in paths_of(json.loads(report)).items()]


def state_keys(folder):
    """"PROBE version: N" and "PROBE PATH: types" of the state files in a folder."""
    for file in sorted(folder.glob('*.state')):
        probe = file.name.split('.')[1]
        heading, _, text = file.read_text().partition('\n')
        *name, version, _, _ = heading.split()
        yield f'{probe} heading: {" ".join(name)}'
        yield f'{probe} version: {version}'
        for path, types in paths_of(json.loads(text)).items():
            yield f'{probe} {path}: {"|".join(sorted(types))}'


def sealed(version, text):
    """The content of a state file, in the form of 0.1.0."""
    checksum = 0xcbf29ce484222325  # FNV-1a, 64 bits
    for byte in text.encode():
        checksum = (checksum ^ byte) * 0x100000001b3 % 2**64
    return f'cal_exporter state {version} {len(text.encode())} {checksum:016x}\n{text}'
