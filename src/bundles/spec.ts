import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, Scalar, visit } from 'yaml';
import { accept, placeOf, type Refusal, type Result, type SourcePosition } from '../errors/index.ts';
import { nearestName } from '../identifiers/index.ts';
import { describeYaml, parseYaml, type YamlMap, type YamlNode, yamlAt, yamlMember } from '../yaml-source/index.ts';

/** An environment spec: `proton: EnvironmentSpec` and the inputs. */
export interface EnvironmentSpec {
  readonly inputs: YamlNode | undefined;
  readonly position: SourcePosition;
}

/** A service spec: the pipeline's inputs and the instances. */
export interface ServiceSpec {
  readonly pipeline: YamlNode | undefined;
  readonly instances: readonly InstanceSpec[];
  readonly position: SourcePosition;
}

export interface InstanceSpec {
  /** In the spec, e.g. `instances[0]`. */
  readonly path: string;
  readonly name: string;
  readonly environment: string;
  readonly environmentPosition: SourcePosition;
  readonly inputs: YamlNode | undefined;
  readonly position: SourcePosition;
}

/** One thing that is wrong with a spec; the message begins with its path, e.g. `instances[0].name`. */
export interface SpecProblem {
  readonly position: SourcePosition;
  readonly message: string;
}

export type SpecRefusal = Refusal<'spec-malformed'> & { readonly problems: readonly SpecProblem[] };

/** What stands for "as it is now" in a spec. Source: AWS Proton user guide, "Edit a service". */
export const currentValue = '${Proton::CURRENT_VAL}';

const file = 'spec';
const specLimits = { bytes: 51_200, nodes: 20_000, depth: 40 };
const resourceName = /^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/;

/** @refuses spec-malformed, with everything that is wrong */
export function parseEnvironmentSpec(text: string): Result<EnvironmentSpec, SpecRefusal> {
  const problems: SpecProblem[] = [];
  const root = rootOf(text, 'EnvironmentSpec', ['proton', 'spec'], problems);
  const inputs = yamlMember(root, 'spec');
  if (inputs && !isMapOrNothing(inputs))
    problems.push({
      position: inputs.position,
      message: `spec: found ${describeYaml(inputs)}, expected a map of inputs.`,
    });
  return root && problems.length === 0 ? accept({ inputs, position: root.position }) : malformed(problems);
}

/** @refuses spec-malformed, with everything that is wrong */
export function parseServiceSpec(text: string): Result<ServiceSpec, SpecRefusal> {
  const reading = readServiceSpec(text);
  if (!reading.spec) return { ok: false, refusal: reading.refusal };
  return reading.refusal ? { ok: false, refusal: reading.refusal } : accept(reading.spec);
}

/**
 * What could be read of a service spec, and what is wrong with it: a caller can then say what else is wrong. Of a text
 * that is no map nothing is read. Instances without a usable name or environment have an empty one.
 */
export type ServiceSpecReading =
  | { readonly spec: ServiceSpec; readonly refusal?: SpecRefusal }
  | { readonly spec?: undefined; readonly refusal: SpecRefusal };

export function readServiceSpec(text: string): ServiceSpecReading {
  const problems: SpecProblem[] = [];
  const root = rootOf(text, 'ServiceSpec', ['proton', 'pipeline', 'instances'], problems);
  if (!root) return { refusal: malformed(problems).refusal };
  const spec = readServiceRoot(root, problems);
  return problems.length > 0 ? { spec, refusal: malformed(problems).refusal } : { spec };
}

function readServiceRoot(root: YamlMap, problems: SpecProblem[]): ServiceSpec {
  const { position } = root;
  const pipeline = yamlMember(root, 'pipeline');
  if (pipeline && !isMapOrNothing(pipeline))
    problems.push({
      position: pipeline.position,
      message: `pipeline: found ${describeYaml(pipeline)}, expected a map of inputs.`,
    });
  const instances = yamlMember(root, 'instances');
  if (instances?.kind === 'list') return { pipeline, instances: readInstances(instances.items, problems), position };
  const found = instances ? `found ${describeYaml(instances)}` : 'is missing';
  problems.push({
    position: instances?.position ?? position,
    message: `instances: ${found}, expected a list of instances.`,
  });
  return { pipeline, instances: [], position };
}

