/** The syntax of a template. Every node has the offset in the source at which it begins. */
interface Node {
  readonly offset: number;
}

export type Expression = Node &
  (
    | { readonly kind: 'constant'; readonly value: null | boolean | bigint | number | string }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'list' | 'tuple'; readonly items: readonly Expression[] }
    | { readonly kind: 'dict'; readonly entries: readonly (readonly [Expression, Expression])[] }
    | { readonly kind: 'attribute'; readonly owner: Expression; readonly name: string }
    | { readonly kind: 'item'; readonly owner: Expression; readonly key: Expression }
    | {
        readonly kind: 'slice';
        readonly owner: Expression;
        readonly start?: Expression;
        readonly stop?: Expression;
        readonly step?: Expression;
      }
    | { readonly kind: 'call'; readonly callee: Expression; readonly arguments: Arguments }
    | { readonly kind: 'filter'; readonly name: string; readonly target: Expression; readonly arguments: Arguments }
    | {
        readonly kind: 'test';
        readonly name: string;
        readonly target: Expression;
        readonly arguments: Arguments;
        readonly negated: boolean;
      }
    | { readonly kind: 'not' | 'negative' | 'positive'; readonly operand: Expression }
    | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
    | {
        readonly kind: 'arithmetic';
        readonly operator: ArithmeticOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | { readonly kind: 'concat'; readonly parts: readonly Expression[] }
    | { readonly kind: 'compare'; readonly first: Expression; readonly rest: readonly Comparison[] }
    | {
        readonly kind: 'condition';
        readonly test: Expression;
        readonly whenTrue: Expression;
        readonly otherwise?: Expression;
      }
  );

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';
export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

export interface Comparison {
  readonly operator: ComparisonOperator;
  readonly operand: Expression;
}

export interface Arguments {
  readonly positional: readonly Expression[];
  readonly keywords: readonly { readonly name: string; readonly value: Expression }[];
  /** `*list` and `**dict`. */
  readonly spreadList?: Expression;
  readonly spreadDict?: Expression;
}

/** What a `for` or `set` assigns to. */
export type AssignTarget = Node &
  (
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'tuple'; readonly items: readonly AssignTarget[] }
    | { readonly kind: 'namespace'; readonly name: string; readonly attribute: string }
  );

export interface Parameter {
  readonly name: string;
  readonly default?: Expression;
}

export type Statement = Node &
  (
    | { readonly kind: 'data'; readonly text: string }
    | { readonly kind: 'output'; readonly expression: Expression }
    | {
        readonly kind: 'for';
        readonly target: AssignTarget;
        readonly iterable: Expression;
        readonly filter?: Expression;
        readonly recursive: boolean;
        readonly body: readonly Statement[];
        readonly otherwise: readonly Statement[];
      }
    | {
        readonly kind: 'if';
        readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[];
        readonly otherwise: readonly Statement[];
      }
    | { readonly kind: 'set'; readonly target: AssignTarget; readonly value: Expression }
    | {
        readonly kind: 'set-block';
        readonly target: AssignTarget;
        readonly filters: readonly FilterCall[];
        readonly body: readonly Statement[];
      }
    | {
        readonly kind: 'with';
        readonly assignments: readonly { readonly target: AssignTarget; readonly value: Expression }[];
        readonly body: readonly Statement[];
      }
    | {
        readonly kind: 'macro';
        readonly name: string;
        readonly parameters: readonly Parameter[];
        readonly body: readonly Statement[];
      }
    | {
        readonly kind: 'call-block';
        readonly call: Expression;
        readonly parameters: readonly Parameter[];
        readonly body: readonly Statement[];
      }
    | { readonly kind: 'filter-block'; readonly filters: readonly FilterCall[]; readonly body: readonly Statement[] }
    | { readonly kind: 'block'; readonly name: string; readonly scoped: boolean; readonly body: readonly Statement[] }
    | { readonly kind: 'extends'; readonly template: Expression }
    | {
        readonly kind: 'include';
        readonly template: Expression;
        readonly ignoreMissing: boolean;
        readonly withContext: boolean;
      }
    | { readonly kind: 'import'; readonly template: Expression; readonly alias: string; readonly withContext: boolean }
    | {
        readonly kind: 'from-import';
        readonly template: Expression;
        readonly names: readonly { readonly name: string; readonly alias: string }[];
        readonly withContext: boolean;
      }
    | { readonly kind: 'scope'; readonly body: readonly Statement[] }
  );

export interface FilterCall extends Node {
  readonly name: string;
  readonly arguments: Arguments;
}

export const noArguments: Arguments = { positional: [], keywords: [] };
