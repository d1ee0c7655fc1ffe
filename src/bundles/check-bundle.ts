import {
  type Bundle,
  type BundleKind,
  type BundleLimits,
  bundleText,
  manifestPath,
  type PartName,
  pathsBelow,
  usualBundleLimits,
} from './bundle.ts';
import { checkCodebuild } from './check-codebuild.ts';
import { checkTemplate } from './check-template.ts';
import { checkTerraform } from './check-terraform.ts';
import { errorFinding, type Finding, warningFinding, wholeFile } from './finding.ts';
import { type Manifest, type ReadManifest, readManifest } from './manifest.ts';
import { type ParameterSchema, readParameterSchema, schemaPath } from './parameter-schema.ts';
import { upgradeStepsOf } from './read-upgrade-step.ts';
import type { RuleId } from './rules.ts';

export interface CheckOptions {
  readonly kind: BundleKind;
  /** CUSTOMER_MANAGED: an environment that exists already, or a service without pipeline. */
  readonly customerManaged?: boolean;
  readonly limits?: BundleLimits;
}

/** All that a bundle's files say, and all that is wrong with them. */
export interface CheckedBundle {
  readonly findings: readonly Finding[];
  readonly schema?: ParameterSchema;
  readonly schemaText?: string;
  readonly parts: Readonly<Partial<Record<PartName, Manifest>>>;
}

/** Whether nothing of what was found refuses the bundle. */
export function isAcceptable({ findings }: CheckedBundle): boolean {
  return findings.every((finding) => finding.severity !== 'error');
}

interface PartLayout {
  readonly part: PartName;
  readonly directory: string;
  /** What the preview of Proton called it. */
  readonly previewDirectory?: string;
}

const environmentParts: readonly PartLayout[] = [{ part: 'environment', directory: 'infrastructure' }];
const instancePart: PartLayout = {
  part: 'instance',
  directory: 'instance_infrastructure',
  previewDirectory: 'infrastructure',
};
const pipelinePart: PartLayout = {
  part: 'pipeline',
  directory: 'pipeline_infrastructure',
  previewDirectory: 'pipeline',
};

/**
 * Checks a bundle completely: layout, schema, manifests, templates, and the names that they read. Everything that is
 * wrong is found at once, each with its file, line and column, and what to do.
 */
export async function checkBundle(bundle: Bundle, options: CheckOptions): Promise<CheckedBundle> {
  const limits = options.limits ?? usualBundleLimits;
  const findings: Finding[] = [];
  const schemaText = bundleText(bundle, schemaPath);
  const schema = readSchema(bundle, options, limits, findings);
  const parts: Partial<Record<PartName, Manifest>> = {};

  for (const layout of expectedParts(bundle, options, schema, findings)) {
    const { part, directory } = layout;
    const path = manifestPath(directory);
    const text = bundleText(bundle, path);
    if (text === undefined) {
      findings.push(missingFile(bundle, 'manifest-missing', path, 'Add a manifest that names the template file.'));
      continue;
    }
    const read = readManifest(text, path, limits);
    findings.push(...read.findings);
    if (read.manifest) parts[part] = read.manifest;
    findings.push(...(await checkPart(bundle, part, directory, read, schema, limits)));
  }
  findings.push(...upgradeStepsOf(bundle).findings);
  return { findings, schema, schemaText, parts };
}

function missing(rule: RuleId, file: string, message: string, remedy: string): Finding {
  return errorFinding(rule, wholeFile(file), message, remedy);
}

/** A file that must be there; it may be there under a name that nobody reads. */
function missingFile(bundle: Bundle, rule: RuleId, path: string, remedy: string): Finding {
  const otherName = path.replace(/\.yaml$/, '.yml');
  if (bundle.files.has(path)) return missing(rule, path, `${path} is not UTF-8.`, 'Save it as UTF-8.');
  if (!bundle.files.has(otherName)) return missing(rule, path, `There is no ${path}.`, remedy);
  return missing(rule, otherName, `There is ${otherName}, but no ${path}.`, `Call it ${path}.`);
}

function readSchema(
  bundle: Bundle,
  options: CheckOptions,
  limits: BundleLimits,
  findings: Finding[],
): ParameterSchema | undefined {
  const text = bundleText(bundle, schemaPath);
  if (text !== undefined) {
    const read = readParameterSchema(text, options.kind, limits);
    findings.push(...read.findings);
    if (options.kind === 'environment' && options.customerManaged && read.schema)
      findings.push(...checkOutputSchema(read.schema));
    return read.schema;
  }
  const isComponent = options.kind === 'component';
  findings.push(
    isComponent
      ? warningFinding(
          'schema-missing',
          wholeFile(schemaPath),
          `There is no ${schemaPath}.`,
          'A component has no inputs of its own: nothing to do.',
        )
      : missingFile(bundle, 'schema-missing', schemaPath, 'Add a schema; it may have no properties.'),
  );
  return isComponent ? { inputTypes: {}, types: {} } : undefined;
}

