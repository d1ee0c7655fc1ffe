import { isDeepStrictEqual } from 'node:util';
import {
  describeOp,
  type ExpressionSight,
  type Pointer,
  type PropertySchema,
  pointerText,
  type ScalarType,
  type UpgradeExpression,
  type UpgradeOp,
} from '../../bundles/index.ts';
import type { SourcePosition } from '../../errors/index.ts';
import { copyOf, type InputData, removeAt, setAt, valueAt } from './inputs-at.ts';
import { isSecretAt, type SecretInputs } from './secret-inputs.ts';

/** What one operation did to the inputs. */
export interface TraceEntry {
  /** e.g. `1.x to 2.0` */
  readonly step: string;
  readonly position: SourcePosition;
  /** e.g. `rename /HealthPath to /HealthCheckPath` */
  readonly operation: string;
  readonly outcome: 'done' | 'skipped';
  /** Why it was skipped, or which values it met; secrets are masked. */
  readonly detail: string;
}

export interface Move {
  readonly from: Pointer;
  readonly to: Pointer;
}

/** Something that a person must answer before the inputs are complete. */
export interface OpenQuestion {
  readonly at: string;
  readonly question: string;
  /** Who can answer: `owner` is the owner of the instance. */
  readonly role: string;
}

export interface StepContext {
  readonly step: string;
  /** Of the inputs before the step; absent when nobody knows it any more. */
  readonly oldSchema?: PropertySchema;
  readonly newSchema?: PropertySchema;
  /** The inputs before the step, with the defaults of the old schema. */
  readonly before: InputData;
  readonly sight: Omit<ExpressionSight, 'input'>;
  /** By the text of their place. */
  readonly answers: ReadonlyMap<string, unknown>;
}

export type AppliedOps =
  | {
      readonly ok: true;
      readonly inputs: InputData;
      readonly trace: readonly TraceEntry[];
      readonly moves: readonly Move[];
      readonly questions: readonly OpenQuestion[];
    }
  | { readonly ok: false; readonly position: SourcePosition; readonly operation: string; readonly problem: string };

/**
 * Applies operations in order, on a copy: all of them, or none. What an operation works on and is absent stays absent.
 * @param secrets is moved along with the inputs
 */
export function applyOps(
  ops: readonly UpgradeOp[],
  inputs: InputData,
  secrets: SecretInputs,
  context: StepContext,
): AppliedOps {
  const run = new OpsRun(copyOf(inputs), secrets, context);
  for (const op of ops) {
    try {
      run.apply(op);
    } catch (error) {
      if (!(error instanceof OpProblem)) throw error;
      return { ok: false, position: op.position, operation: describeOp(op), problem: error.message };
    }
  }
  const { trace, moves, questions } = run;
  return { ok: true, inputs: run.inputs, trace, moves, questions };
}

/** Thrown and caught in this file only: it ends the operations at any depth. */
class OpProblem extends Error {}

class OpsRun {
  readonly inputs: InputData;
  readonly trace: TraceEntry[] = [];
  readonly moves: Move[] = [];
  readonly questions: OpenQuestion[] = [];
  readonly #given: InputData;
  readonly #secrets: SecretInputs;
  readonly #context: StepContext;

  constructor(inputs: InputData, secrets: SecretInputs, context: StepContext) {
    this.inputs = inputs;
    this.#given = copyOf(inputs);
    this.#secrets = secrets;
    this.#context = context;
  }

  apply(op: UpgradeOp): void {
    const outcome = this.#applied(op);
    if ('skipped' in outcome && op.required)
      throw new OpProblem(`${outcome.skipped}, and the operation says "required: true"`);
    const done = 'done' in outcome;
    this.trace.push({
      step: this.#context.step,
      position: op.position,
      operation: describeOp(op),
      outcome: done ? 'done' : 'skipped',
      detail: done ? outcome.done : outcome.skipped,
    });
  }

