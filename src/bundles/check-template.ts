import { parseStackTemplate, type StackRefusal } from '../cloudformation/index.ts';
import { placeOf, type SourcePosition } from '../errors/index.ts';
import { nearestName } from '../identifiers/index.ts';
import { type NameRead, namesRead, type Origin, parseTemplate, type Template } from '../jinja/index.ts';
import { type Bundle, type BundleLimits, bundleText, type PartName, pathIn } from './bundle.ts';
import { failsForEveryInput, hasDefault, type InputRoot } from './certain-failure.ts';
import { type Finding, wholeFile } from './finding.ts';
import { offeredPaths } from './namespaces.ts';
import { inputSchema, type ParameterSchema } from './parameter-schema.ts';
import { neighboursOf, originOf, type RenderedPart, runRenderJob } from './render-part.ts';
import { outputsRead, trialData } from './trial-data.ts';

/** Which inputs of the schema a path of names stands for, by part. */
const inputRoots: Readonly<Record<PartName, readonly InputRoot[]>> = {
  environment: [{ prefix: 'environment.inputs', key: 'environment_input_type' }],
  instance: [{ prefix: 'service_instance.inputs', key: 'service_input_type' }],
  pipeline: [
    { prefix: 'pipeline.inputs', key: 'pipeline_input_type' },
    { prefix: 'service_instances.*.inputs', key: 'service_input_type' },
  ],
  component: [],
};

/** Names that templates of Proton's preview read: inputs stood beside the name, not below `inputs`. */
const previewRoots = new Set([
  'environment',
  'service',
  'service_instance',
  'service_instances',
  'pipeline',
  'service_name',
  'environment_name',
  'service_instance_name',
]);