/** The inputs of a customer-managed environment are its outputs: texts, without defaults. */
function checkOutputSchema(schema: ParameterSchema): Finding[] {
  const type = schema.types[schema.inputTypes.environment_input_type ?? ''];
  return Object.entries(type?.properties ?? {}).flatMap(([name, property]) => {
    const why =
      property.type !== 'string' ? `is of type ${property.type}` : 'default' in property ? 'has a default' : undefined;
    if (!why) return [];
    return [
      missing(
        'schema-output',
        schemaPath,
        `${name} ${why}; the properties of a customer-managed environment are its outputs.`,
        'Make it a string without default.',
      ),
    ];
  });
}

function expectedParts(
  bundle: Bundle,
  options: CheckOptions,
  schema: ParameterSchema | undefined,
  findings: Finding[],
): PartLayout[] {
  const has = (directory: string) => pathsBelow(bundle, directory).length > 0;
  if (options.kind === 'component') return [{ part: 'component', directory: '.' }];
  if (options.kind === 'environment') {
    if (options.customerManaged) {
      if (has('infrastructure'))
        findings.push(
          missing(
            'part-unexpected',
            'infrastructure',
            'A customer-managed environment template has no infrastructure/.',
            'Remove the directory: only the schema counts.',
          ),
        );
      return [];
    }
    if (has('infrastructure')) return [...environmentParts];
    findings.push(
      missing(
        'part-missing',
        'infrastructure',
        'An environment bundle has the directory infrastructure/; there is none.',
        'Add infrastructure/manifest.yaml and the template.',
      ),
    );
    return [];
  }
  const wantsPipeline = schema?.inputTypes.pipeline_input_type !== undefined;
  const found: PartLayout[] = [];
  for (const layout of [instancePart, pipelinePart]) {
    const { part, directory, previewDirectory = '' } = layout;
    if (has(directory)) found.push(layout);
    else if (has(previewDirectory)) {
      findings.push(
        missing(
          'layout-preview',
          previewDirectory,
          `The directory is called ${previewDirectory}/, as in the preview of Proton.`,
          `Call it ${directory}/.`,
        ),
      );
      found.push({ part, directory: previewDirectory });
    } else if (part === 'instance') {
      findings.push(
        missing(
          'part-missing',
          directory,
          `A service bundle has the directory ${directory}/; there is none.`,
          `Add ${directory}/manifest.yaml and the template.`,
        ),
      );
    } else if (wantsPipeline) {
      findings.push(
        missing(
          'part-missing',
          directory,
          `The schema has a pipeline_input_type, but there is no ${directory}/.`,
          `Add ${directory}/, or remove the pipeline_input_type.`,
        ),
      );
    }
  }
  if (options.customerManaged && has('pipeline_infrastructure')) {
    findings.push(
      missing(
        'part-unexpected',
        'pipeline_infrastructure',
        'The template has no pipeline (pipelineProvisioning CUSTOMER_MANAGED), but the bundle has pipeline_infrastructure/.',
        'Remove the directory.',
      ),
    );
  }
  const hasPipeline = found.some(({ part }) => part === 'pipeline');
  if (hasPipeline && schema && !wantsPipeline && schema.inputTypes.service_input_type !== undefined) {
    findings.push(
      missing(
        'schema-key-missing',
        schemaPath,
        'Missing property [pipelineInputType]: the bundle has a pipeline, but the schema names no pipeline_input_type.',
        'Add "pipeline_input_type:" with the name of a type.',
      ),
    );
  }
  return found;
}

async function checkPart(
  bundle: Bundle,
  part: PartName,
  directory: string,
  { manifest, templates }: ReadManifest,
  schema: ParameterSchema | undefined,
  limits: BundleLimits,
): Promise<Finding[]> {
  switch (manifest?.method) {
    case 'cloudformation':
      return checkTemplate(bundle, part, directory, manifest.file, schema, limits);
    case 'terraform':
      return checkTerraform(bundle, part, directory, manifest.file, schema, limits);
    case 'codebuild':
      return checkCodebuild(templates, part, schema);
    case undefined:
      return [];
  }
}
