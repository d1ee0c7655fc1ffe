import type { SourcePosition } from '../errors/index.ts';
import { nearestName } from '../identifiers/index.ts';
import {
  describeYaml,
  parseYaml,
  type YamlMap,
  type YamlNode,
  yamlBoolean,
  yamlData,
  yamlEntry,
  yamlMember,
} from '../yaml-source/index.ts';
import { type Bundle, bundleText } from './bundle.ts';
import { errorFinding, type Finding, findingOf, wholeFile } from './finding.ts';
import { isWithin, type Pointer, parsePointer, pointerText } from './json-pointer.ts';
import type { RuleId } from './rules.ts';
import { compileExpression, type UpgradeExpression } from './upgrade-expression.ts';
import {
  noOps,
  type ScalarType,
  type StepOps,
  type StepVersion,
  stepName,
  type UpgradeOp,
  type UpgradeStep,
} from './upgrade-step.ts';

export interface ReadUpgradeStep {
  /** Absent when something is wrong with it. */
  readonly step?: UpgradeStep;
  readonly findings: readonly Finding[];
}

const fileName = /^migrations\/(v?\d[^/]*)-to-(v?\d[^/]*)\.ya?ml$/;
const versionForm = /^(\d{1,9})(?:\.(x|\d{1,9})(?:\.(?:x|0))?)?$/;
const opNames = ['rename', 'move', 'default', 'map', 'split', 'join', 'drop', 'compute', 'ask'] as const;
const opKeys: Readonly<
  Record<(typeof opNames)[number], { readonly needs: readonly string[]; readonly may: readonly string[] }>
> = {
  rename: { needs: ['from', 'to'], may: [] },
  move: { needs: ['from', 'to'], may: [] },
  default: { needs: ['at', 'value'], may: [] },
  map: { needs: ['at', 'values'], may: ['else'] },
  split: { needs: ['at', 'by', 'into'], may: ['types'] },
  join: { needs: ['from', 'with', 'to'], may: [] },
  drop: { needs: ['at'], may: ['when'] },
  compute: { needs: ['at', 'expr'], may: [] },
  ask: { needs: ['at', 'question'], may: ['role'] },
};
const everywhere = ['required', 'reason', 'note'];
const scalarTypes: readonly ScalarType[] = ['string', 'integer', 'number', 'boolean'];
const opsMax = 500;

/** Whether a file of a bundle is an upgrade step by its name; other files in `migrations/` mean nothing to us. */
export function isUpgradeFile(path: string): boolean {
  return fileName.test(path);
}

/** The upgrade steps of a bundle as they are written: text by path. */
export function upgradeStepTexts(bundle: Bundle): Record<string, string> {
  const paths = [...bundle.files.keys()].filter(isUpgradeFile);
  return Object.fromEntries(paths.map((path) => [path, bundleText(bundle, path) ?? '']));
}

/** All upgrade steps of a bundle, and all that is wrong with them. */
export function upgradeStepsOf(bundle: Bundle): {
  readonly steps: readonly UpgradeStep[];
  readonly findings: readonly Finding[];
} {
  const read = [...bundle.files.keys()].filter(isUpgradeFile).map((path) => {
    const text = bundleText(bundle, path);
    if (text !== undefined) return readUpgradeStep(text, path);
    return { findings: [errorFinding('upgrade-file', wholeFile(path), `${path} is not UTF-8.`, 'Save it as UTF-8.')] };
  });
  const steps = read.flatMap(({ step }) => step ?? []);
  const twice = steps.flatMap((step, index) => {
    const other = steps.slice(0, index).find((each) => stepName(each) === stepName(step));
    if (!other) return [];
    const message = `The step ${stepName(step)} stands in ${other.file} already.`;
    return [errorFinding('upgrade-file', wholeFile(step.file), message, 'Keep one of them.')];
  });
  return { steps, findings: [...read.flatMap(({ findings }) => findings), ...twice] };
}

/**
 * Reads `migrations/<from>-to-<to>.yaml`. Everything that is wrong with its form is found at once; whether it fits the
 * two schemas is another question (`proveStep` in changes).
 */
export function readUpgradeStep(text: string, path: string): ReadUpgradeStep {
  const parsed = parseYaml(text, path);
  if (!parsed.ok) return { findings: [findingOf(parsed.refusal)] };
  const reader = new StepReader(parsed.value, path);
  const step = reader.read();
  return reader.findings.length > 0 ? { findings: reader.findings } : { step, findings: [] };
}

class StepReader {
  readonly findings: Finding[] = [];
  readonly #root: YamlNode;
  readonly #path: string;
  #count = 0;

  constructor(root: YamlNode, path: string) {
    this.#root = root;
    this.#path = path;
  }

