import {
  describeOp,
  type Finding,
  type IncompatibilityKind,
  type InputTypeKey,
  inputSchema,
  type ParameterSchema,
  type Pointer,
  type PropertySchema,
  pointerText,
  propertyIncompatibilities,
  type RuleId,
  resolveStoredInputs,
  stepName,
  type UpgradeOp,
  type UpgradeStep,
} from '../../bundles/index.ts';
import { nearestName } from '../../identifiers/index.ts';
import {
  type InputShape,
  isAlwaysAt,
  putShape,
  schemaAt,
  schemaOfShape,
  shapeAt,
  shapeOf,
  takeShape,
} from './input-shape.ts';
import { isSecretAt } from './secret-inputs.ts';

export interface StepToProve {
  readonly step: UpgradeStep;
  readonly before: ParameterSchema;
  readonly after: ParameterSchema;
}

/**
 * Whether a step takes every set of inputs that the old schema allows to one that the new schema allows, as far as that
 * can be told from the two schemas. What is certainly wrong is an error; what only trying can tell is a warning.
 */
export function proveStep({ step, before, after }: StepToProve): Finding[] {
  const keys: readonly InputTypeKey[] = ['environment_input_type', 'service_input_type', 'pipeline_input_type'];
  return keys.flatMap((key) => {
    if (before.inputTypes[key] === undefined || after.inputTypes[key] === undefined) return [];
    const { up } = key === 'pipeline_input_type' ? step.pipeline : step.inputs;
    return new StepProof(step, inputSchema(before, key), inputSchema(after, key)).findings(up);
  });
}

class StepProof {
  readonly #findings: Finding[] = [];
  readonly #step: UpgradeStep;
  readonly #before: PropertySchema;
  readonly #after: PropertySchema;
  readonly #shape: InputShape;

  constructor(step: UpgradeStep, before: PropertySchema, after: PropertySchema) {
    this.#step = step;
    this.#before = before;
    this.#after = after;
    this.#shape = shapeOf({ properties: {}, ...before });
  }

  findings(ops: readonly UpgradeOp[]): Finding[] {
    for (const op of ops) this.#apply(op);
    this.#compareResult();
    return this.#findings;
  }

  #say(severity: Finding['severity'], rule: RuleId, op: UpgradeOp | undefined, message: string, remedy: string): void {
    const position = op?.position ?? { file: this.#step.file, line: 1, column: 1 };
    this.#findings.push({ severity, rule, position, message: op ? `${describeOp(op)}: ${message}` : message, remedy });
  }