  #applied(op: UpgradeOp): { readonly done: string } | { readonly skipped: string } {
    switch (op.op) {
      case 'rename':
      case 'move': {
        const value = valueAt(this.inputs, op.from);
        if (value === undefined) return absent(op.from);
        const shown = this.#shown(op.from, value);
        this.#move(op.from, op.to, value);
        return { done: shown };
      }
      case 'default': {
        const found = valueAt(this.inputs, op.at);
        if (found !== undefined) return { skipped: `${pointerText(op.at)} is there already` };
        this.#set(op.at, copyOf(op.value));
        return { done: this.#shown(op.at, op.value) };
      }
      case 'map':
        return this.#map(op);
      case 'split':
        return this.#split(op);
      case 'join':
        return this.#join(op);
      case 'drop': {
        const value = valueAt(this.inputs, op.at);
        if (value === undefined) return absent(op.at);
        const drops = op.when === undefined || this.#evaluated(op.when);
        if (typeof drops !== 'boolean') throw new OpProblem(`"when" gives ${shortly(drops)}, expected true or false`);
        if (!drops) return { skipped: `its "when" is false` };
        const shown = this.#shown(op.at, value);
        this.#remove(op.at);
        return { done: `was ${shown}` };
      }
      case 'compute':
        return this.#compute(op);
      case 'ask': {
        const found = valueAt(this.inputs, op.at);
        if (found !== undefined) return { skipped: `${pointerText(op.at)} is there already` };
        const answer = this.#context.answers.get(pointerText(op.at));
        if (answer === undefined) {
          this.questions.push({ at: pointerText(op.at), question: op.question, role: op.role });
          return { skipped: `waits for an answer of the ${op.role}: ${op.question}` };
        }
        this.#set(op.at, copyOf(answer));
        return { done: `answered ${this.#shown(op.at, answer)}` };
      }
    }
  }

