/** A part of the organization. Units are a tree; a name is its identity, and there is no other of it. */
export interface Unit {
  readonly name: string;
  /** undefined only of the root. */
  readonly parent?: string;
  readonly description?: string;
  readonly labels: Labels;
}

/** Keys and values by which people and campaigns choose. */
export type Labels = Readonly<Record<string, string>>;

/** The root of the tree, which is always there. */
export const rootUnit = 'organization';

export const unitDepthMax = 20;

type UnitsByName = ReadonlyMap<string, Pick<Unit, 'parent'>>;

/** From the root to the unit itself; undefined when it, or one above it, is not known, or above itself. */
export function unitPath(units: UnitsByName, name: string): readonly string[] | undefined {
  const path: string[] = [];
  for (let at: string | undefined = name; at !== undefined; at = units.get(at)?.parent) {
    if (!units.has(at) || path.includes(at)) return undefined;
    path.unshift(at);
  }
  return path[0] === rootUnit ? path : undefined;
}

/** The units that would be above each other in a circle, beginning and ending with the given one; undefined: none would. */
export function unitCycle(units: UnitsByName, name: string): readonly string[] | undefined {
  const path = [name];
  for (let at = units.get(name)?.parent; at !== undefined; at = units.get(at)?.parent) {
    if (path.includes(at)) return at === name ? [...path, at] : undefined;
    path.push(at);
  }
  return undefined;
}
