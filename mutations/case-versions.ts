import { type Inputs, inputSchema, type ParameterSchema, resolveStoredInputs } from '../src/bundles/index.ts';
import { decidingLiterals, nestedStates, type StackState, type TemplateVersion } from '../src/changes/index.ts';
import {
  evaluateTemplate,
  expandTransforms,
  type ParameterValue,
  parseStackTemplate,
  requiredCapabilities,
  resolveParameters,
  type StackTemplate,
  UnknownValue,
} from '../src/cloudformation/index.ts';
import { accept, type Result } from '../src/errors/index.ts';
import type { CaseVersion } from './case-folder.ts';
import { propertySchemaFrom } from './json-schema.ts';

const key = 'service_input_type';

/** The schema of a case as that of a bundle. */
export function parameterSchemaOf(version: CaseVersion): ParameterSchema {
  return { inputTypes: { [key]: 'Inputs' }, types: { Inputs: propertySchemaFrom(version.inputSchema) } };
}

/**
 * One side of a case: an input feeds the template parameter of its name, or the one that is mapped to it; what no input
 * feeds is wired from an environment output of that name, whose value is the same before and after.
 * @param offered names that the environment offers; absent: all
 * @param read gives the texts of its nested stacks
 */
export function caseVersion(
  version: CaseVersion,
  text: string,
  offered: readonly string[] | undefined,
  read: (file: string) => string = () => '',
): Result<TemplateVersion> {
  const parsed = parseStackTemplate(text, version.template);
  const expanded = parsed.ok ? expandTransforms(parsed.value, { region: 'us-east-1' }) : parsed;
  if (!parsed.ok) return parsed;
  if (!expanded.ok) return expanded;
  const template = expanded.value;
  const schema = inputSchema(parameterSchemaOf(version), key);
  const inputs = new Set(Object.keys(schema.properties ?? {}));
  const inputOf = (parameter: string) => version.parameterMap?.[parameter] ?? parameter;
  const unfed = [...template.parameters.values()].filter(({ name }) => !inputs.has(inputOf(name)));
  const wired = unfed.filter(({ name, default: text }) => text === undefined || offered?.includes(name) !== false);
  const files = Object.entries(version.children ?? {});
  const children = Object.fromEntries(files.map(([path, file]) => [path, read(file)]));
  const wiring = { inputOf, wired: new Set(wired.map(({ name }) => name)), children };
  return accept({
    inputSchema: schema,
    compatibleEnvironments: version.compatibleEnvironments,
    environmentNames: unfed.filter(({ default: text }) => text === undefined).map(({ name }) => name),
    resolve: (given: Inputs) => resolveStoredInputs(schema, given),
    state: (resolved: Inputs) => stateOf(template, parsed.value, wiring, resolved),
    literals: decidingLiterals({ template }),
  });
}

interface Wiring {
  readonly inputOf: (parameter: string) => string;
  /** Parameters that the environment feeds. */
  readonly wired: ReadonlySet<string>;
  /** Texts of nested stacks. */
  readonly children: Readonly<Record<string, string>>;
}

function stateOf(
  template: StackTemplate,
  written: StackTemplate,
  { inputOf, wired, children }: Wiring,
  inputs: Inputs,
): Result<StackState> {
  const declared = new Map([...template.parameters].filter(([name]) => !wired.has(name)));
  const given = [...declared.keys()].flatMap((name): [string, string][] => {
    const value = inputs[inputOf(name)];
    return value === undefined || value === null ? [] : [[name, parameterText(value)]];
  });
  const resolved = resolveParameters({ ...template, parameters: declared }, new Map(given));
  if (!resolved.ok) return resolved;
  const parameters = new Map<string, ParameterValue>(resolved.value);
  for (const name of wired) {
    const { type, noEcho } = template.parameters.get(name)!;
    const value = new UnknownValue({ Ref: `environment.${name}` }, []);
    parameters.set(name, { name, type, value, text: '', source: 'given', noEcho });
  }
  const evaluated = evaluateTemplate(template, { parameters, pseudo: {} });
  if (!evaluated.ok) return evaluated;
  const secrets = [...parameters.values()].filter(({ noEcho }) => noEcho).map(({ text }) => text);
  const nested = nestedStates(evaluated.value, { children, secrets });
  return accept({ evaluated: evaluated.value, capabilities: requiredCapabilities(written), secrets, nested });
}

/** Lists are joined by commas. */
function parameterText(value: unknown): string {
  if (Array.isArray(value)) return value.map(parameterText).join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