function readInstances(items: readonly YamlNode[], problems: SpecProblem[]): InstanceSpec[] {
  const seen = new Map<string, SourcePosition>();
  return items.flatMap((item, index) => {
    const path = `instances[${index}]`;
    if (item.kind !== 'map') {
      problems.push({
        position: item.position,
        message: `${path}: found ${describeYaml(item)}, expected a map with name, environment and spec.`,
      });
      return [];
    }
    unknownKeys(item, ['name', 'environment', 'spec'], `${path}.`, problems);
    const name = readName(item, 'name', path, problems);
    const environment = readName(item, 'environment', path, problems);
    const inputs = yamlMember(item, 'spec');
    if (inputs && !isMapOrNothing(inputs))
      problems.push({
        position: inputs.position,
        message: `${path}.spec: found ${describeYaml(inputs)}, expected a map of inputs.`,
      });
    const known = seen.get(name);
    if (known && name)
      problems.push({
        position: item.position,
        message: `${path}.name: the name ${JSON.stringify(name)} stands at line ${known.line} already.`,
      });
    seen.set(name, item.position);
    const environmentPosition = yamlMember(item, 'environment')?.position ?? item.position;
    return [{ path, name, environment, environmentPosition, inputs, position: item.position }];
  });
}

function readName(item: YamlMap, key: 'name' | 'environment', path: string, problems: SpecProblem[]): string {
  const node = yamlMember(item, key);
  if (!node) {
    problems.push({ position: item.position, message: `${path}.${key}: is missing.` });
    return '';
  }
  if (node.kind === 'scalar' && node.value !== null && resourceName.test(node.source)) return node.source;
  problems.push({
    position: node.position,
    message: `${path}.${key}: found ${describeYaml(node)}, expected a name of letters, digits, - and _ (at most 100).`,
  });
  return '';
}

/** The map that a spec is; undefined, and said, when it is none. */
function rootOf(
  text: string,
  kind: 'EnvironmentSpec' | 'ServiceSpec',
  keys: readonly string[],
  problems: SpecProblem[],
): YamlMap | undefined {
  const parsed = parseYaml(text, file, specLimits);
  if (!parsed.ok) {
    const { position, message, remedy } = parsed.refusal;
    problems.push({ position, message: `${message} ${remedy}` });
    return undefined;
  }
  const root = parsed.value;
  if (root.kind !== 'map') {
    problems.push({
      position: root.position,
      message: `found ${describeYaml(root)}, expected a map that begins with "proton: ${kind}".`,
    });
    return undefined;
  }
  const marker = yamlMember(root, 'proton');
  if (marker?.kind !== 'scalar' || marker.value !== kind) {
    const found = marker ? `found ${describeYaml(marker)}` : 'is missing';
    problems.push({ position: marker?.position ?? root.position, message: `proton: ${found}, expected ${kind}.` });
  }
  unknownKeys(root, keys, '', problems);
  return root;
}

function isMapOrNothing(node: YamlNode): boolean {
  return node.kind === 'map' || (node.kind === 'scalar' && node.value === null);
}

function unknownKeys(map: YamlMap, keys: readonly string[], prefix: string, problems: SpecProblem[]): void {
  for (const { key, keyPosition } of map.entries) {
    if (keys.includes(key)) continue;
    const nearest = nearestName(key, keys);
    problems.push({
      position: keyPosition,
      message: `${prefix}${key}: is not known here${nearest ? `; did you mean ${nearest}?` : `; known are ${keys.join(', ')}.`}`,
    });
  }
}

function malformed(problems: readonly SpecProblem[]): { ok: false; refusal: SpecRefusal } {
  const lines = problems.map(({ position, message }) => `${placeOf(position)}: ${message}`);
  return {
    ok: false,
    refusal: {
      kind: 'invalid',
      code: 'spec-malformed',
      message: `The spec is malformed.\n${lines.join('\n')}`,
      remedy: 'Correct the named places.',
      position: problems[0]?.position,
      problems,
    },
  };
}

/**
 * The spec with every CURRENT_VAL replaced by what the current spec has at the same path; instances are found by name.
 * Comments and order of the text are kept; a text without CURRENT_VAL comes back as it is.
 * @refuses a spec that is malformed, and a path that has no current value
 */
