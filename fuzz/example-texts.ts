import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BundleFiles, readFolder } from '../demo/pack-bundle.ts';
import {
  type BundleKind,
  environmentData,
  inputSchema,
  instanceData,
  makeBundle,
  type ParameterSchema,
  type PartName,
  pipelineData,
  type RenderingData,
  readParameterSchema,
  renderJob,
  runRenderJob,
} from '../src/bundles/index.ts';
import { synthesiseInputs } from '../src/bundles/synthesise-inputs.ts';

/** The valid inputs that all others are grown from: what the tutorial uses. */
const folder = join(import.meta.dirname, '..', 'examples');

export interface ExampleBundle {
  readonly name: string;
  readonly kind: BundleKind;
  readonly files: BundleFiles;
}

export const exampleBundles: readonly ExampleBundle[] = [
  ['network/v1', 'environment'],
  ['worker/v1', 'service'],
  ['worker/v2', 'service'],
  ['web-service/v1', 'service'],
  ['web-service/v1.1', 'service'],
].map(([name = '', kind]) => ({ name, kind: kind as BundleKind, files: readFolder(join(folder, ...name.split('/'))) }));

export function exampleFiles(named: string): string[] {
  return exampleBundles.flatMap(({ files }) =>
    Object.entries(files).flatMap(([path, text]) => (basename(path) === named ? [text] : [])),
  );
}

const specs = readdirSync(join(folder, 'specs')).map((name) => readFileSync(join(folder, 'specs', name), 'utf8'));
export const environmentSpecs = specs.filter((text) => text.includes('EnvironmentSpec'));
export const serviceSpecs = specs.filter((text) => text.includes('ServiceSpec'));

export function exampleSchema({ kind, files }: ExampleBundle): ParameterSchema {
  const { schema } = readParameterSchema(files['schema/schema.yaml'] ?? '', kind);
  if (!schema) throw new Error('The schema of an example is not read.');
  return schema;
}

/** Data that every template of the examples can be rendered with. */
export function exampleData(example: ExampleBundle, part: PartName): RenderingData {
  const schema = exampleSchema(example);
  const inputs = (key: Parameters<typeof inputSchema>[1]) => synthesiseInputs(inputSchema(schema, key));
  const outputs = Object.fromEntries(
    ['VpcId', 'SubnetIds', 'ClusterName', 'LogGroupName'].map((name) => [name, `${name}-1,${name}-2`]),
  );
  const environment = { name: 'sandbox', accountId: '111122223333', outputs };
  const service = { name: 'shop', branchName: 'main', repositoryId: 'a/b', repositoryConnectionArn: 'arn:aws:x' };
  if (part === 'environment') return environmentData(environment, inputs('environment_input_type'));
  const instance = { name: 'live', inputs: inputs('service_input_type') };
  if (part === 'instance') return instanceData(environment, service, instance);
  return pipelineData(service, inputs('pipeline_input_type'), [{ ...instance, outputs: {}, environment }]);
}

/** The stack templates that the examples render to. */
export function renderedExamples(): string[] {
  return exampleBundles.flatMap((example) => {
    const parts: readonly PartName[] = example.kind === 'environment' ? ['environment'] : ['instance', 'pipeline'];
    return parts.flatMap((part) => {
      const files = new Map(Object.entries(example.files).map(([path, text]) => [path, Buffer.from(text)]));
      const job = renderJob(makeBundle(files), part, exampleData(example, part));
      if (!job.ok) return [];
      const rendered = runRenderJob(job.value);
      if (!rendered.ok) throw new Error(`${example.name}: ${rendered.refusal.message}`);
      return [rendered.value.text];
    });
  });
}
