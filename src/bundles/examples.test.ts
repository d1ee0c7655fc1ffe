import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkStackTemplate, checkTemplateProperties, parseStackTemplate } from '../cloudformation/index.ts';
import {
  type Bundle,
  bundleText,
  checkBundle,
  environmentData,
  type InputTypeKey,
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
  runRenderJob,
  schemaIncompatibilities,
} from './index.ts';

const folder = join(import.meta.dirname, '..', '..', 'examples');

async function bundleAt(path: string): Promise<Bundle> {
  const read = await readBundleFolder(join(folder, path));
  if (!read.ok) throw new Error(read.refusal.message);
  return read.value;
}

function schemaOf(bundle: Bundle, kind: 'environment' | 'service') {
  const { schema } = readParameterSchema(bundleText(bundle, 'schema/schema.yaml') ?? '', kind);
  if (!schema) throw new Error('no schema');
  return schema;
}

const spec = (name: string) => readFileSync(join(folder, 'specs', name), 'utf8');
const bundles = ['network', 'web-service', 'worker'].flatMap((template) =>
  readdirSync(join(folder, template)).map((version) => ({
    path: `${template}/${version}`,
    kind: template === 'network' ? ('environment' as const) : ('service' as const),
  })),
);

test.each(bundles)('$path has nothing to find', async ({ path, kind }) => {
  const { findings } = await checkBundle(await bundleAt(path), { kind });
  expect(findings).toEqual([]);
});

function accepted<Value>(result: { ok: true; value: Value } | { ok: false; refusal: { message: string } }): Value {
  if (result.ok) return result.value;
  throw new Error(result.refusal.message);
}

/** The data of each part of a bundle, from its spec. */
function dataOf(bundle: Bundle, kind: 'environment' | 'service', specFile: string): [PartName, RenderingData][] {
  const schema = schemaOf(bundle, kind);
  const inputs = (key: InputTypeKey, given: Parameters<typeof resolveInputs>[1]) =>
    accepted(resolveInputs(inputSchema(schema, key), given, { file: specFile, line: 1, column: 1 }));
  if (kind === 'environment') {
    const { inputs: given } = accepted(parseEnvironmentSpec(spec(specFile)));
    return [
      [
        'environment',
        environmentData({ name: 'sandbox', accountId: '111122223333' }, inputs('environment_input_type', given)),
      ],
    ];
  }
  const { pipeline, instances } = accepted(parseServiceSpec(spec(specFile)));
  const outputs = { VpcId: 'vpc-1', SubnetIds: 'subnet-1,subnet-2', ClusterName: 'cluster', LogGroupName: 'logs' };
  const environment = { name: 'sandbox', accountId: '111122223333', outputs };
  const resolved = instances.map(({ name, inputs: given }) => ({
    name,
    inputs: inputs('service_input_type', given),
    outputs: {},
    environment,
  }));
  const [first] = resolved;
  if (!first) throw new Error('no instance');
  const parts: [PartName, RenderingData][] = [['instance', instanceData(environment, { name: 'shop' }, first)]];
  if (schema.inputTypes.pipeline_input_type)
    parts.push(['pipeline', pipelineData({ name: 'shop' }, inputs('pipeline_input_type', pipeline), resolved)]);
  return parts;
}

test.each([
  { path: 'network/v1', kind: 'environment', specFile: 'network.yaml' },
  { path: 'web-service/v1', kind: 'service', specFile: 'shop.yaml' },
  { path: 'web-service/v1.1', kind: 'service', specFile: 'shop.yaml' },
  { path: 'worker/v1', kind: 'service', specFile: 'orders.yaml' },
] as const)(
  '$path renders with its spec to templates whose every property is published',
  async ({ path, kind, specFile }) => {
    const bundle = await bundleAt(path);
    for (const [part, data] of dataOf(bundle, kind, specFile)) {
      const { text } = accepted(runRenderJob(accepted(renderJob(bundle, part, data))));
      await expect(text).toMatchFileSnapshot(`golden/example-${path.replace('/', '-')}-${part}.yaml`);
      const template = accepted(parseStackTemplate(text));
      expect([...checkStackTemplate(template), ...checkTemplateProperties(template)]).toEqual([]);
    }
  },
);

test('a minor version takes all that the one before took, a major version does not', async () => {
  const between = async (earlier: string, later: string) =>
    schemaIncompatibilities(schemaOf(await bundleAt(earlier), 'service'), schemaOf(await bundleAt(later), 'service'));
  expect(await between('web-service/v1', 'web-service/v1.1')).toEqual([]);
  expect((await between('worker/v1', 'worker/v2')).map(({ path }) => path)).toEqual(['service_input_type.retries']);
});
