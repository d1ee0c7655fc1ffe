import type { AssignTarget, MacroStatement } from '../syntax/syntax-tree.ts';

/** A dotted name of the data; `*` stands for any item. */
export type Path = readonly string[];

/** Longer names, and more of them for one value, are beyond any template, and told only in part. */
const partsMax = 40;
const alternativesMax = 40;

/** What a name that the template binds can stand for. */
export interface Binding {
  /** Inputs, of which it is one; [] for something made in the template. */
  readonly paths: readonly Path[];
  readonly macro?: { readonly node: MacroStatement; readonly scope: Bindings };
}

const made: Binding = { paths: [] };

/** The names that are bound at a place of a template. What is not bound is read from the data. */
export class Bindings {
  readonly #outer: Bindings | undefined;
  readonly #names = new Map<string, Binding>();

  constructor(outer?: Bindings) {
    this.#outer = outer;
  }

  find(name: string): Binding | undefined {
    return this.#names.get(name) ?? this.#outer?.find(name);
  }

  inner(): Bindings {
    return new Bindings(this);
  }

  set(name: string, binding: Binding = made): void {
    this.#names.set(name, binding);
  }

  /** What the branches of an `if` bind is bound behind it, to what any of them says. */
  join(branches: readonly Bindings[]): void {
    for (const name of new Set(branches.flatMap((branch) => [...branch.#names.keys()]))) {
      const bindings = branches.flatMap((branch) => branch.find(name) ?? []);
      const macro = bindings.find((binding) => binding.macro)?.macro;
      this.set(name, { paths: distinct(bindings.flatMap(({ paths }) => paths)), macro });
    }
  }

  /** @param parts what the items of a tuple are, where that is known */
  assign(target: AssignTarget, paths: readonly Path[], parts?: readonly (readonly Path[])[]): void {
    if (target.kind === 'name') this.set(target.name, { paths });
    else if (target.kind === 'tuple') {
      for (const [index, item] of target.items.entries()) this.assign(item, parts?.[index] ?? itemsOf(paths));
    }
  }
}

/** The items of what these paths lead to. */
export function itemsOf(paths: readonly Path[]): Path[] {
  return membersOf(paths, '*');
}

export function membersOf(paths: readonly Path[], name: string): Path[] {
  return paths.map((path) => (path.length < partsMax ? [...path, name] : path));
}

export function distinct(paths: readonly Path[]): Path[] {
  return [...new Map(paths.map((path) => [path.join('\0'), path])).values()].slice(0, alternativesMax);
}
