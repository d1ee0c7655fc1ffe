import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  bundleText,
  type InputTypeKey,
  inputSchema,
  type ParameterSchema,
  type PropertySchema,
  parseEnvironmentSpec,
  parseServiceSpec,
  readBundleFolder,
  readParameterSchema,
  resolveInputs,
  resolveStoredInputs,
} from '../src/bundles/index.ts';
import {
  type CorpusFolder,
  type InputsCase,
  outcomeOf,
  type ResolvedCase,
  type Score,
  scoreOf,
} from './corpus-folder.ts';

/** Given values with the schema's defaults: as data, and from the text of the spec where the case names one. */
export async function resolveCorpus(corpus: CorpusFolder): Promise<Score> {
  const bundles = new Map(corpus.bundles.map((bundle) => [bundle.id, bundle]));
  const outcomes = corpus.inputs.map((each) =>
    outcomeOf(`${each.bundle} (${each.label})`, async () => {
      const bundle = bundles.get(each.bundle);
      if (!bundle) return 'the bundle is not in bundles.json';
      const read = await readBundleFolder(join(corpus.root, bundle.path));
      const text = read.ok ? bundleText(read.value, 'schema/schema.yaml') : undefined;
      const schema = text === undefined ? undefined : readParameterSchema(text, bundle.kind).schema;
      return resolveCase(corpus, each, schema ?? { inputTypes: {}, types: {} });
    }),
  );
  return scoreOf(await Promise.all(outcomes));
}

function resolveCase(corpus: CorpusFolder, each: InputsCase, schema: ParameterSchema): string | undefined {
  const parts: [InputTypeKey, ResolvedCase][] = [];
  if (each.environment) parts.push(['environment_input_type', each.environment]);
  if (each.pipeline) parts.push(['pipeline_input_type', each.pipeline]);
  for (const instance of each.service_instances ?? []) parts.push(['service_input_type', instance]);
  for (const [key, { given, resolved }] of parts) {
    const type = inputSchema(schema, key);
    const ours = resolveStoredInputs(type, { ...given, ...synthesised(type, given, resolved) });
    if (!ours.ok) return ours.refusal.message;
    if (!isDeepStrictEqual(plain(ours.value), plain(resolved)))
      return `${key}: ${JSON.stringify(ours.value)} instead of ${JSON.stringify(resolved)}`;
  }
  return typeof each.spec !== 'string' ? undefined : resolveSpec(corpus.read(each.spec), each, schema);
}

/** Cases with the least inputs show the values made up for required ones in what they resolve to, not in what is given. */
function synthesised(type: PropertySchema, given: ResolvedCase['given'], resolved: ResolvedCase['resolved']) {
  const missing = (type.required ?? []).filter(
    (name) => !(name in given) && !('default' in (type.properties?.[name] ?? {})),
  );
  return Object.fromEntries(missing.filter((name) => name in resolved).map((name) => [name, resolved[name]]));
}

/** The same, from the spec as its author wrote it. */
function resolveSpec(text: string, each: InputsCase, schema: ParameterSchema): string | undefined {
  const position = { file: each.spec ?? '', line: 1, column: 1 };
  if (each.environment) {
    const spec = parseEnvironmentSpec(text);
    if (!spec.ok) return spec.refusal.message;
    const ours = resolveInputs(inputSchema(schema, 'environment_input_type'), spec.value.inputs, position);
    if (!ours.ok) return undefined; // a spec that does not fit is the matter of validation
    return isDeepStrictEqual(plain(ours.value), plain(each.environment.resolved))
      ? undefined
      : `spec: ${JSON.stringify(ours.value)}`;
  }
  const spec = parseServiceSpec(text);
  if (!spec.ok) return spec.refusal.message;
  for (const wanted of each.service_instances ?? []) {
    const instance = spec.value.instances.find(({ name }) => name === wanted.name);
    const ours = resolveInputs(inputSchema(schema, 'service_input_type'), instance?.inputs, position);
    if (ours.ok && !isDeepStrictEqual(plain(ours.value), plain(wanted.resolved)))
      return `spec of ${wanted.name}: ${JSON.stringify(ours.value)}`;
  }
  return undefined;
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