  #apply(op: UpgradeOp): void {
    switch (op.op) {
      case 'rename':
      case 'move': {
        if (!this.#isKnown(op, op.from)) return;
        const isSecret = isSecretAt(schemaOfShape(this.#shape), op.from);
        const isAlways = isAlwaysAt(this.#shape, op.from);
        const taken = takeShape(this.#shape, op.from);
        if (!taken) return;
        if (isSecret && schemaAt(this.#after, op.to) && !isSecretAt(this.#after, op.to))
          this.#say(
            'error',
            'upgrade-secret',
            op,
            `${pointerText(op.from)} is a secret, and ${pointerText(op.to)} is not.`,
            'Move it to an input that is secret too, or drop it.',
          );
        this.#put(op, op.to, { ...taken, isAlways });
        return;
      }
      case 'default': {
        if (isSecretAt(this.#after, op.at))
          this.#say('error', 'upgrade-secret', op, 'it would lay a secret open in the bundle.', 'Use "ask".');
        const there = shapeAt(this.#shape, op.at);
        if (there) {
          there.values = [...(there.values ?? []), op.value];
          there.isAlways = true;
        } else this.#put(op, op.at, { schema: {}, isAlways: true, values: [op.value] });
        return;
      }
      case 'map':
        this.#map(op);
        return;
      case 'split': {
        if (!this.#isReadable(op, op.at)) return;
        const isAlways = isAlwaysAt(this.#shape, op.at);
        takeShape(this.#shape, op.at);
        for (const [index, into] of op.into.entries())
          this.#put(op, into, { schema: { type: op.types[index] }, isAlways });
        this.#say(
          'warning',
          'upgrade-uncertain',
          op,
          `a text without exactly ${op.into.length - 1} ${JSON.stringify(op.by)} fails.`,
          'Nothing, if the pattern of the old input rules that out.',
        );
        return;
      }
      case 'join': {
        if (!op.from.every((from) => this.#isReadable(op, from))) return;
        const always = op.from.map((from) => isAlwaysAt(this.#shape, from));
        for (const from of op.from) takeShape(this.#shape, from);
        this.#put(op, op.to, { schema: { type: 'string' }, isAlways: always.every(Boolean) });
        if (new Set(always).size > 1 || (op.from.length > 1 && !always[0]))
          this.#say(
            'warning',
            'upgrade-uncertain',
            op,
            'it fails where only some of its parts are there.',
            'Nothing, if they are always given together; else use "compute".',
          );
        return;
      }
      case 'drop': {
        if (op.when) this.#reads(op, op.when.reads);
        if (!this.#isKnown(op, op.at)) return;
        const there = shapeAt(this.#shape, op.at);
        if (!op.when || op.when.text.trim() === 'true') takeShape(this.#shape, op.at);
        else if (there) {
          there.isAlways = false;
          there.isComputed = true;
        }
        return;
      }
      case 'compute': {
        this.#reads(op, op.expression.reads);
        const { reads, readsAll } = op.expression;
        const isRun =
          op.required ||
          readsAll ||
          reads.length === 0 ||
          reads.some((pointer) => isAlwaysAt(shapeOf({ properties: {}, ...this.#before }), pointer));
        const isAlways = isRun || isAlwaysAt(this.#shape, op.at);
        this.#put(op, op.at, { schema: computedSchema(op.expression.type), isAlways, isComputed: true });
        return;
      }
      case 'ask':
        if (!shapeAt(this.#shape, op.at)) this.#put(op, op.at, { schema: {}, isAlways: true, isComputed: true });
        else (shapeAt(this.#shape, op.at) as InputShape).isAlways = true;
    }
  }

  #map(op: UpgradeOp & { op: 'map' }): void {
    if (!this.#isReadable(op, op.at)) return;
    const there = shapeAt(this.#shape, op.at);
    if (!there) return;
    const domain = there.schema.enum ?? (there.schema.type === 'boolean' ? [true, false] : undefined);
    const { values, otherwise } = op;
    const left = domain?.filter((value) => !values.has(String(value)));
    if (otherwise === 'error' && left && left.length > 0) {
      this.#say(
        'error',
        'upgrade-partial',
        op,
        `${left.map((value) => JSON.stringify(value)).join(', ')} ${left.length > 1 ? 'have' : 'has'} no new value.`,
        'Name them under "values:", or say what else with "else:".',
      );
    } else if (otherwise === 'error' && !domain) {
      this.#say(
        'warning',
        'upgrade-uncertain',
        op,
        `the old input may have other values than the ${values.size} named ones.`,
        'Say what becomes of them with "else:".',
      );
    }
    const unused = domain && [...values.keys()].filter((key) => !domain.some((value) => String(value) === key));
    if (unused && unused.length > 0)
      this.#say(
        'warning',
        'upgrade-uncertain',
        op,
        `${unused.map((key) => JSON.stringify(key)).join(', ')} was no value of the old input.`,
        'Correct the values, or remove them.',
      );
    const kept = otherwise === 'keep' ? (left ?? []) : [];
    const mapped = [...values.values(), ...(typeof otherwise === 'object' ? [otherwise.value] : []), ...kept];
    const isOpen = otherwise === 'keep' && !domain;
    this.#put(op, op.at, { schema: isOpen ? there.schema : {}, isAlways: there.isAlways, values: mapped });
  }

  /** Says so, when no input is there that the operation could work on. */
  #isKnown(op: UpgradeOp, pointer: Pointer): boolean {
    if (shapeAt(this.#shape, pointer) ?? schemaAt(schemaOfShape(this.#shape), pointer)) return true;
    const around = shapeAt(this.#shape, pointer.slice(0, -1));
    const nearest = nearestName(pointer.at(-1) ?? '', [...(around?.members?.keys() ?? [])]);
    this.#say(
      'error',
      'upgrade-path',
      op,
      `the inputs before it have no ${pointerText(pointer)}.`,
      nearest ? `Did you mean ${pointerText([...pointer.slice(0, -1), nearest])}?` : 'Name an input of the old schema.',
    );
    return false;
  }

  #isReadable(op: UpgradeOp, pointer: Pointer): boolean {
    if (!this.#isKnown(op, pointer)) return false;
    if (!isSecretAt(schemaOfShape(this.#shape), pointer)) return true;
    this.#sayReadsSecret(op, pointer);
    return false;
  }

  #sayReadsSecret(op: UpgradeOp, pointer: Pointer): void {
    this.#say(
      'error',
      'upgrade-secret',
      op,
      `it reads ${pointerText(pointer)}, which is a secret.`,
      'Secrets can be renamed, moved and dropped.',
    );
  }

  #reads(op: UpgradeOp, pointers: readonly Pointer[]): void {
    for (const pointer of pointers) {
      if (isSecretAt(this.#before, pointer)) this.#sayReadsSecret(op, pointer);
      else if (!schemaAt({ properties: {}, ...this.#before }, pointer)) {
        const nearest = nearestName(pointer[0] ?? '', Object.keys(this.#before.properties ?? {}));
        this.#say(
          'error',
          'upgrade-path',
          op,
          `it reads ${pointerText(pointer)}, which the old schema does not have.`,
          nearest ? `Did you mean input.${nearest}?` : 'An expression reads the inputs as they were before the step.',
        );
      }
    }
  }

  #put(op: UpgradeOp, pointer: Pointer, placed: InputShape): void {
    if (!putShape(this.#shape, pointer, placed) && !schemaAt(this.#after, pointer))
      this.#say(
        'error',
        'upgrade-path',
        op,
        `${pointerText(pointer)} cannot be set, since no map is around it.`,
        'Name a place in a map.',
      );
  }

  /** Whether all that can come out fits the new schema. */
  #compareResult(): void {
    this.#settle(this.#shape, []);
    const [was, is] = [schemaOfShape(this.#shape), { properties: {}, ...this.#after }];
    for (const { kind, path, message } of propertyIncompatibilities(was, is, '')) {
      const isCertain = kind !== 'bound' && kind !== 'unknown';
      this.#say(
        isCertain ? 'error' : 'warning',
        isCertain ? 'upgrade-partial' : 'upgrade-uncertain',
        undefined,
        `After the step ${stepName(this.#step)}, ${path.replace(/^\./, '') || 'the inputs'}: ${words[kind] ?? message}`,
        remedies[kind],
      );
    }
  }

  /** Replaces values that are known one by one, and what only trying tells, by the new schema where they fit it. */
  #settle(shape: InputShape, pointer: Pointer): void {
    for (const [name, member] of shape.members ?? []) this.#settle(member, [...pointer, name]);
    const target = pointer.length > 0 ? schemaAt(this.#after, pointer) : undefined;
    if (!target || shape.members) return;
    const isOnlyValues = Object.keys(shape.schema).length === 0;
    const values = [...(shape.values ?? []), ...(shape.values && !isOnlyValues ? [] : (shape.schema.enum ?? []))];
    const wrong = values.flatMap((value) => {
      const resolved = resolveStoredInputs({ type: 'object', properties: { value: target } }, { value });
      return resolved.ok ? [] : resolved.refusal.issues.map(({ message }) => message);
    });
    for (const message of shape.values ? new Set(wrong) : [])
      this.#say(
        'error',
        'upgrade-partial',
        undefined,
        `After the step ${stepName(this.#step)}, ${pointerText(pointer)}: ${message}`,
        'Give a value that the new schema takes.',
      );
    const isSettled = isOnlyValues || (shape.schema.enum !== undefined && wrong.length === 0) || shape.isComputed;
    if (!isSettled) return;
    const typed =
      shape.isComputed &&
      shape.schema.type !== undefined &&
      target.type !== undefined &&
      shape.schema.type !== target.type;
    const isWidened = shape.schema.type === 'integer' && target.type === 'number';
    // an int fits a text as well: it is written as its digits
    if (
      !typed ||
      isWidened ||
      (target.type === 'string' &&
        shape.schema.type !== 'boolean' &&
        shape.schema.type !== 'array' &&
        shape.schema.type !== 'object')
    )
      shape.schema = target;
    const { default: _, ...settled } = shape.schema;
    shape.schema = settled;
  }
}

function computedSchema(type: string): PropertySchema {
  const types: Readonly<Record<string, PropertySchema['type']>> = {
    int: 'integer',
    string: 'string',
    bool: 'boolean',
    double: 'number',
    map: 'object',
    list: 'array',
  };
  const found = types[type.replace(/<.*$/, '')];
  return found ? { type: found } : {};
}

const absent = 'it can be absent, and the new schema requires it, without a default.';
const words: Partial<Record<IncompatibilityKind, string>> = {
  new: absent,
  needed: absent,
  removed: 'it is still there, and the new schema does not have it.',
};
const giveIt = 'Give it with "default" or "compute", or let a person answer with "ask".';
const remedies: Record<IncompatibilityKind, string> = {
  new: giveIt,
  needed: giveIt,
  removed: 'Rename, move or drop it.',
  type: 'Use "map" or "compute".',
  values: 'Use "map".',
  bound: 'Stored inputs decide; use "compute" where they would not fit.',
  unknown: 'Stored inputs decide; use "compute" where they would not fit.',
};
