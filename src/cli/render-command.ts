import {
  bundleText,
  environmentData,
  inputSchema,
  instanceData,
  parseEnvironmentSpec,
  parseServiceSpec,
  type RenderedPart,
  type RenderingData,
  type RenderJob,
  readBundleFolder,
  readParameterSchema,
  renderJob,
  resolveInputs,
  runRenderJob,
} from '../bundles/index.ts';
import { accept, type Result } from '../errors/index.ts';

import { readGivenFile } from './given-file.ts';
import { givenInstance } from './given-spec.ts';
import { printRefusal } from './print-refusal.ts';

export interface RenderFlags {
  readonly kind: 'environment' | 'service';
  readonly spec: string;
  readonly instance?: string;
  readonly outputs: Readonly<Record<string, string>>;
}

const accountId = '111122223333';

/** Exit codes: 0 rendered, 1 refused, 2 the spec cannot be read. */
export async function renderCommand(folder: string, flags: RenderFlags): Promise<void> {
  const rendered = await renderFolder(folder, flags);
  if (rendered.ok) process.stdout.write(`${rendered.value.text}\n`);
  else printRefusal(rendered.refusal, { json: false });
}

/** What the bundle in a folder renders to, with the way back to its template, and what lies beside it. */
export async function renderFolder(
  folder: string,
  flags: RenderFlags,
): Promise<Result<RenderedPart & Pick<RenderJob, 'file' | 'neighbours'>>> {
  const bundle = await readBundleFolder(folder);
  if (!bundle.ok) return bundle;
  const schema = readParameterSchema(bundleText(bundle.value, 'schema/schema.yaml') ?? '', flags.kind).schema ?? {
    inputTypes: {},
    types: {},
  };
  const text = await readGivenFile(flags.spec);
  if (!text.ok) return text;
  const data =
    flags.kind === 'environment' ? environmentNames(text.value, schema) : instanceNames(text.value, schema, flags);
  if (!data.ok) return data;
  const job = renderJob(bundle.value, flags.kind === 'environment' ? 'environment' : 'instance', data.value);
  if (!job.ok) return job;
  const { file, neighbours } = job.value;
  const rendered = runRenderJob(job.value);
  return rendered.ok ? accept({ ...rendered.value, file, neighbours }) : rendered;
}

type Schema = Parameters<typeof inputSchema>[0];

function environmentNames(text: string, schema: Schema): Result<RenderingData> {
  const spec = parseEnvironmentSpec(text);
  if (!spec.ok) return spec;
  const inputs = resolveInputs(inputSchema(schema, 'environment_input_type'), spec.value.inputs, spec.value.position);
  return inputs.ok ? accept(environmentData({ name: 'environment', accountId }, inputs.value)) : inputs;
}

function instanceNames(text: string, schema: Schema, { instance: name, outputs }: RenderFlags): Result<RenderingData> {
  const spec = parseServiceSpec(text);
  if (!spec.ok) return spec;
  const given = givenInstance(spec.value, name);
  if (!given.ok) return given;
  const instance = given.value;
  const inputs = resolveInputs(inputSchema(schema, 'service_input_type'), instance.inputs, instance.position);
  if (!inputs.ok) return inputs;
  const environment = { name: instance.environment, accountId, outputs };
  return accept(instanceData(environment, { name: 'service' }, { name: instance.name, inputs: inputs.value }));
}