  #map(op: UpgradeOp & { op: 'map' }) {
    const value = valueAt(this.inputs, op.at);
    if (value === undefined) return absent(op.at);
    this.#mayRead(op.at);
    if (typeof value === 'object')
      throw new OpProblem(
        `${pointerText(op.at)} is ${Array.isArray(value) ? 'a list' : 'a map or null'}; only single values are mapped`,
      );
    const key = String(value);
    const { otherwise } = op;
    if (!op.values.has(key) && otherwise === 'keep') return { skipped: `${shortly(value)} is kept` };
    if (!op.values.has(key) && otherwise === 'error')
      throw new OpProblem(`${shortly(value)} is not among its values ${[...op.values.keys()].map(shortly).join(', ')}`);
    const mapped = op.values.has(key)
      ? op.values.get(key)
      : typeof otherwise === 'object'
        ? otherwise.value
        : undefined;
    this.#set(op.at, copyOf(mapped));
    return { done: `${shortly(value)} becomes ${this.#shown(op.at, mapped)}` };
  }

  #split(op: UpgradeOp & { op: 'split' }) {
    const value = valueAt(this.inputs, op.at);
    if (value === undefined) return absent(op.at);
    this.#mayRead(op.at);
    if (typeof value !== 'string') throw new OpProblem(`${pointerText(op.at)} is ${shortly(value)}, expected a text`);
    const parts = value.split(op.by);
    if (parts.length !== op.into.length)
      throw new OpProblem(
        `${shortly(value)} has ${parts.length} parts between ${shortly(op.by)}, expected ${op.into.length}`,
      );
    this.#remove(op.at);
    for (const [index, into] of op.into.entries())
      this.#put(into, scalar(parts[index] ?? '', op.types[index] ?? 'string'));
    return { done: shortly(value) };
  }

  #join(op: UpgradeOp & { op: 'join' }) {
    const values = op.from.map((from) => valueAt(this.inputs, from));
    const missing = op.from.filter((_, index) => values[index] === undefined);
    if (missing.length === op.from.length) return { skipped: `${op.from.map(pointerText).join(', ')} are absent` };
    if (missing.length > 0)
      throw new OpProblem(`${missing.map(pointerText).join(', ')} is absent, while others of its parts are there`);
    for (const from of op.from) this.#mayRead(from);
    const wrong = op.from.find((_, index) => typeof values[index] === 'object');
    if (wrong) throw new OpProblem(`${pointerText(wrong)} is no single value`);
    for (const from of op.from) this.#remove(from);
    const joined = values.map(String).join(op.with);
    this.#put(op.to, joined);
    return { done: shortly(joined) };
  }

  #compute(op: UpgradeOp & { op: 'compute' }) {
    const { reads, readsAll } = op.expression;
    // a default is not given by anybody, so that a value computed from defaults alone would pin them
    const isGiven = (pointer: Pointer) => valueAt(this.#given, pointer) !== undefined;
    if (!op.required && !readsAll && reads.length > 0 && !reads.some(isGiven))
      return {
        skipped: `${[...new Set(reads.map(pointerText))].join(', ')} ${reads.length > 1 ? 'are' : 'is'} absent`,
      };
    const value = this.#evaluated(op.expression);
    const before = valueAt(this.inputs, op.at);
    if (isDeepStrictEqual(copyOf(before), copyOf(value)))
      return { skipped: `it is ${this.#shown(op.at, value)} already` };
    this.#set(op.at, value);
    return { done: this.#shown(op.at, value) };
  }

  #evaluated(expression: UpgradeExpression): unknown {
    const { oldSchema, before, sight, step } = this.#context;
    if (!oldSchema)
      throw new OpProblem(
        `the schema that ${step.split(' ')[0]} had is not known any more, so that its secrets cannot be told from other inputs`,
      );
    const places = expression.reads.filter((pointer) => isSecretAt(oldSchema, pointer));
    if (places.length > 0)
      throw new OpProblem(`${places.map(pointerText).join(', ')} is a secret; secrets can be moved, not read`);
    const evaluated = expression.evaluate({ ...sight, input: before }, oldSchema);
    if (!evaluated.ok) throw new OpProblem(evaluated.refusal.message.replace(/\.$/, ''));
    return evaluated.value;
  }

  #mayRead(pointer: Pointer): void {
    if (!this.#context.oldSchema)
      throw new OpProblem(
        'the schema before the step is not known any more, so that secrets cannot be told from other inputs',
      );
    if (this.#secrets.touches(pointer))
      throw new OpProblem(`${pointerText(pointer)} is a secret; secrets can be moved, not read`);
  }

  #move(from: Pointer, to: Pointer, value: unknown): void {
    removeAt(this.inputs, from);
    this.#put(to, value);
    this.#secrets.moved(from, to);
    this.moves.push({ from, to });
  }

  /** Where nothing is yet. */
  #put(pointer: Pointer, value: unknown): void {
    if (valueAt(this.inputs, pointer) !== undefined) throw new OpProblem(`${pointerText(pointer)} is there already`);
    this.#set(pointer, value);
  }

  #set(pointer: Pointer, value: unknown): void {
    const problem = setAt(this.inputs, pointer, value);
    if (problem) throw new OpProblem(`${pointerText(pointer)} cannot be set: ${problem}`);
    this.#secrets.removed(pointer);
  }

  #remove(pointer: Pointer): void {
    removeAt(this.inputs, pointer);
    this.#secrets.removed(pointer);
  }

  #shown(pointer: Pointer, value: unknown): string {
    const { newSchema } = this.#context;
    const isSecret = this.#secrets.touches(pointer) || (newSchema && isSecretAt(newSchema, pointer));
    return isSecret ? 'a secret value' : shortly(value);
  }
}

function absent(pointer: Pointer) {
  return { skipped: `${pointerText(pointer)} is absent` };
}

function shortly(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

function scalar(text: string, type: ScalarType): unknown {
  switch (type) {
    case 'string':
      return text;
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true';
      break;
    case 'integer':
      if (/^-?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
      break;
    case 'number':
      if (/^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text) && Number.isFinite(Number(text))) return Number(text);
  }
  throw new OpProblem(`${shortly(text)} is no ${type}`);
}
