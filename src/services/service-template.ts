import {
  bundleText,
  type Inputs,
  type InputsRefusal,
  type InstanceSpec,
  inputSchema,
  type ParameterSchema,
  type ProvisioningMethod,
  partDirectories,
  readManifest,
  readParameterSchema,
  resolveInputs,
  type ServiceSpec,
} from '../bundles/index.ts';
import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { Installation } from '../identifiers/index.ts';
import {
  type Template,
  type TemplateVersion,
  templateFind,
  templateMissing,
  templateVersionBundle,
  templateVersionFind,
  type VersionNumber,
  versionMissing,
} from '../templates/index.ts';

/** A version of a service template, read: what specs are checked against. */
export interface ServiceTemplate {
  readonly template: Template;
  readonly version: TemplateVersion;
  readonly schema: ParameterSchema;
  readonly hasPipeline: boolean;
  readonly instanceMethod: ProvisioningMethod;
  /** Absent where there is no pipeline. */
  readonly pipelineMethod?: ProvisioningMethod;
}

export type ServiceTemplateRefusal = Refusal<
  'template-missing' | 'template-version-missing' | 'version-without-bundle'
>;

/** @param known the template, where it was read in this transaction already */
export async function readServiceTemplate(
  db: Db,
  installation: Installation,
  templateName: string,
  number: VersionNumber,
  known?: Template,
): Promise<Result<ServiceTemplate, ServiceTemplateRefusal>> {
  const template = known ?? (await templateFind(db, { kind: 'service', name: templateName }));
  if (!template) return templateMissing(installation, { kind: 'service', name: templateName });
  const ref = { kind: 'service', templateName, ...number } as const;
  const version = await templateVersionFind(db, ref);
  if (!version) return versionMissing(installation, ref);
  const bundle = await templateVersionBundle(db, version);
  if (!bundle.ok) return bundle;
  const schema = readParameterSchema(version.schemaText ?? '', 'service').schema ?? { inputTypes: {}, types: {} };
  const hasPipeline =
    !template.customerManaged &&
    [...bundle.value.files.keys()].some((path) => path.startsWith('pipeline_infrastructure/'));
  const methodOf = (part: 'instance' | 'pipeline') => {
    const path = `${partDirectories[part]}/manifest.yaml`;
    return readManifest(bundleText(bundle.value, path) ?? '', path).manifest?.method ?? 'cloudformation';
  };
  return accept({
    template,
    version,
    schema,
    hasPipeline,
    instanceMethod: methodOf('instance'),
    pipelineMethod: hasPipeline ? methodOf('pipeline') : undefined,
  });
}

/** The inputs of an instance, with the defaults of the version that it is deployed at. */
export function instanceInputs({ schema }: ServiceTemplate, instance: InstanceSpec): Result<Inputs, InputsRefusal> {
  return resolveInputs(inputSchema(schema, 'service_input_type'), instance.inputs, instance.position);
}

export function pipelineInputs({ schema }: ServiceTemplate, spec: ServiceSpec): Result<Inputs, InputsRefusal> {
  return resolveInputs(inputSchema(schema, 'pipeline_input_type'), spec.pipeline, spec.position);
}

export type SpecFitRefusal = Refusal<'instance-not-in-spec' | 'instance-environment-changed' | 'pipeline-not-possible'>;

/** The entry of one instance. @refuses a spec without it, and one that moves it to another environment */
export function instanceEntry(
  spec: ServiceSpec,
  name: string,
  environment?: string,
): Result<InstanceSpec, SpecFitRefusal> {
  const entry = spec.instances.find((instance) => instance.name === name);
  if (!entry) {
    return refuse({
      kind: 'invalid',
      code: 'instance-not-in-spec',
      message: `The spec has no instance named ${name}; it has ${spec.instances.map((each) => each.name).join(', ') || 'none'}.`,
      remedy: 'Send the service spec with an entry for this instance.',
    });
  }
  if (environment !== undefined && entry.environment !== environment) {
    return refuse({
      kind: 'invalid',
      code: 'instance-environment-changed',
      message: `The instance ${name} is in the environment ${environment}; the spec says ${entry.environment}.`,
      remedy: 'An instance stays in its environment: add a new instance in the other one.',
      position: entry.position,
    });
  }
  return accept(entry);
}
