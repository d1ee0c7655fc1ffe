import { type Bundle, type PartName, partDirectories, pathsBelow } from './bundle.ts';
import type { RenderingData } from './namespaces.ts';
import { protonJson, provisioningData } from './provisioning-data.ts';

export interface TerraformRequest {
  readonly part: PartName;
  readonly data: RenderingData;
  /** Of the environment, instance, pipeline or component that the files are for. */
  readonly arn: string;
  /** `proton:account`, `proton:template` and so on, in their order. */
  readonly tags: Readonly<Record<string, string>>;
  /** What is left in a repository when the thing was deleted. */
  readonly isDeleted?: boolean;
}

/** What the variables are called after. */
const variableKinds: Readonly<Record<PartName, string>> = {
  environment: 'environment',
  instance: 'service_instance',
  pipeline: 'pipeline',
  component: 'component',
};

/**
 * The files of a self-managed deployment, by their path in its folder: the bundle's own .tf files under a header, byte
 * for byte (nothing is filled in inside HCL), files of its subfolders as they are, the declarations of the variables, and
 * their values. Source: files that Proton committed into public repositories in 2023.
 */
export function terraformFiles(bundle: Bundle, request: TerraformRequest): ReadonlyMap<string, Uint8Array> {
  const { part, data, arn, tags } = request;
  const directory = partDirectories[part];
  const header = terraformHeader(request);
  const files = new Map<string, Uint8Array>();
  for (const path of pathsBelow(bundle, directory)) {
    const name = directory === '.' ? path : path.slice(directory.length + 1);
    const content = bundle.files.get(path) ?? new Uint8Array();
    if (name.includes('/')) files.set(name, content);
    else if (name.endsWith('.tf')) files.set(name, Buffer.concat([Buffer.from(header), content]));
  }
  files.set(`proton.${variableKinds[part]}.variables.tf`, Buffer.from(header + terraformVariables(part)));
  const values = { ...provisioningData(part, data), proton_tags: tags, '//': arn };
  files.set('proton.auto.tfvars.json', Buffer.from(protonJson(values)));
  return files;
}

function terraformHeader({ arn, isDeleted }: TerraformRequest): string {
  const lines = isDeleted
    ? [`${arn} has been deleted; Deuteron (AWS Proton's successor) no longer manages this file.`]
    : [
        `Deuteron (AWS Proton's successor) manages this file for ${arn}.`,
        'Changes made here by hand are overwritten. If that resource is gone, this file may be left to clean up by hand.',
      ];
  return `/*\n${lines.join('\n')}\n*/\n\n`;
}

const environmentType = ['account_id = string', 'name       = string', 'outputs    = map(string)'];
const serviceType = [
  'name                      = string',
  'branch_name               = string',
  'repository_connection_arn = string',
  'repository_id             = string',
];

/** The declarations of a part's variables; they do not depend on the schema. */
export function terraformVariables(part: PartName): string {
  return [...declarations(part), tagsDeclaration].join('\n');
}

const tagsDeclaration = 'variable "proton_tags" {\n  type    = map(string)\n  default = null\n}\n';

function declarations(part: PartName): string[] {
  switch (part) {
    case 'environment':
      return [declaration('environment', ['inputs = any', 'name   = string'])];
    case 'instance':
      return [
        declaration('environment', environmentType),
        declaration('service', serviceType, { isRequired: true }),
        declaration('service_instance', ['name       = string', 'inputs     = any', 'components = map(any)']),
      ];
    case 'pipeline':
      return [instancesDeclaration, declaration('service', serviceType), declaration('pipeline', ['inputs = any'])];
    case 'component':
      return [
        declaration('component', ['name = string'], { isRequired: true }),
        declaration('environment', environmentType, { isRequired: true }),
        declaration('service', ['name = string']),
        declaration('service_instance', ['name   = string', 'inputs = any']),
      ];
  }
}

function declaration(name: string, members: readonly string[], { isRequired = false } = {}): string {
  const type = `  type = object({\n${members.map((member) => `    ${member}\n`).join('')}  })\n`;
  return `variable "${name}" {\n${type}${isRequired ? '' : '  default = null\n'}}\n`;
}

const instancesDeclaration = `variable "service_instances" {
  type = list(
    object({
      name    = string
      inputs  = any
      outputs = map(string)
      environment = object({
${environmentType.map((member) => `        ${member}\n`).join('')}      })
    })
  )
}
`;