export function substituteCurrentValues(text: string, current: string | undefined): Result<string, SpecRefusal> {
  if (!text.includes(currentValue)) return accept(text);
  const parsed = parseYaml(text, file, specLimits);
  if (!parsed.ok) return malformed([{ position: parsed.refusal.position, message: parsed.refusal.message }]);
  const now = current === undefined ? undefined : parseYaml(current, file, specLimits);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'failsafe' });
  const problems: SpecProblem[] = [];
  const edits: { start: number; end: number; text: string }[] = [];
  visit(document, {
    Scalar(_, node, ancestors) {
      if (node.value !== currentValue || !node.range) return;
      const path = pathOf(ancestors as unknown[], node);
      const value = now?.ok ? currentAt(now.value, path) : undefined;
      const { line, col } = lines.linePos(node.range[0]);
      if (!value)
        problems.push({
          position: { file, line, column: col },
          message: `${path.join('.')}: there is no current value.`,
        });
      else edits.push({ start: node.range[0], end: node.range[1], text: inlineYaml(value) });
    },
  });
  if (problems.length > 0) return malformed(problems);
  const replaced = edits
    .sort((left, right) => right.start - left.start)
    .reduce((result, { start, end, text: value }) => result.slice(0, start) + value + result.slice(end), text);
  return accept(replaced);
}

/** The way to a node: keys, and names of instances for items of a list. */
function pathOf(ancestors: readonly unknown[], node: Scalar): string[] {
  const path: string[] = [];
  for (const [index, ancestor] of ancestors.entries()) {
    const child = ancestors[index + 1] ?? node;
    if (isSeq(ancestor)) {
      const name = isMap(child) ? child.get('name') : undefined;
      path.push(typeof name === 'string' ? name : String(ancestor.items.indexOf(child as never)));
    } else if (isPairLike(ancestor)) path.push(String(isScalar(ancestor.key) ? ancestor.key.value : ancestor.key));
  }
  return path;
}

function isPairLike(value: unknown): value is { key: unknown } {
  return (
    typeof value === 'object' && value !== null && 'key' in value && 'value' in value && !(value instanceof Scalar)
  );
}

function currentAt(root: YamlNode, path: readonly string[]): YamlNode | undefined {
  return path.reduce<YamlNode | undefined>((node, part) => {
    if (node?.kind !== 'list') return yamlMember(node, part);
    return node.items.find((item) => yamlNameOf(item) === part) ?? node.items[Number(part)];
  }, root);
}

function yamlNameOf(node: YamlNode): string | undefined {
  const name = yamlAt(node, ['name']);
  return name?.kind === 'scalar' ? name.source : undefined;
}

/** A value in one line, reading back as itself. */
function inlineYaml(node: YamlNode): string {
  switch (node.kind) {
    case 'scalar':
      return node.quoted || typeof node.value === 'string' ? JSON.stringify(node.source) : node.source || 'null';
    case 'list':
      return `[${node.items.map(inlineYaml).join(', ')}]`;
    case 'map':
      return `{${node.entries.map(({ key, value }) => `${JSON.stringify(key)}: ${inlineYaml(value)}`).join(', ')}}`;
  }
}

/**
 * The service spec `current` with the entry of one instance (or the pipeline) taken from another spec: what GetService
 * shows after that part alone was deployed. Comments and order of the rest are kept; where the part says the same
 * already, the text stays as it is.
 */
export function withPartOf(current: string, from: string, part: { readonly instance: string } | 'pipeline'): string {
  const target = editable(current);
  const source = editable(from);
  if (part === 'pipeline') {
    const pipeline = source.get('pipeline', true);
    if (!pipeline || isSame(pipeline, target.get('pipeline', true))) return current;
    target.set('pipeline', pipeline);
    return written(target);
  }
  const list = target.get('instances', true);
  const wanted = instanceNode(source.get('instances', true), part.instance);
  if (!isSeq(list) || !wanted || isSame(wanted, instanceNode(list, part.instance))) return current;
  const index = list.items.findIndex((item) => isMap(item) && item.get('name') === part.instance);
  if (index < 0) list.items.push(wanted);
  else list.items[index] = wanted;
  return written(target);
}

function isSame(left: unknown, right: unknown): boolean {
  return isNode(left) && isNode(right) && isDeepStrictEqual(left.toJSON(), right.toJSON());
}

/** The service spec without one instance. */
export function withoutInstance(current: string, instance: string): string {
  const document = editable(current);
  const list = document.get('instances', true);
  if (isSeq(list)) list.items = list.items.filter((item) => !(isMap(item) && item.get('name') === instance));
  return written(document);
}

/** Every value as the characters that were written: a number is not read, so it cannot come back as another one. */
function editable(text: string) {
  return parseDocument(text, { schema: 'failsafe' });
}

function written(document: Pick<Document, 'toString'>): string {
  return document.toString({ lineWidth: 0 });
}

function instanceNode(list: unknown, name: string) {
  return isSeq(list) ? list.items.find((item) => isMap(item) && item.get('name') === name) : undefined;
}
