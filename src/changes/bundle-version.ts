import {
  type Bundle,
  environmentData,
  environmentTexts,
  type Inputs,
  type InputTypeKey,
  inputSchema,
  instanceData,
  type ParameterSchema,
  type PartName,
  type PropertySchema,
  pipelineData,
  type RenderingData,
  type RenderJob,
  readTemplateRegistration,
  renderJob,
  resolveStoredInputs,
  runRenderJob,
} from '../bundles/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { namesRead, parseTemplate } from '../jinja/index.ts';
import { childTemplatesBeside } from './child-templates.ts';
import type { StackState } from './compare-stacks.ts';
import { coverInputs } from './input-cover.ts';
import { secretValuesIn } from './secret-values.ts';
import { stackState } from './stack-state.ts';
import { decidingLiterals, type TemplateVersion } from './template-version.ts';

/** Which inputs feed a part. */
export const inputsOfPart: Readonly<Record<Exclude<PartName, 'component'>, InputTypeKey>> = {
  environment: 'environment_input_type',
  instance: 'service_input_type',
  pipeline: 'pipeline_input_type',
};
export type ComparedPart = keyof typeof inputsOfPart;

/**
 * One part of a bundle as a version to compare. Outputs of the environment are made up from their names, the same for
 * every version that reads them.
 * @refuses a part that is not there, or that is not provisioned by CloudFormation
 */
export function bundleVersion(bundle: Bundle, part: ComparedPart, schema: ParameterSchema): Result<TemplateVersion> {
  const job = renderJob(bundle, part, {});
  if (!job.ok) return job;
  const own = inputSchema(schema, inputsOfPart[part]);
  const outputs = outputsRead(job.value);
  const dataFor = renderingData(part, schema, outputs);
  const registration = readTemplateRegistration(bundle);
  const children = childTemplatesBeside(job.value);
  const known = new Map<string, Result<StackState>>();
  const evaluate = (inputs: Inputs) => {
    const rendered = runRenderJob({ ...job.value, data: dataFor(inputs) });
    if (!rendered.ok) return rendered;
    const secrets = secretValuesIn(own, inputs);
    // Most inputs of a cover render the same text: one evaluation serves them all.
    const key = JSON.stringify([rendered.value.digest, secrets]);
    const state = known.get(key) ?? stackState({ text: rendered.value.text, file: job.value.file, secrets, children });
    known.set(key, state);
    return state;
  };
  return accept({
    inputSchema: own,
    ...(part !== 'environment' &&
      registration.ok && { compatibleEnvironments: environmentTexts(registration.value.compatibleEnvironments) }),
    environmentNames: part === 'instance' ? Object.keys(outputs) : [],
    resolve: (inputs: Inputs) => resolveStoredInputs(own, inputs),
    state: evaluate,
    literals: [...literalsOf(job.value.text), ...templateLiterals(evaluate, own)],
  });
}

/** Outputs of the environment that a template reads, each with a text in place of its value. */
function outputsRead({ text, file }: RenderJob): Record<string, string> {
  const template = parseTemplate(text, file);
  if (!template.ok) return {};
  const names = namesRead(template.value).flatMap(({ path }) => {
    const at = path.indexOf('outputs');
    const name = at < 0 ? undefined : path[at + 1];
    return name === undefined || name === '*' ? [] : [name];
  });
  return Object.fromEntries(names.map((name) => [name, `${name}-value`]));
}

const environmentName = { name: 'environment', accountId: '111122223333' };
const service = {
  name: 'service',
  repositoryId: 'owner/name',
  repositoryConnectionArn: 'arn:aws:codestar-connections:us-east-1:111122223333:connection/1',
  branchName: 'main',
};

function renderingData(
  part: ComparedPart,
  schema: ParameterSchema,
  outputs: Readonly<Record<string, string>>,
): (inputs: Inputs) => RenderingData {
  const environment = { ...environmentName, outputs };
  switch (part) {
    case 'environment':
      return (inputs) => environmentData(environmentName, inputs);
    case 'instance':
      return (inputs) => instanceData(environment, service, { name: 'instance', inputs });
    case 'pipeline': {
      const own = inputSchema(schema, 'service_input_type');
      const [sample = {}] = coverInputs(own, own, []).sets;
      const resolved = resolveStoredInputs(own, sample);
      const instance = { name: 'instance', inputs: resolved.ok ? resolved.value : sample, outputs, environment };
      return (inputs) => pipelineData(service, inputs, [instance]);
    }
  }
}

/** Quoted texts in the tags of a Jinja template: what inputs are compared with. */
function literalsOf(text: string): readonly string[] {
  const tags = text.matchAll(/\{[%{](.*?)[%}]\}/gs);
  return [...tags].flatMap(([, inside = '']) =>
    [...inside.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, double, single]) => double ?? single ?? ''),
  );
}

function templateLiterals(evaluate: (inputs: Inputs) => Result<StackState>, schema: PropertySchema): readonly string[] {
  const resolved = resolveStoredInputs(schema, coverInputs(schema, schema, []).sets[0] ?? {});
  const state = resolved.ok ? evaluate(resolved.value) : resolved;
  return state.ok ? literalsIn(state.value) : [];
}

function literalsIn({ evaluated, nested }: StackState): readonly string[] {
  return [...decidingLiterals(evaluated), ...[...(nested?.values() ?? [])].flatMap(literalsIn)];
}
