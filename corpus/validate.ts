import { join, relative } from 'node:path';
import {
  type CheckedBundle,
  checkBundle,
  type Finding,
  type InputTypeKey,
  inputSchema,
  type ParameterSchema,
  parseEnvironmentSpec,
  parseServiceSpec,
  readBundleFolder,
  resolveInputs,
} from '../src/bundles/index.ts';
import type { YamlNode } from '../src/yaml-source/index.ts';
import { type CorpusBundle, type CorpusFolder, type Outcome, outcomeOf, type Score, scoreOf } from './corpus-folder.ts';

/**
 * The corpus labels defects in words; our rules have names. One label may be several findings of ours, and both are
 * compared as kinds of defect in a file or directory.
 */
const labels: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: 'spec-unknown-input', pattern: /^spec (\S+:) has keys that are not in the schema$/ },
  { kind: 'schema-default-type', pattern: /^schema: default of (\S+) is / },
  { kind: 'schema-missing', pattern: /^schema: missing / },
  { kind: 'input-undeclared', pattern: /^(\S+): reads \S+, which the schema does not declare$/ },
  { kind: 'namespace-preview', pattern: /^(\S+): preview-era namespace/ },
  { kind: 'render-fails', pattern: /^(\S+): with every declared input given, rendering fails/ },
  { kind: 'manifest-preview-key', pattern: /^(\S+)\/manifest: engine: instead of rendering_engine/ },
  { kind: 'layout-preview infrastructure', pattern: /^layout: a service schema with infrastructure\// },
  { kind: 'layout-preview pipeline', pattern: /^layout: pipeline\/ instead of pipeline_infrastructure\// },
  { kind: 'part-missing infrastructure', pattern: /^layout: environment bundle without infrastructure\// },
  {
    kind: 'part-missing instance_infrastructure',
    pattern: /^layout: service bundle without instance_infrastructure\//,
  },
  {
    kind: 'part-missing pipeline_infrastructure',
    pattern: /^layout: pipeline_input_type in the schema but no pipeline_infrastructure\//,
  },
];

function labelled(finding: string): string | undefined {
  for (const { kind, pattern } of labels) {
    const match = pattern.exec(finding);
    if (match) return match[1] && kind !== 'schema-default-type' ? `${kind} ${match[1]}` : kind;
  }
  return undefined;
}

/** A label in words that the table does not know counts as found when something is claimed at the place that it names. */
function placeOf(label: string): string {
  const [place = ''] = label.split(/:? /, label.startsWith('spec ') ? 2 : 1).slice(-1);
  if (place === 'schema') return 'schema/schema.yaml';
  return place.replace(/\/manifest$/, '/manifest.yaml');
}

function claimsAt(label: string, claims: ReadonlySet<string>): string[] {
  const place = placeOf(label);
  const isThere = (claim: string) =>
    place === 'layout'
      ? /^(?:part|layout)-/.test(claim)
      : claim.includes(place) || (place.startsWith('schema/') && claim.startsWith('schema-'));
  return [...claims].filter(isThere);
}

function found({ rule, position }: Finding): string {
  switch (rule) {
    case 'schema-missing':
    case 'schema-default-type':
      return rule;
    case 'manifest-preview-key':
      return `${rule} ${position.file.replace(/\/manifest\.ya?ml$/, '')}`;
    // a name that is offered nowhere shows in the labels as the preview's namespace or as a failing rendering
    case 'name-unknown':
      return `namespace-preview ${position.file}`;
    default:
      return `${rule} ${position.file}`;
  }
}

/** A bundle counts when its real defects are found and nothing else is claimed. Warnings claim nothing but a missing schema. */
export async function validateCorpus(corpus: CorpusFolder): Promise<Score> {
  const outcomes: Outcome[] = [];
  for (const bundle of corpus.bundles)
    outcomes.push(await outcomeOf(bundle.path, () => validateBundle(corpus, bundle)));
  return scoreOf(outcomes);
}

async function validateBundle(corpus: CorpusFolder, bundle: CorpusBundle): Promise<string | undefined> {
  const read = await readBundleFolder(join(corpus.root, bundle.path));
  if (!read.ok) return read.refusal.message;
  const checked = await checkBundle(read.value, { kind: bundle.kind });
  // the labels say nothing about the inside of Terraform files: nobody has checked them
  const labelledFindings = checked.findings.filter(({ position }) => !position.file.endsWith('.tf'));
  const ours = labelledFindings.filter(({ severity, rule }) => severity === 'error' || rule === 'schema-missing');
  const claims = new Set([...ours.map(found), ...specClaims(corpus, bundle, checked)]);
  const unknown = bundle.findings.filter((label) => labelled(label) === undefined);
  const expected = new Set(bundle.findings.flatMap((label) => labelled(label) ?? []));
  const missing = [
    ...[...expected].filter((kind) => !claims.has(kind)),
    ...unknown.filter((label) => claimsAt(label, claims).length === 0),
  ];
  const told = new Set([...expected, ...unknown.flatMap((label) => claimsAt(label, claims))]);
  const wrong = [...claims].filter((kind) => !told.has(kind) && !kind.startsWith('spec-unfit'));
  if (missing.length === 0 && wrong.length === 0) return undefined;
  const details = ours.map(
    ({ rule, position, message }) => `\n      ${rule} ${position.file}:${position.line}:${position.column} ${message}`,
  );
  return `not found: [${missing.join('; ')}], claimed beyond: [${wrong.join('; ')}]${details.join('')}`;
}

/**
 * Specs beside the bundle that name inputs which its schema does not have; and those that do not fit otherwise, which the
 * labels speak of only in other words (`spec-unfit` is no claim of its own).
 */
function specClaims(corpus: CorpusFolder, bundle: CorpusBundle, { schema }: CheckedBundle): string[] {
  if (!schema || bundle.kind === 'component') return [];
  return bundle.specs.flatMap((path) => {
    const problems = specProblems(corpus.read(path), path, bundle.kind, schema);
    const name = `${relative(bundle.path, path)}:`;
    if (problems.some((message) => message.startsWith('is not an input'))) return [`spec-unknown-input ${name}`];
    return problems.length > 0 ? [`spec-unfit ${name}`] : [];
  });
}

function specProblems(text: string, path: string, kind: CorpusBundle['kind'], schema: ParameterSchema): string[] {
  const position = { file: path, line: 1, column: 1 };
  const problems = (key: InputTypeKey, inputs: YamlNode | undefined) => {
    const resolved = resolveInputs(inputSchema(schema, key), inputs, position);
    return resolved.ok ? [] : resolved.refusal.issues.map(({ message }) => message);
  };
  if (kind === 'environment') {
    const spec = parseEnvironmentSpec(text);
    return spec.ok ? problems('environment_input_type', spec.value.inputs) : [spec.refusal.message];
  }
  const spec = parseServiceSpec(text);
  if (!spec.ok) return [spec.refusal.message];
  const { pipeline, instances } = spec.value;
  return [
    ...problems('pipeline_input_type', pipeline),
    ...instances.flatMap(({ inputs }) => problems('service_input_type', inputs)),
  ];
}
