import { type NameRead, namesRead, parseTemplate } from '../jinja/index.ts';
import { parseYaml, yamlData } from '../yaml-source/index.ts';
import type { Bundle, PartName } from './bundle.ts';
import { environmentData, instanceData, pipelineData, type RenderingData } from './namespaces.ts';
import { type InputTypeKey, inputSchema, type ParameterSchema } from './parameter-schema.ts';
import { renderJob, runRenderJob } from './render-part.ts';
import type { Inputs } from './resolve-inputs.ts';
import { synthesiseInputs } from './synthesise-inputs.ts';

/**
 * What a part renders to with made-up inputs, of which some are given; as data.
 * @returns undefined for a part that is not there, is not rendered, or does not render to YAML
 */
export function trialRendering(
  bundle: Bundle,
  part: PartName,
  schema: ParameterSchema,
  given: { readonly key: InputTypeKey; readonly inputs: Inputs },
): unknown {
  const job = renderJob(bundle, part, {});
  const template = job.ok ? parseTemplate(job.value.text, job.value.file) : job;
  if (!job.ok || !template.ok) return undefined;
  const data = trialData(part, schema, outputsRead(namesRead(template.value)), given);
  const rendered = runRenderJob({ ...job.value, data });
  const parsed = rendered.ok ? parseYaml(rendered.value.text, job.value.file) : rendered;
  return parsed.ok ? yamlData(parsed.value) : undefined;
}

/** The outputs that a template asks for, so that the trial has them. */
export function outputsRead(reads: readonly NameRead[]): Record<string, string> {
  const names = reads.flatMap(({ path }) => {
    const at = path.indexOf('outputs');
    const name = at < 0 ? undefined : path[at + 1];
    return name === undefined || name === '*' ? [] : [name];
  });
  return Object.fromEntries(names.map((name) => [name, `${name}-value`]));
}

/**
 * What a part is tried with: every declared input made up by the schema.
 * @param changed inputs of one type that have these values instead
 */
export function trialData(
  part: PartName,
  schema: ParameterSchema,
  outputs: Readonly<Record<string, string>>,
  changed?: { readonly key: InputTypeKey; readonly inputs: Inputs },
): RenderingData {
  const inputs = (key: InputTypeKey) => ({
    ...synthesiseInputs(inputSchema(schema, key)),
    ...(changed?.key === key ? changed.inputs : {}),
  });
  const environment = { name: 'environment', accountId: '111122223333', outputs };
  const service = {
    name: 'service',
    repositoryId: 'owner/name',
    repositoryConnectionArn: 'arn:aws:codestar-connections:us-east-1:111122223333:connection/1',
    branchName: 'main',
  };
  const instance = { name: 'instance', inputs: inputs('service_input_type') };
  switch (part) {
    case 'environment':
      return environmentData(environment, inputs('environment_input_type'));
    case 'pipeline':
      return pipelineData(service, inputs('pipeline_input_type'), [
        { ...instance, outputs, environment },
        { ...instance, name: 'instance-two', outputs, environment },
      ]);
    default:
      return instanceData(environment, service, instance);
  }
}
