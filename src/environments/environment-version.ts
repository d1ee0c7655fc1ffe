import {
  type Bundle,
  bundleText,
  type Inputs,
  inputSchema,
  type PropertySchema,
  type ProvisioningMethod,
  parseEnvironmentSpec,
  partDirectories,
  readManifest,
  readParameterSchema,
  resolveInputs,
} from '../bundles/index.ts';
import type { Db } from '../database/index.ts';
import { methodNotAvailable } from '../deployments/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { type TemplateVersion, templateVersionBundle } from '../templates/index.ts';
import { checkRights, type ProvisioningRights } from './environment.ts';
import type { EnvironmentTools } from './environment-tools.ts';

/** The inputs that a spec gives a version, with the schema's defaults. */
export interface EnvironmentInputs {
  readonly inputs: Inputs;
  readonly schema: PropertySchema;
}

/** @refuses spec-malformed, inputs-invalid: everything that does not fit, with its place in the spec */
export function environmentInputs(version: TemplateVersion, specText: string): Result<EnvironmentInputs> {
  const spec = parseEnvironmentSpec(specText);
  if (!spec.ok) return spec;
  const { schema: known } = readParameterSchema(version.schemaText ?? '', 'environment');
  if (!known) throw new Error(`the version ${version.arn} was registered with a schema that cannot be read`);
  const schema = inputSchema(known, 'environment_input_type');
  const inputs = resolveInputs(schema, spec.value.inputs, spec.value.position);
  return inputs.ok ? accept({ inputs: inputs.value, schema }) : inputs;
}

/** How the infrastructure of a registered bundle is provisioned. */
export function environmentMethod(bundle: Bundle): ProvisioningMethod {
  const path = `${partDirectories.environment}/manifest.yaml`;
  const { manifest } = readManifest(bundleText(bundle, path) ?? '', path);
  if (!manifest) throw new Error(`the bundle ${bundle.digest} was registered with a manifest that cannot be read`);
  return manifest.method;
}

/**
 * Whether a version can be deployed with this spec and these rights, asked before anything is written.
 * @returns the outputs of a customer-managed environment, which are its inputs; undefined for others
 * @refuses a spec that does not fit, a method that is not available, a right that the method needs
 */
export async function checkDeployable(
  db: Db,
  { methods }: Pick<EnvironmentTools, 'methods'>,
  version: TemplateVersion,
  spec: string,
  { customerManaged, ...rights }: ProvisioningRights & { readonly customerManaged: boolean },
): Promise<Result<Readonly<Record<string, string>> | undefined>> {
  const resolved = environmentInputs(version, spec);
  if (!resolved.ok) return resolved;
  if (customerManaged) return accept(outputsOf(resolved.value.inputs));
  const bundle = await templateVersionBundle(db, version);
  if (!bundle.ok) return bundle;
  const method = environmentMethod(bundle.value);
  if (!methods.has(method)) return methodNotAvailable(method);
  const allowed = checkRights(rights, method);
  return allowed.ok ? accept(undefined) : allowed;
}

/** Outputs are texts, and the schema of a customer-managed template knows no other type. */
function outputsOf(inputs: Inputs): Record<string, string> {
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, String(value)]));
}
