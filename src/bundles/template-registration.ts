import { accept, placeOf, type Refusal, type Result, type SourcePosition } from '../errors/index.ts';
import { nearestName } from '../identifiers/index.ts';
import { describeYaml, parseYaml, type YamlNode, yamlMember } from '../yaml-source/index.ts';
import { type Bundle, bundleText } from './bundle.ts';

/** What a synced directory of a service template says beside its bundle. */
export interface TemplateRegistration {
  /** 1..10, as CreateServiceTemplateVersion takes them. */
  readonly compatibleEnvironments: readonly CompatibleEnvironment[];
  readonly supportedComponentSources: readonly 'DIRECTLY_DEFINED'[];
}

export interface CompatibleEnvironment {
  readonly templateName: string;
  readonly majorVersion: number;
}

/** Each as `name:major`. */
export function environmentTexts(listed: readonly CompatibleEnvironment[]): string[] {
  return listed.map(({ templateName, majorVersion }) => `${templateName}:${majorVersion}`);
}

export type TemplateRegistrationRefusal = Refusal<'template-registration-missing' | 'template-registration-invalid'>;

export const registrationPath = '.template-registration.yaml';
/** The older form: one `name:major` a line. */
export const compatibleEnvironmentsPath = '.compatible-envs';

const environmentsMax = 10;
const keys = ['compatible_environments', 'supported_component_sources'];

/**
 * Source: AWS Proton user guide, "Create a template sync config".
 * @refuses a bundle with neither file, and a file with anything wrong: all of it, with line and column
 */
export function readTemplateRegistration(bundle: Bundle): Result<TemplateRegistration, TemplateRegistrationRefusal> {
  const text = bundleText(bundle, registrationPath);
  if (text !== undefined) return readRegistration(text);
  const older = bundleText(bundle, compatibleEnvironmentsPath);
  if (older !== undefined) return readCompatibleEnvironments(older);
  return {
    ok: false,
    refusal: {
      kind: 'invalid',
      code: 'template-registration-missing',
      message: `There is neither ${registrationPath} nor ${compatibleEnvironmentsPath} beside the bundle.`,
      remedy: 'Add one that lists the environment templates that the service template is compatible with.',
    },
  };
}

interface Problem {
  readonly position: SourcePosition;
  readonly message: string;
}

function readRegistration(text: string): Result<TemplateRegistration, TemplateRegistrationRefusal> {
  const parsed = parseYaml(text, registrationPath);
  if (!parsed.ok) return invalid([parsed.refusal]);
  const problems: Problem[] = [];
  const root = parsed.value;
  for (const { key, keyPosition } of root.kind === 'map' ? root.entries : []) {
    if (keys.includes(key)) continue;
    const nearest = nearestName(key, keys) ?? keys.join(', ');
    problems.push({ position: keyPosition, message: `${key}: is not known here; expected ${nearest}.` });
  }
  const environments = texts(root, 'compatible_environments', problems);
  if (environments.length === 0 && problems.length === 0)
    problems.push({ position: root.position, message: 'compatible_environments: is missing or empty.' });
  const sources = texts(root, 'supported_component_sources', problems);
  for (const { text: source, position } of sources) {
    if (source !== 'DIRECTLY_DEFINED')
      problems.push({ position, message: `supported_component_sources: found ${source}, expected DIRECTLY_DEFINED.` });
  }
  const compatibleEnvironments = readEnvironments(environments, problems);
  if (problems.length > 0) return invalid(problems);
  return accept({ compatibleEnvironments, supportedComponentSources: sources.map(() => 'DIRECTLY_DEFINED' as const) });
}

function readCompatibleEnvironments(text: string): Result<TemplateRegistration, TemplateRegistrationRefusal> {
  const problems: Problem[] = [];
  const lines = text.split(/\r?\n/).map((line, index) => ({
    text: line.replace(/#.*/, '').trim(),
    position: { file: compatibleEnvironmentsPath, line: index + 1, column: 1 },
  }));
  const compatibleEnvironments = readEnvironments(
    lines.filter((line) => line.text !== ''),
    problems,
  );
  if (compatibleEnvironments.length === 0 && problems.length === 0)
    problems.push({ position: { file: compatibleEnvironmentsPath, line: 1, column: 1 }, message: 'lists nothing.' });
  return problems.length > 0 ? invalid(problems) : accept({ compatibleEnvironments, supportedComponentSources: [] });
}

interface Text {
  readonly text: string;
  readonly position: SourcePosition;
}

function texts(root: YamlNode, key: string, problems: Problem[]): Text[] {
  const node = yamlMember(root, key);
  if (!node || (node.kind === 'scalar' && node.value === null)) return [];
  if (node.kind !== 'list') {
    problems.push({ position: node.position, message: `${key}: found ${describeYaml(node)}, expected a list.` });
    return [];
  }
  return node.items.flatMap((item) => {
    if (item.kind === 'scalar' && item.value !== null) return [{ text: item.source, position: item.position }];
    problems.push({ position: item.position, message: `${key}: found ${describeYaml(item)}, expected a text.` });
    return [];
  });
}

function readEnvironments(items: readonly Text[], problems: Problem[]): CompatibleEnvironment[] {
  const last = items[environmentsMax];
  if (last) problems.push({ position: last.position, message: `more than ${environmentsMax} environment templates.` });
  return items.flatMap(({ text, position }) => {
    const [, templateName, major] = /^([0-9A-Za-z][0-9A-Za-z_-]*):(0|[1-9]\d*)$/.exec(text) ?? [];
    if (templateName !== undefined && major !== undefined) return [{ templateName, majorVersion: Number(major) }];
    problems.push({
      position,
      message: `found ${JSON.stringify(text.slice(0, 200))}, expected name:major, e.g. my-environment:1.`,
    });
    return [];
  });
}

function invalid(problems: readonly Problem[]): { ok: false; refusal: TemplateRegistrationRefusal } {
  const lines = problems.map(({ position, message }) => `${placeOf(position)}: ${message}`);
  return {
    ok: false,
    refusal: {
      kind: 'invalid',
      code: 'template-registration-invalid',
      message: `What stands beside the bundle cannot be used.\n${lines.join('\n')}`,
      remedy: 'Correct the named places.',
      position: problems[0]?.position,
    },
  };
}
