import type { NumberOperator } from '../python/numbers.ts';
import type { ComparisonOperator } from '../python/operators.ts';

/** The syntax of a template. Every node has the offset in the source at which it begins. */
interface Node {
  readonly offset: number;
}

export interface Constant extends Node {
  readonly kind: 'constant';
  readonly value: null | boolean | bigint | number | string;
}

export interface NameExpression extends Node {
  readonly kind: 'name';
  readonly name: string;
}

/** `owner.name` */
export interface AttributeExpression extends Node {
  readonly kind: 'attribute';
  readonly owner: Expression;
  readonly name: string;
}

/** `owner[key]` */
export interface ItemExpression extends Node {
  readonly kind: 'item';
  readonly owner: Expression;
  readonly key: Expression;
}

export interface SliceExpression extends Node {
  readonly kind: 'slice';
  readonly owner: Expression;
  readonly start?: Expression;
  readonly stop?: Expression;
  readonly step?: Expression;
}

export interface CallExpression extends Node {
  readonly kind: 'call';
  readonly callee: Expression;
  readonly arguments: Arguments;
}

export interface FilterExpression extends Node {
  readonly kind: 'filter';
  readonly name: string;
  readonly nameOffset: number;
  readonly target: Expression;
  readonly arguments: Arguments;
}

export interface TestExpression extends Node {
  readonly kind: 'test';
  readonly name: string;
  readonly nameOffset: number;
  readonly target: Expression;
  readonly arguments: Arguments;
  readonly negated: boolean;
}

export interface UnaryExpression extends Node {
  readonly kind: 'not' | 'negative' | 'positive';
  readonly operand: Expression;
}

export interface LogicalExpression extends Node {
  readonly kind: 'and' | 'or';
  readonly left: Expression;
  readonly right: Expression;
}

