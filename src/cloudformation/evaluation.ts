import type { DynamicReference } from './dynamic-references.ts';
import type { ParameterValues } from './parameters.ts';
import type { PseudoParameters } from './pseudo-parameters.ts';
import type { TemplatePath } from './source-positions.ts';
import { type StackRefusal, type StackRefusalCode, stackRefusal } from './stack-refusal.ts';
import { positionIn, type StackTemplate } from './stack-template.ts';
import { type EvaluatedValue, UnknownValue } from './template-value.ts';

/**
 * What evaluation asks of the world outside the template. Every answer may be an UnknownValue; a question without an
 * answerer gives one too, so that a template can be evaluated before anything exists.
 */
export interface Resolver {
  /** What `Ref` of a resource gives. */
  readonly ref?: (logicalId: string) => EvaluatedValue;
  /** What `Fn::GetAtt` gives; undefined: the resource has no such attribute. */
  readonly getAtt?: (logicalId: string, attribute: string) => EvaluatedValue | undefined;
  /** Value of an export of another stack; undefined: nobody exports that name. */
  readonly importValue?: (name: string) => EvaluatedValue | undefined;
  /** Names of the availability zones of a region. */
  readonly azs?: (region: string) => readonly string[];
  /** What a dynamic reference stands for; undefined: its text is left as it is. Without it, all are left. */
  readonly dynamicReference?: (reference: DynamicReference) => string | UnknownValue | undefined;
}

export interface EvaluationContext {
  readonly parameters: ParameterValues;
  readonly pseudo: PseudoParameters;
  readonly resolve?: Resolver;
}

/** A condition is true, false, or unknown with the expression that would decide it. */
export type Truth = boolean | UnknownValue;

/** A resource read by an expression, with the function that reads it. */
export interface Reference {
  readonly logicalId: string;
  readonly attribute?: string;
  readonly through: 'Ref' | 'Fn::GetAtt' | 'Fn::Sub';
}

/** What is being evaluated, for messages and for the position of calls that a transform has made. */
export interface EvaluationSubject {
  readonly block: 'Rules' | 'Conditions' | 'Resources' | 'Outputs';
  readonly path: TemplatePath;
}

/**
 * State of one evaluation: what is known, what was read, and the first refusal. A function that cannot go on says
 * so with `refuse` and goes on with an unknown value; whoever started the evaluation asks for `refusal` at the end.
 */
export class Evaluation {
  readonly template: StackTemplate;
  readonly context: EvaluationContext;
  /** Conditions decided so far; all of them before a resource or an output is evaluated. */
  readonly truths: Map<string, Truth>;
  readonly references: Reference[] = [];
  refusal: StackRefusal | undefined;
  readonly #subject: EvaluationSubject;

  constructor(
    template: StackTemplate,
    context: EvaluationContext,
    truths: ReadonlyMap<string, Truth>,
    subject: EvaluationSubject,
  ) {
    this.template = template;
    this.context = context;
    this.truths = new Map(truths);
    this.#subject = subject;
  }

  get block(): EvaluationSubject['block'] {
    return this.#subject.block;
  }

  /** Whether a logical id names a resource that its condition does not turn off. */
  hasResource(logicalId: string): boolean {
    const condition = this.template.resources.get(logicalId)?.condition;
    if (condition !== undefined) return this.truths.get(condition) !== false;
    return this.template.resources.has(logicalId);
  }

  /** @param at the list or object of the template that holds the entry `key` at fault, e.g. the call `{Ref: …}` */
  refuse(
    message: string,
    at: object,
    key: string | number,
    code: StackRefusalCode = 'stack-evaluation-failed',
  ): UnknownValue {
    const position = this.template.positions.of(at, key) ?? positionIn(this.template, this.#subject.path);
    this.refusal ??= stackRefusal(code, message, position);
    return new UnknownValue('', []);
  }
}
