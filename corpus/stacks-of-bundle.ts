import { basename, join } from 'node:path';
import {
  type Bundle,
  bundleText,
  type EnvironmentNames,
  environmentData,
  type Inputs,
  type InputTypeKey,
  inputSchema,
  instanceData,
  type ParameterSchema,
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
} from '../src/bundles/index.ts';
import { namesRead, parseTemplate, renderTemplate } from '../src/jinja/index.ts';
import type { YamlNode } from '../src/yaml-source/index.ts';
import type { CorpusBundle, CorpusFolder, RenderCase } from './corpus-folder.ts';

/** One template to deploy. `render` throws with the reason when it cannot; it gets the outputs of the stacks before it. */
export interface PlannedStack {
  readonly name: string;
  render(outputs: ReadonlyMap<string, Readonly<Record<string, string>>>): string;
}

/** Undefined: the bundle has no spec that fits it. */
export type BundleStacks = { readonly stacks: readonly PlannedStack[] } | { readonly leftOut: string } | undefined;

/**
 * The stacks that a bundle's spec asks for: those of the corpus's own cases, or, where it has none, those that the
 * product makes of the spec itself. A bundle whose every case with a spec is expected to fail cannot be deployed.
 */
export async function stacksOfBundle(corpus: CorpusFolder, bundle: CorpusBundle): Promise<BundleStacks> {
  const cases = corpus.renderings.filter((each) => each.bundle === bundle.path && /^spec/.test(each.label));
  const renderable = cases.filter(({ error }) => error === undefined);
  if (renderable.length > 0) return { stacks: renderable.map((each) => stackOfCase(corpus, each)) };
  const [failing] = cases;
  if (failing) return { leftOut: `${bundle.path}: with its spec it must fail to render: ${failing.error}` };

  const spec = fittingSpec(bundle);
  if (spec === undefined) return undefined;
  const undeclared = bundle.findings.find((finding) => /reads \S+, which the schema does not declare/.test(finding));
  if (undeclared) return { leftOut: `${bundle.path}: no spec can give what it reads: ${undeclared}` };
  const read = await readBundleFolder(join(corpus.root, bundle.path));
  if (!read.ok) throw new Error(read.refusal.message);
  return { stacks: stacksOfSpec(read.value, bundle.kind, corpus.read(spec)) };
}

function fittingSpec({ specs, matched_specs: matched }: CorpusBundle): string | undefined {
  return matched ? matched.find(({ fits }) => fits)?.path : specs[0];
}

function stackOfCase(corpus: CorpusFolder, each: RenderCase): PlannedStack {
  return {
    name: each.id,
    render: () => {
      const template = parseTemplate(corpus.read(each.template), basename(each.template));
      const rendered = template.ok ? renderTemplate(template.value, JSON.parse(corpus.read(each.context))) : template;
      if (!rendered.ok) throw new Error(rendered.refusal.message);
      return rendered.value.text;
    },
  };
}

const accountId = '111122223333';
const service = {
  name: 'service',
  repositoryId: 'owner/name',
  repositoryConnectionArn: `arn:aws:codestar-connections:us-east-1:${accountId}:connection/1`,
  branchName: 'main',
};

function stacksOfSpec(bundle: Bundle, kind: CorpusBundle['kind'], text: string): PlannedStack[] {
  const schema = readParameterSchema(bundleText(bundle, 'schema/schema.yaml') ?? '', kind).schema;
  if (!schema) throw new Error('The schema cannot be read.');
  if (kind === 'environment') {
    const spec = expectValue(parseEnvironmentSpec(text));
    const data = environmentData(
      { name: 'environment', accountId },
      resolved(schema, 'environment_input_type', spec.inputs, spec),
    );
    return [{ name: 'environment', render: () => render(bundle, 'environment', data) }];
  }
  const spec = expectValue(parseServiceSpec(text));
  const instances = spec.instances.map(({ name, environment, inputs, position }) => ({
    name,
    inputs: resolved(schema, 'service_input_type', inputs, { position }),
    environment: environmentNamed(environment, bundle),
  }));
  const stacks = instances.map(
    (instance): PlannedStack => ({
      name: `instance ${instance.name}`,
      render: () => render(bundle, 'instance', instanceData(instance.environment, service, instance)),
    }),
  );
  if (!schema.inputTypes.pipeline_input_type) return stacks;
  const pipeline = resolved(schema, 'pipeline_input_type', spec.pipeline, spec);
  return [
    ...stacks,
    {
      name: 'pipeline',
      render: (outputs) => {
        const deployed = instances.map((each) => ({ ...each, outputs: outputs.get(`instance ${each.name}`) ?? {} }));
        return render(bundle, 'pipeline', pipelineData(service, pipeline, deployed));
      },
    },
  ];
}

function resolved(
  schema: ParameterSchema,
  key: InputTypeKey,
  inputs: YamlNode | undefined,
  { position }: { readonly position: Parameters<typeof resolveInputs>[2] },
): Inputs {
  return expectValue(resolveInputs(inputSchema(schema, key), inputs, position));
}

/** Its outputs are made up: each one that a template of the bundle asks an environment for. */
function environmentNamed(name: string, bundle: Bundle): EnvironmentNames {
  const asked = [...bundle.files.keys()].flatMap((file) => {
    const template = parseTemplate(bundleText(bundle, file) ?? '', file);
    return template.ok ? namesRead(template.value).flatMap(({ path }) => outputIn(path)) : [];
  });
  return { name, accountId, outputs: Object.fromEntries(asked.map((output) => [output, `${output}-value`])) };
}

function outputIn(path: readonly string[]): string[] {
  const at = path.findIndex((part, index) => part === 'environment' && path[index + 1] === 'outputs');
  const output = at < 0 ? undefined : path[at + 2];
  return output === undefined || output === '*' ? [] : [output];
}

function render(bundle: Bundle, part: PartName, data: RenderingData): string {
  return expectValue(runRenderJob(expectValue(renderJob(bundle, part, data)))).text;
}

function expectValue<Value>(
  result:
    | { readonly ok: true; readonly value: Value }
    | { readonly ok: false; readonly refusal: { readonly message: string } },
): Value {
  if (!result.ok) throw new Error(result.refusal.message);
  return result.value;
}