export interface ArithmeticExpression extends Node {
  readonly kind: 'arithmetic';
  readonly operator: NumberOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** `first < second <= third` */
export interface CompareExpression extends Node {
  readonly kind: 'compare';
  readonly first: Expression;
  readonly rest: readonly { readonly operator: ComparisonOperator; readonly operand: Expression }[];
}

/** `whenTrue if test else otherwise` */
export interface ConditionExpression extends Node {
  readonly kind: 'condition';
  readonly test: Expression;
  readonly whenTrue: Expression;
  readonly otherwise?: Expression;
}

/**
 * An expression that reads a member with a hyphen in its name if such members exist, and a subtraction if not:
 * `outputs.my-output`.
 */
export interface HyphenatedExpression extends Node {
  readonly kind: 'hyphenated';
  /** The members in question. `firstName` is what stands before the first hyphen. */
  readonly candidates: readonly { readonly owner: Expression; readonly name: string; readonly firstName: string }[];
  readonly literal: Expression;
  readonly plain: Expression;
}

export type Expression =
  | Constant
  | NameExpression
  | (Node & { readonly kind: 'list' | 'tuple'; readonly items: readonly Expression[] })
  | (Node & { readonly kind: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[] })
  | (Node & { readonly kind: 'concat'; readonly parts: readonly Expression[] })
  | AttributeExpression
  | ItemExpression
  | SliceExpression
  | CallExpression
  | FilterExpression
  | TestExpression
  | UnaryExpression
  | LogicalExpression
  | ArithmeticExpression
  | CompareExpression
  | ConditionExpression
  | HyphenatedExpression;

export interface Arguments {
  readonly positional: readonly Expression[];
  readonly keywords: readonly { readonly name: string; readonly value: Expression }[];
  /** `*list` and `**dict`. */
  readonly spreadList?: Expression;
  readonly spreadDict?: Expression;
}

export const noArguments: Arguments = { positional: [], keywords: [] };

/** What a `for`, `set` or `with` assigns to. */
export type AssignTarget =
  | NameExpression
  | (Node & { readonly kind: 'tuple'; readonly items: readonly AssignTarget[] })
  | (Node & { readonly kind: 'namespace'; readonly name: string; readonly attribute: string });

export interface Parameter extends Node {
  readonly name: string;
  readonly default?: Expression;
}

export interface FilterCall extends Node {
  readonly name: string;
  readonly arguments: Arguments;
}

export type Body = readonly Statement[];

export interface ForStatement extends Node {
  readonly kind: 'for';
  readonly target: AssignTarget;
  readonly iterable: Expression;
  readonly filter?: Expression;
  readonly recursive: boolean;
  readonly body: Body;
  readonly otherwise: Body;
}

export interface IfStatement extends Node {
  readonly kind: 'if';
  readonly branches: readonly { readonly test: Expression; readonly body: Body }[];
  readonly otherwise: Body;
}

export interface WithStatement extends Node {
  readonly kind: 'with';
  readonly assignments: readonly { readonly target: AssignTarget; readonly value: Expression }[];
  readonly body: Body;
}

export interface MacroStatement extends Node {
  readonly kind: 'macro';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
}

export interface CallStatement extends Node {
  readonly kind: 'call-block';
  readonly call: CallExpression;
  readonly parameters: readonly Parameter[];
  readonly body: Body;
}

export interface BlockStatement extends Node {
  readonly kind: 'block';
  readonly name: string;
  /** Sees the variables around it. */
  readonly scoped: boolean;
  /** Has to be filled by a template that extends this one. */
  readonly required: boolean;
  readonly body: Body;
}

export interface IncludeStatement extends Node {
  readonly kind: 'include';
  readonly template: Expression;
  readonly ignoreMissing: boolean;
  readonly withContext: boolean;
}

export interface ImportStatement extends Node {
  readonly kind: 'import';
  readonly template: Expression;
  readonly alias: string;
  readonly withContext: boolean;
}

export interface FromImportStatement extends Node {
  readonly kind: 'from-import';
  readonly template: Expression;
  readonly names: readonly { readonly name: string; readonly alias: string }[];
  readonly withContext: boolean;
}

export type Statement =
  | (Node & { readonly kind: 'data'; readonly text: string })
  | (Node & { readonly kind: 'output'; readonly expression: Expression })
  | ForStatement
  | IfStatement
  | (Node & { readonly kind: 'set'; readonly target: AssignTarget; readonly value: Expression })
  | (Node & {
      readonly kind: 'set-block';
      readonly target: AssignTarget;
      readonly filters: readonly FilterCall[];
      readonly body: Body;
    })
  | WithStatement
  | MacroStatement
  | CallStatement
  | (Node & { readonly kind: 'filter-block'; readonly filters: readonly FilterCall[]; readonly body: Body })
  | BlockStatement
  | (Node & { readonly kind: 'extends'; readonly template: Expression })
  | IncludeStatement
  | ImportStatement
  | FromImportStatement
  | (Node & { readonly kind: 'autoescape'; readonly wanted: Expression; readonly body: Body });

/** All nodes directly inside a node, in the order of the source. */
export function childrenOf(node: Expression | Statement): readonly (Expression | Statement)[] {
  switch (node.kind) {
    case 'constant':
    case 'name':
    case 'data':
      return [];
    case 'list':
    case 'tuple':
      return node.items;
    case 'dict':
      return node.entries.flat();
    case 'concat':
      return node.parts;
    case 'attribute':
      return [node.owner];
    case 'item':
      return [node.owner, node.key];
    case 'slice':
      return [node.owner, node.start, node.stop, node.step].filter((part) => part !== undefined);
    case 'call':
      return [node.callee, ...argumentsIn(node.arguments)];
    case 'filter':
    case 'test':
      return [node.target, ...argumentsIn(node.arguments)];
    case 'not':
    case 'negative':
    case 'positive':
      return [node.operand];
    case 'and':
    case 'or':
    case 'arithmetic':
      return [node.left, node.right];
    case 'compare':
      return [node.first, ...node.rest.map(({ operand }) => operand)];
    case 'condition':
      return [node.whenTrue, node.test, ...(node.otherwise ? [node.otherwise] : [])];
    case 'hyphenated':
      return [node.plain, node.literal];
    case 'output':
      return [node.expression];
    case 'for':
      return [node.iterable, ...(node.filter ? [node.filter] : []), ...node.body, ...node.otherwise];
    case 'if':
      return [...node.branches.flatMap(({ test, body }) => [test, ...body]), ...node.otherwise];
    case 'set':
      return [node.value];
    case 'set-block':
    case 'filter-block':
      return [...node.filters.flatMap((filter) => argumentsIn(filter.arguments)), ...node.body];
    case 'with':
      return [...node.assignments.map(({ value }) => value), ...node.body];
    case 'macro':
      return [...defaultsIn(node.parameters), ...node.body];
    case 'call-block':
      return [node.call, ...defaultsIn(node.parameters), ...node.body];
    case 'block':
      return node.body;
    case 'extends':
    case 'include':
    case 'import':
    case 'from-import':
      return [node.template];
    case 'autoescape':
      return [node.wanted, ...node.body];
  }
}

export function argumentsIn({ positional, keywords, spreadList, spreadDict }: Arguments): Expression[] {
  const spread = [spreadList, spreadDict].filter((each) => each !== undefined);
  return [...positional, ...keywords.map(({ value }) => value), ...spread];
}

function defaultsIn(parameters: readonly Parameter[]): Expression[] {
  return parameters.flatMap((parameter) => (parameter.default ? [parameter.default] : []));
}
