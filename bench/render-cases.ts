import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openCorpus } from '../corpus/corpus-folder.ts';
import {
  bundleText,
  environmentData,
  inputSchema,
  instanceData,
  type PartName,
  parseEnvironmentSpec,
  parseServiceSpec,
  pipelineData,
  type RenderingData,
  readBundleFolder,
  readParameterSchema,
  renderJob,
  resolveInputs,
} from '../src/bundles/index.ts';
import type { Result } from '../src/errors/index.ts';

/** A template and what it is rendered with. */
export interface BenchCase {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly data: RenderingData;
}

/** The cases of a corpus that must render. */
export function corpusCases(folder: string): BenchCase[] {
  const corpus = openCorpus(folder);
  return corpus.renderings
    .filter(({ error }) => error === undefined)
    .map(({ id, template, context }) => ({
      name: id,
      file: basename(template),
      text: corpus.read(template),
      data: JSON.parse(corpus.read(context)),
    }));
}

const examples = join(import.meta.dirname, '..', 'examples');
const environment = {
  name: 'sandbox',
  accountId: '111122223333',
  outputs: { VpcId: 'vpc-1', SubnetIds: 'subnet-1,subnet-2', ClusterName: 'sandbox', LogGroupName: 'sandbox' },
};

/** What the repository's own examples render to with their specs. */
export async function exampleCases(): Promise<BenchCase[]> {
  return [
    ...(await environmentCases('network/v1', 'network')),
    ...(await serviceCases('web-service/v1', 'shop')),
    ...(await serviceCases('web-service/v1.1', 'shop')),
    ...(await serviceCases('worker/v1', 'orders')),
  ];
}

async function environmentCases(folder: string, specName: string): Promise<BenchCase[]> {
  const { bundle, schema } = await opened(folder, 'environment');
  const spec = value(parseEnvironmentSpec(specText(specName)));
  const inputs = value(resolveInputs(inputSchema(schema, 'environment_input_type'), spec.inputs, spec.position));
  return [caseOf(bundle, folder, 'environment', environmentData(environment, inputs))];
}

async function serviceCases(folder: string, specName: string): Promise<BenchCase[]> {
  const { bundle, schema } = await opened(folder, 'service');
  const spec = value(parseServiceSpec(specText(specName)));
  const service = { name: specName };
  const instances = spec.instances.map(({ name, inputs, position }) => ({
    name,
    inputs: value(resolveInputs(inputSchema(schema, 'service_input_type'), inputs, position)),
    outputs: {},
    environment,
  }));
  const cases = instances.map((instance) =>
    caseOf(bundle, folder, 'instance', instanceData(environment, service, instance)),
  );
  if (!spec.pipeline) return cases;
  const given = value(resolveInputs(inputSchema(schema, 'pipeline_input_type'), spec.pipeline, spec.position));
  return [...cases, caseOf(bundle, folder, 'pipeline', pipelineData(service, given, instances))];
}

async function opened(folder: string, kind: 'environment' | 'service') {
  const bundle = value(await readBundleFolder(join(examples, ...folder.split('/'))));
  const { schema } = readParameterSchema(bundleText(bundle, 'schema/schema.yaml') ?? '', kind);
  if (!schema) throw new Error(`examples/${folder} has no schema`);
  return { bundle, schema };
}

type Bundle = Parameters<typeof renderJob>[0];

function caseOf(bundle: Bundle, folder: string, part: PartName, data: RenderingData): BenchCase {
  const { file, text } = value(renderJob(bundle, part, data));
  return { name: `${folder}, ${part}`, file, text, data };
}

function specText(name: string): string {
  return readFileSync(join(examples, 'specs', `${name}.yaml`), 'utf8');
}

function value<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(result.refusal.message);
  return result.value;
}
