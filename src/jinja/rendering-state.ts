import type { Filter, Test } from './filter.ts';
import type { Meter } from './limits.ts';
import type { SourceMapPiece } from './source-map.ts';
import type { SourceText } from './source-text.ts';
import type { Value } from './values.ts';

/** A name that a template has bound. */
export interface Variable {
  readonly value: Value;
  /** The inputs that were read to make the value. */
  readonly reads: readonly string[];
  /** The dotted name of the input that the value is, e.g. `service_instances.*` for the variable of a loop. */
  readonly path?: string;
}

/** Names visible in a part of a template; what is not bound here is looked for further out. */
export class Scope {
  readonly rendering: Rendering;
  readonly #outer: Scope | undefined;
  #variables: Map<string, Variable> | undefined;

  constructor(rendering: Rendering, outer?: Scope) {
    this.rendering = rendering;
    this.#outer = outer;
  }

  find(name: string): Variable | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.#outer) {
      const variable = scope.#variables?.get(name);
      if (variable) return variable;
    }
    return undefined;
  }

  set(name: string, variable: Variable): void {
    this.#variables ??= new Map();
    this.#variables.set(name, variable);
  }

  inner(): Scope {
    return new Scope(this.rendering, this);
  }

  /** The names bound in this scope itself. */
  own(): ReadonlyMap<string, Variable> {
    return this.#variables ?? new Map();
  }

  names(): string[] {
    const outer = this.#outer?.names() ?? [];
    return [...outer, ...(this.#variables?.keys() ?? [])];
  }
}

/** What a template writes, piece by piece, with where each piece comes from. */
export class Output {
  readonly pieces: {
    readonly text: string;
    readonly literal: boolean;
    readonly offset: number;
    readonly source: SourceText;
    readonly reads: readonly string[];
  }[] = [];
  readonly #meter: Meter;
  #length = 0;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  write(text: string, source: SourceText, offset: number, reads?: readonly string[]): void {
    if (text === '') return;
    this.#length += text.length;
    this.#meter.length(this.#length);
    this.pieces.push({ text, source, offset, reads: reads ?? [], literal: reads === undefined });
  }

  text(): string {
    return this.pieces.map((piece) => piece.text).join('');
  }

  sourceMap(): SourceMapPiece[] {
    return this.pieces.map(({ text, literal, offset, source, reads }) => ({
      length: text.length,
      position: source.position(offset),
      literal,
      inputs: reads,
    }));
  }
}

export type LoadTemplate = (name: string) => string | undefined;

/** One rendering: what it was given, what it may use, and where it is. */
export interface Rendering {
  readonly meter: Meter;
  readonly context: ReadonlyMap<string, Value>;
  readonly globals: ReadonlyMap<string, Value>;
  readonly filters: ReadonlyMap<string, Filter>;
  readonly tests: ReadonlyMap<string, Test>;
  readonly load: LoadTemplate;
  /** The inputs read since the present piece of output began. */
  reads: Set<string>;
  /** Where the evaluation is: for the position of a failure. */
  source: SourceText;
  offset: number;
  indentation: number | undefined;
}