/** Checks a Jinja file of a part: syntax, the names it reads against the names offered, and a trial rendering. */
export function checkTemplate(
  bundle: Bundle,
  part: PartName,
  directory: string,
  fileName: string,
  schema: ParameterSchema | undefined,
  limits: BundleLimits,
): Finding[] {
  const file = pathIn(directory, fileName);
  const bytes = bundle.files.get(file);
  if (!bytes) {
    const message = `The manifest of ${directory} names ${fileName}, which is not in the bundle.`;
    return [
      {
        severity: 'error',
        rule: 'template-missing',
        position: wholeFile(file),
        message,
        remedy: 'Add the file, or correct the manifest.',
      },
    ];
  }
  if (bytes.byteLength > limits.templateBytes) {
    const message = `The file has ${bytes.byteLength} bytes; at most ${limits.templateBytes} are taken.`;
    return [
      {
        severity: 'error',
        rule: 'template-too-large',
        position: wholeFile(file),
        message,
        remedy: 'Split the template.',
      },
    ];
  }
  const text = bundleText(bundle, file);
  if (text === undefined) {
    return [
      {
        severity: 'error',
        rule: 'template-encoding',
        position: wholeFile(file),
        message: 'The file is not UTF-8.',
        remedy: 'Save it as UTF-8.',
      },
    ];
  }
  const template = parseTemplate(text, file);
  if (!template.ok) {
    const { position, message, remedy } = template.refusal;
    return [
      {
        severity: 'error',
        rule: 'template-syntax',
        position,
        message,
        remedy: /\{\{\s*resolve:/.test(text) ? dynamicReferenceRemedy : remedy,
      },
    ];
  }
  const names = schema ? checkNames(template.value, part, schema) : [];
  return [...names, ...(schema ? tryRendering(bundle, directory, file, text, template.value, part, schema) : [])];
}

const dynamicReferenceRemedy =
  'Put CloudFormation\'s dynamic references into {% raw %}{{resolve:...}}{% endraw %}: Jinja reads "{{".';

/** The names that a template reads, against those that a file of its part gets; optional reads are free. */
export function checkNames(template: Template, part: PartName, schema: ParameterSchema): Finding[] {
  const findings: Finding[] = [];
  const told = new Set<string>();
  for (const read of namesRead(template)) {
    if (read.optional) continue;
    const finding = checkName(read, part, schema);
    if (!finding || told.has(`${finding.rule} ${finding.message}`)) continue;
    told.add(`${finding.rule} ${finding.message}`);
    findings.push(finding);
  }
  return findings;
}

function checkName({ path, position }: NameRead, part: PartName, schema: ParameterSchema): Finding | undefined {
  const name = path.join('.');
  const roots = inputRoots[part];
  const root = roots.find(({ prefix }) => name.startsWith(`${prefix}.`));
  if (root) {
    const input = path[root.prefix.split('.').length] ?? '';
    const known = inputSchema(schema, root.key);
    const names = Object.keys(known.properties ?? {});
    if (names.includes(input) || input === '*' || known.additionalProperties || isMethod(input)) return undefined;
    const nearest = nearestName(input, names);
    return {
      severity: 'error',
      rule: 'input-undeclared',
      position,
      message: `The template reads ${root.prefix}.${input}, which the schema does not declare.`,
      remedy: nearest
        ? `Did you mean ${root.prefix}.${nearest}? Otherwise declare it in schema/schema.yaml.`
        : 'Declare it in schema/schema.yaml, or guard it with "is defined" or default().',
    };
  }
  if (offeredPaths[part].some((offered) => fits(path, offered.split('.')))) return undefined;
  const isPreview = previewRoots.has(path[0] ?? '') && path.length <= 2;
  const nearest = nearestName(name, offeredPaths[part]);
  return {
    severity: 'error',
    rule: isPreview ? 'namespace-preview' : 'name-unknown',
    position,
    message: isPreview
      ? `The template reads ${name}, as templates of Proton's preview did.`
      : `The template reads ${name}, which a file of the ${part} part does not get.`,
    remedy: nearest ? `Did you mean ${nearest}?` : `It gets ${offeredPaths[part].join(', ')}.`,
  };
}

/** A path fits what is offered when it is that, the way to it, or something inside it. */
function fits(path: readonly string[], offered: readonly string[]): boolean {
  const shared = Math.min(path.length, offered.length);
  for (let index = 0; index < shared; index += 1) {
    if (offered[index] !== '*' && path[index] !== '*' && path[index] !== offered[index]) {
      return index > 0 && isMethod(path[index] ?? '') && path.length === index + 1;
    }
  }
  return true;
}

/** Methods of dicts and lists that templates call on what they are given. */
function isMethod(name: string): boolean {
  return [
    'items',
    'keys',
    'values',
    'get',
    'split',
    'append',
    'lower',
    'upper',
    'replace',
    'startswith',
    'endswith',
    'strip',
    'join',
    'format',
    'title',
  ].includes(name);
}

/**
 * Renders once with every declared input given. A failure in which outputs of other things took part, or what an input was
 * made up to be, proves nothing and is passed over.
 */
function tryRendering(
  bundle: Bundle,
  directory: string,
  file: string,
  text: string,
  template: Template,
  part: PartName,
  schema: ParameterSchema,
): Finding[] {
  const neighbours = neighboursOf(bundle, directory);
  const data = trialData(part, schema, outputsRead(namesRead(template)));
  const rendered = runRenderJob({ file, text, neighbours, data, limits: { timeMs: 2_000 } });
  if (!rendered.ok) {
    const { refusal } = rendered;
    const involvesOutputs = refusal.inputs?.some((input) => input.includes('.outputs')) ?? false;
    if (involvesOutputs || !failsForEveryInput(refusal, inputRoots[part], schema)) return [];
    return [
      {
        severity: 'error',
        rule: 'render-fails',
        position: refusal.position ?? wholeFile(file),
        message: `With every declared input given, rendering fails: ${refusal.message}`,
        remedy: refusal.remedy,
      },
    ];
  }
  const stack = parseStackTemplate(rendered.value.text, file);
  return stack.ok ? [] : [renderedProblem(rendered.value, stack.refusal, file, part, schema)];
}

/**
 * What the trial's text is refused for, at the place in the template that it comes from. It is an error where only the
 * template's own text and defaults took part; made-up values may have done what nobody will.
 */
function renderedProblem(
  rendered: RenderedPart,
  refusal: StackRefusal,
  file: string,
  part: PartName,
  schema: ParameterSchema,
): Finding {
  const at = refusal.position ?? wholeFile(file);
  const origin = originAtOrBefore(rendered, at);
  const isCertain = origin?.inputs.every((input) => hasDefault(input, inputRoots[part], schema)) ?? false;
  const first = refusal.firstPosition && originAtOrBefore(rendered, refusal.firstPosition);
  return {
    severity: isCertain ? 'error' : 'warning',
    rule: 'rendered-template',
    position: origin?.position ?? at,
    message: `With every declared input given, the rendered text is no CloudFormation template (line ${at.line} of it): ${refusal.message}${first ? ` The first comes from ${placeOf(first.position)}.` : ''}`,
    remedy: refusal.remedy,
  };
}

/** A parser that misses something points behind the end of a line, where nothing comes from anywhere. */
function originAtOrBefore(rendered: RenderedPart, { line, column }: SourcePosition): Origin | undefined {
  const lines = rendered.text.split('\n').slice(0, line);
  const last = (lines.at(-1) ?? '').slice(0, column);
  for (const text of [last, ...lines.slice(0, -1).reverse()]) {
    const origin = text === '' ? undefined : originOf(rendered, lines.length, text.length);
    if (origin) return origin;
    lines.pop();
  }
  return undefined;
}
