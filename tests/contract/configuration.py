"""The keys of the configuration and of the web configuration, from the program's errors about unknown keys and
values, which list the allowed keys and words."""

import json
import pathlib
import re
import subprocess
import tempfile

from lab.agent import binary

_UNKNOWN = '?'  # the last word of a key or value that does not exist; the first word tells where it is
_KEYS = re.compile(r"unknown key '(\S*) \?'.*?\(allowed: (.*)\)")
_WORDS = re.compile(r"'(\S+) \?' is not allowed; allowed: (.*)")

# The program lists the keys that it looked for. It looks for some only if they are present, or if another
# one is present; those are listed here. A new key of this kind has to be added.
_BIND = [{'method': 'simple', 'user': 'u', 'password_file': 'file'},
         {'method': 'gssapi', 'keytab_file': 'file'}]
_PROBES = [
    {'administrators_membership': {'accounts': [{'account': 'a'}]},
     'pack_already_installed': {'history_file': 'file'},
     'internet_connectivity': {'ca_file': 'file', 'endpoints': [{'url': 'http://a.example.com'}]},
     'directory_permissions': {
         'object': 'CN=x', 'owner': 'S-1-5-18',
         'trustees': [{'sid': 'S-1-5-18', 'object_type': 'x'}]},
     'license_compliance': {},
     'session_host_licensing': {'exports': 'file', 'roster': [{'host': 'a'}]},
     'activation_events': {'source': {'jsonl': 'file'}, 'max_age': '1d'}},
    {'directory_permissions': {'users': 'all', 'trustees': ['self']}},
]
_WEB = {'tls_server_config': {'cert_file': 'file', 'key_file': 'file', 'client_ca_file': 'file',
                              'client_allowed_sans': ['a']},
        'basic_auth_users': {}, 'http_server_config': {'headers': {}}}


def keys():
    """"PATH" and "PATH word": `directory` and the probes have no prefix, since their names are
    unique."""
    networks = [{'name': f'n{i}', 'directory': {'uri': 'ldaps://a', 'srv': 'a', 'ca_file': 'file', 'actors': True,
                                                'security_log': {'jsonl': 'file'}, 'bind': bind}, 'probes': probes}
                for i, (bind, probes) in enumerate(zip(_BIND, _PROBES))]
    asked = {'defaults': {}, 'networks': networks}
    return _lines(_allowed(asked, _check), _choices(asked, _check))


def web_keys():
    return _lines(_allowed(_WEB, _check_web), _choices(_WEB, _check_web))


def _lines(allowed, choices):
    return [line for key in sorted(allowed)
            for line in (key, *(f'{key} {word}' for word in choices.get(key, [])))]


def _path(above, key):
    """The path of a key; networks and probes are named only by their own key."""
    if above in ('networks', 'networks.probes') and key in ('directory', *_PROBES[0]):
        return key
    return f'{above}.{key}' if above else key


def _with_unknown_keys(node, path=''):
    if isinstance(node, list):
        return [_with_unknown_keys(each, path) for each in node]
    if not isinstance(node, dict):
        return node
    extended = {key: _with_unknown_keys(value, _path(path, key)) for key, value in node.items()}
    if path not in ('networks.probes', 'basic_auth_users'):  # their keys are names
        extended[f'{path} {_UNKNOWN}'] = 1
    return extended


def _allowed(asked, check):
    allowed = set()
    for path, listed in _KEYS.findall(check(_with_unknown_keys(asked))):
        allowed |= {_path(path, key) for key in listed.split(', ')}
    return allowed


def _choices(asked, check):
    """{path: words} of the keys that take one of a closed list."""
    answer = check(_with_unknown_words(asked, _allowed(asked, check)))
    return {path: words.split(', ') for path, words in _WORDS.findall(answer)}


def _with_unknown_words(node, paths, path=''):
    """A word that does not exist, at every key whose value is not needed to find other keys."""
    if isinstance(node, list):
        return [_with_unknown_words(each, paths, path) for each in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _with_unknown_words(value, paths, _path(path, key))
               for key, value in node.items()}
    for each in paths:
        above, _, key = each.rpartition('.')
        if above == path and key != 'url' and not isinstance(changed.get(key), (dict, list)):
            changed[key] = f'{each} {_UNKNOWN}'
    return changed


def _check(configuration):
    return _run({'cal_exporter.yml': configuration}, '--config.file', 'cal_exporter.yml')


def _check_web(configuration):
    return _run({'empty.yml': {'networks': []}, 'web.yml': configuration},
                '--config.file', 'empty.yml', '--web.config.file', 'web.yml')


def _run(files, *arguments):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in {'file': 'x', **files}.items():
            pathlib.Path(folder, name).write_text(json.dumps(content))
        return subprocess.run([binary(), '--config.check', *arguments], cwd=folder,
                              capture_output=True, text=True, timeout=60).stderr