  read(): UpgradeStep | undefined {
    const root = this.#root;
    if (root.kind !== 'map')
      return this.#no(
        root.position,
        `${this.#path} is ${describeYaml(root)}, expected a map.`,
        'Begin with "from:", "to:" and "ops:".',
      );
    this.#keys(root, ['from', 'to', 'ops', 'down', 'pipeline', 'stop', 'pure', 'description'], 'The file');
    const versions = this.#versions();
    const pipeline = yamlMember(root, 'pipeline');
    if (pipeline && pipeline.kind !== 'map')
      this.#no(pipeline.position, `pipeline is ${describeYaml(pipeline)}, expected a map.`, 'Write "ops:" below it.');
    if (pipeline?.kind === 'map') this.#keys(pipeline, ['ops', 'down'], 'pipeline');
    if (!yamlEntry(root, 'ops') && !pipeline)
      this.#no(root.position, 'The file has no "ops:".', 'List the operations; an empty list changes nothing.');
    return (
      versions && {
        file: this.#path,
        ...versions,
        inputs: this.#stepOps(root),
        pipeline: pipeline ? this.#stepOps(pipeline) : noOps,
        stop: this.#flag('stop'),
        pure: this.#flag('pure'),
      }
    );
  }

  #no(position: SourcePosition, message: string, remedy: string, rule: RuleId = 'upgrade-file'): undefined {
    this.findings.push(errorFinding(rule, position, message, remedy));
    return undefined;
  }

  #keys(map: YamlMap, known: readonly string[], where: string): void {
    for (const { key, keyPosition } of map.entries) {
      if (known.includes(key)) continue;
      const nearest = nearestName(key, known);
      const remedy = nearest ? `Did you mean "${nearest}"?` : `Known keys: ${known.join(', ')}.`;
      this.#no(keyPosition, `${where} has an unknown key ${JSON.stringify(key)}.`, remedy);
    }
  }

  #versions(): Pick<UpgradeStep, 'from' | 'to'> | undefined {
    const [, nameFrom = '', nameTo = ''] = fileName.exec(this.#path) ?? [];
    const from = this.#version('from', nameFrom);
    const to = this.#version('to', nameTo);
    if (!from || !to) return undefined;
    const target = { major: to.major, minor: to.minor ?? 0 };
    const isUp =
      from.major < to.major || (from.major === to.major && from.minor !== undefined && from.minor < target.minor);
    if (!isUp)
      return this.#no(
        this.#root.position,
        `The step goes from ${shownVersion(from)} to ${shownVersion(target)}, which is not upwards.`,
        'Name the higher version in "to:"; the way back stands below "down:".',
      );
    return { from, to: target };
  }

  /** What the file says; where it says nothing, what its name says. Both together must not differ. */
  #version(key: 'from' | 'to', inName: string): StepVersion | undefined {
    const node = yamlMember(this.#root, key);
    const named = versionOf(inName.replace(/^v/, ''));
    if (!node)
      return (
        named ??
        this.#no(
          this.#root.position,
          `The file does not say "${key}:", and its name says ${JSON.stringify(inName)}.`,
          `Write "${key}: 1.x" or "${key}: 2.0".`,
        )
      );
    const said = node.kind === 'scalar' ? versionOf(node.source) : undefined;
    if (!said)
      return this.#no(
        node.position,
        `${key} is ${describeYaml(node)}, expected a version.`,
        'Write e.g. 1.x, 2 or 2.0; templates have no third number.',
      );
    const differs =
      named &&
      (named.major !== said.major ||
        (named.minor !== undefined && said.minor !== undefined && named.minor !== said.minor));
    if (differs)
      return this.#no(
        node.position,
        `${key} is ${node.kind === 'scalar' ? node.source : ''}, but the name of the file says ${inName}.`,
        'Make both say the same.',
      );
    return said;
  }

  #flag(key: 'stop' | 'pure'): boolean {
    const node = yamlMember(this.#root, key);
    return node !== undefined && (this.#boolean(node, key) ?? false);
  }

  #boolean(node: YamlNode, what: string): boolean | undefined {
    const value = node.kind === 'scalar' ? yamlBoolean(node) : undefined;
    return (
      value ??
      this.#no(node.position, `${what} is ${describeYaml(node)}, expected true or false.`, 'Write true or false.')
    );
  }

  #stepOps(map: YamlNode): StepOps {
    const down = yamlMember(map, 'down');
    return { up: this.#ops(yamlMember(map, 'ops')), ...(down ? { down: this.#ops(down) } : {}) };
  }

  #ops(node: YamlNode | undefined): UpgradeOp[] {
    if (!node || (node.kind === 'scalar' && node.value === null)) return [];
    if (node.kind !== 'list') {
      this.#no(node.position, `The operations are ${describeYaml(node)}, expected a list.`, 'Begin each with "- ".');
      return [];
    }
    this.#count += node.items.length;
    if (this.#count > opsMax) {
      this.#no(node.position, `The file has more than ${opsMax} operations.`, 'Compute what belongs together in one.');
      return [];
    }
    return node.items.flatMap((item) => this.#op(item) ?? []);
  }

  #op(item: YamlNode): UpgradeOp | undefined {
    const [entry, ...others] = item.kind === 'map' ? item.entries : [];
    if (!entry || others.length > 0)
      return this.#no(
        item.position,
        `An operation is ${describeYaml(item)} with ${item.kind === 'map' ? item.entries.length : 'no'} keys, expected one.`,
        `Write one of ${opNames.join(', ')}, and its parts below it.`,
      );
    const name = opNames.find((each) => each === entry.key);
    const { value: body, keyPosition: position } = entry;
    if (!name) {
      const nearest = nearestName(entry.key, opNames);
      return this.#no(
        position,
        `There is no operation ${JSON.stringify(entry.key)}.`,
        nearest ? `Did you mean "${nearest}"?` : `There are ${opNames.join(', ')}.`,
      );
    }
    if (body.kind !== 'map')
      return this.#no(
        body.position,
        `${name} is ${describeYaml(body)}, expected a map.`,
        `Write {${opKeys[name].needs.map((key) => `${key}: …`).join(', ')}}.`,
      );
    const { needs, may } = opKeys[name];
    const before = this.findings.length;
    this.#keys(body, [...needs, ...may, ...everywhere], name);
    for (const key of needs)
      if (!yamlEntry(body, key))
        this.#no(position, `${name} has no "${key}:".`, `Add it: ${name} needs ${needs.join(', ')}.`);
    const required = yamlMember(body, 'required');
    const common = { position, required: required !== undefined && (this.#boolean(required, 'required') ?? false) };
    const op = this.findings.length === before ? this.#parts(name, body, common) : undefined;
    return this.findings.length === before ? op : undefined;
  }

  #parts(
    name: (typeof opNames)[number],
    body: YamlMap,
    common: { position: SourcePosition; required: boolean },
  ): UpgradeOp | undefined {
    const node = (key: string) => yamlMember(body, key) as YamlNode;
    const at = () => this.#pointer(node('at'));
    switch (name) {
      case 'rename':
      case 'move':
        return this.#relocation(name, node('from'), node('to'), common);
      case 'default': {
        const place = at();
        return place && { op: name, at: place, value: this.#data(node('value')), ...common };
      }
      case 'map': {
        const place = at();
        const values = this.#values(node('values'));
        const otherwise = this.#otherwise(yamlMember(body, 'else'));
        return place && values && otherwise && { op: name, at: place, values, otherwise, ...common };
      }
      case 'split':
        return this.#split(body, common);
      case 'join': {
        const from = this.#pointers(node('from'));
        const to = this.#pointer(node('to'));
        const separator = this.#text(node('with'), 'with', true);
        return from && to && separator !== undefined ? { op: name, from, with: separator, to, ...common } : undefined;
      }
      case 'drop': {
        const place = at();
        const condition = yamlMember(body, 'when');
        const when = condition && this.#expression(condition, 'when', ['bool', 'dyn']);
        return place && (!condition || when) ? { op: name, at: place, ...(when && { when }), ...common } : undefined;
      }
      case 'compute': {
        const place = at();
        const expression = this.#expression(node('expr'), 'expr');
        return place && expression && { op: name, at: place, expression, ...common };
      }
      case 'ask': {
        const place = at();
        const question = this.#text(node('question'), 'question');
        const role = yamlMember(body, 'role');
        const asked = role ? this.#text(role, 'role') : 'owner';
        return place && question && asked ? { op: name, at: place, question, role: asked, ...common } : undefined;
      }
    }
  }

  #relocation(
    op: 'rename' | 'move',
    fromNode: YamlNode,
    toNode: YamlNode,
    common: { position: SourcePosition; required: boolean },
  ): UpgradeOp | undefined {
    const [from, to] = [this.#pointer(fromNode), this.#pointer(toNode)];
    if (!from || !to) return undefined;
    if (pointerText(from.slice(0, -1)) !== pointerText(to.slice(0, -1)) && op === 'rename')
      return this.#no(
        toNode.position,
        `${pointerText(from)} and ${pointerText(to)} do not lie side by side.`,
        'Use "move", which goes anywhere.',
      );
    if (isWithin(to, from))
      return this.#no(toNode.position, `${pointerText(from)} cannot go into itself.`, 'Name another place in "to:".');
    return { op, from, to, ...common };
  }

  #split(body: YamlMap, common: { position: SourcePosition; required: boolean }): UpgradeOp | undefined {
    const node = (key: string) => yamlMember(body, key) as YamlNode;
    const at = this.#pointer(node('at'));
    const by = this.#text(node('by'), 'by');
    const into = this.#pointers(node('into'));
    const typesNode = yamlMember(body, 'types');
    const data = typesNode ? yamlData(typesNode) : into?.map(() => 'string');
    const types =
      Array.isArray(data) && data.every((each): each is ScalarType => scalarTypes.includes(each as ScalarType))
        ? data
        : undefined;
    if (!types)
      return this.#no(
        typesNode?.position ?? body.position,
        'types is no list of types.',
        `Name one of ${scalarTypes.join(', ')} for each place in "into:".`,
      );
    if (!at || by === undefined || !into) return undefined;
    if (types.length !== into.length)
      return this.#no(
        typesNode?.position ?? body.position,
        `There are ${into.length} places and ${types.length} types.`,
        'Name one type for each place.',
      );
    return { op: 'split', at, by, into, types, ...common };
  }

  #pointer(node: YamlNode): Pointer | undefined {
    const text = node.kind === 'scalar' && node.value !== null ? node.source : '';
    const pointer = parsePointer(text);
    if (pointer?.every((part) => part !== '')) return pointer;
    return this.#no(
      node.position,
      `${describeYaml(node)} is no way into the inputs.`,
      'Write a JSON Pointer, e.g. /database/size.',
      'upgrade-path',
    );
  }

  #pointers(node: YamlNode): Pointer[] | undefined {
    if (node.kind !== 'list' || node.items.length < 2)
      return this.#no(
        node.position,
        `Expected a list of at least two places, found ${describeYaml(node)}.`,
        'Write e.g. [/host, /port].',
      );
    const pointers = node.items.flatMap((item) => {
      const pointer = this.#pointer(item);
      return pointer ? [pointer] : [];
    });
    if (pointers.length < node.items.length) return undefined;
    const texts = pointers.map(pointerText);
    return new Set(texts).size === texts.length
      ? pointers
      : this.#no(node.position, `${texts.join(', ')}: a place stands twice.`, 'Name each place once.');
  }

  #text(node: YamlNode, key: string, mayBeEmpty = false): string | undefined {
    if (node.kind === 'scalar' && node.value !== null && (mayBeEmpty || node.source !== '')) return node.source;
    return this.#no(node.position, `${key} is ${describeYaml(node)}, expected a text.`, 'Write a text.');
  }

  /** A value for inputs. A number that is written unlike itself could as well be meant as a text: `007`. */
  #data(node: YamlNode): unknown {
    const isUnsure = node.kind === 'scalar' && typeof node.value === 'number' && String(node.value) !== node.source;
    if (isUnsure)
      this.#no(
        node.position,
        `${node.source} is the number ${node.value}.`,
        'Put it in quotes if it is a text; else write the number plainly.',
      );
    if (node.kind === 'map') for (const { value } of node.entries) this.#data(value);
    if (node.kind === 'list') for (const item of node.items) this.#data(item);
    return yamlData(node);
  }

  #values(node: YamlNode): ReadonlyMap<string, unknown> | undefined {
    if (node.kind !== 'map' || node.entries.length === 0)
      return this.#no(
        node.position,
        `values is ${describeYaml(node)}, expected a map from old to new values.`,
        'Write e.g. {none: "0", one: "1"}.',
      );
    return new Map(node.entries.map(({ key, value }) => [key, this.#data(value)]));
  }

  #otherwise(node: YamlNode | undefined): 'error' | 'keep' | { value: unknown } | undefined {
    const value = node ? yamlData(node) : 'error';
    if (value === 'error' || value === 'keep') return value;
    const given = node && yamlEntry(node, 'value');
    if (given && node.kind === 'map' && node.entries.length === 1) return { value: this.#data(given.value) };
    return this.#no(
      node?.position ?? this.#root.position,
      `else is ${node ? describeYaml(node) : 'nothing'}.`,
      'Write error, keep, or {value: …}.',
    );
  }

  #expression(node: YamlNode, key: string, types?: readonly string[]): UpgradeExpression | undefined {
    const text = this.#text(node, key);
    if (text === undefined) return undefined;
    const compiled = compileExpression(text);
    if (!compiled.ok)
      return this.#no(node.position, compiled.problem.message, compiled.problem.remedy, 'upgrade-expression');
    if (types && !types.includes(compiled.value.type))
      return this.#no(
        node.position,
        `${key} gives ${compiled.value.type}, expected true or false.`,
        'Compare something, e.g. input.size > 3.',
        'upgrade-expression',
      );
    return compiled.value;
  }
}

function versionOf(text: string): StepVersion | undefined {
  const [, major, minor] = versionForm.exec(text) ?? [];
  if (major === undefined) return undefined;
  return { major: Number(major), ...(minor === undefined || minor === 'x' ? {} : { minor: Number(minor) }) };
}

function shownVersion({ major, minor }: StepVersion): string {
  return `${major}.${minor ?? 'x'}`;
}
