// Reads a JSON list of Kubernetes manifests, and prints for each what its schema says: null or an error.
import fs from 'node:fs';

async function modelOf({ apiVersion, kind }) {
  const library = apiVersion.startsWith('monitoring.coreos.com/') ? '@kubernetes-models/prometheus-operator'
                                                                  : 'kubernetes-models';
  return (await import(`${library}/${apiVersion}/${kind}`))[kind];
}

async function errorOf(manifest) {
  try {
    const Model = await modelOf(manifest);
    new Model(manifest).validate();
    return null;
  } catch (error) {
    return String(error.message);
  }
}

const manifests = JSON.parse(fs.readFileSync(0, 'utf8'));
console.log(JSON.stringify(await Promise.all(manifests.map(errorOf))));
