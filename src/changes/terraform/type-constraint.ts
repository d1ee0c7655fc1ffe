/** A type constraint of a variable, read. `any` takes everything. */
export type TypeConstraint =
  | { readonly kind: 'any' | 'string' | 'number' | 'bool' }
  | { readonly kind: 'list' | 'set' | 'map'; readonly item: TypeConstraint }
  | { readonly kind: 'tuple'; readonly items: readonly TypeConstraint[] }
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, ObjectMember> };

interface ObjectMember {
  readonly type: TypeConstraint;
  readonly isOptional: boolean;
}

const depthMax = 50;

/**
 * Reads a type constraint as it is written; undefined: it cannot be read here, and only equal texts are equal.
 * Source: developer.hashicorp.com/terraform/language/expressions/type-constraints.
 */
export function readTypeConstraint(text: string): TypeConstraint | undefined {
  const tokens = text.match(/"[^"\n]*"|[A-Za-z_][\w-]*|[^\sA-Za-z_]/g) ?? [];
  let at = 0;
  const take = (wanted: string): boolean => {
    if (tokens[at] !== wanted) return false;
    at++;
    return true;
  };
  const type = (depth: number): TypeConstraint | undefined => {
    const kind = tokens[at++];
    if (kind === undefined || depth > depthMax) return undefined;
    if (kind === 'any' || kind === 'string' || kind === 'number' || kind === 'bool') return { kind };
    if (kind === 'list' || kind === 'set' || kind === 'map') {
      if (!take('(')) return { kind, item: { kind: 'any' } };
      const item = type(depth + 1);
      return item && take(')') ? { kind, item } : undefined;
    }
    if (!take('(')) return undefined;
    if (kind === 'tuple') return tuple(depth);
    return kind === 'object' ? object(depth) : undefined;
  };
  const tuple = (depth: number): TypeConstraint | undefined => {
    if (!take('[')) return undefined;
    const items: TypeConstraint[] = [];
    while (!take(']')) {
      const item = type(depth + 1);
      if (!item) return undefined;
      items.push(item);
      take(',');
    }
    return take(')') ? { kind: 'tuple', items } : undefined;
  };
  const object = (depth: number): TypeConstraint | undefined => {
    if (!take('{')) return undefined;
    const members = new Map<string, ObjectMember>();
    while (!take('}')) {
      const name = tokens[at++]?.replaceAll('"', '');
      if (name === undefined || !(take('=') || take(':'))) return undefined;
      const isOptional = tokens[at] === 'optional' && tokens[at + 1] === '(';
      if (isOptional) at += 2;
      const member = type(depth + 1);
      if (!member || (isOptional && !skipDefault())) return undefined;
      members.set(name, { type: member, isOptional });
      take(',');
    }
    return take(')') ? { kind: 'object', members } : undefined;
  };
  /** Goes behind the bracket that ends `optional(type, default)`. */
  const skipDefault = (): boolean => {
    for (let open = 1; at < tokens.length; ) {
      const token = tokens[at++]!;
      if ('([{'.includes(token)) open++;
      if (')]}'.includes(token)) open--;
      if (open === 0) return true;
    }
    return false;
  };
  const read = type(0);
  return at === tokens.length ? read : undefined;
}

/** Whether every value of the one type can be given where the other is asked for, conversions included. */
export function takesAll(wide: TypeConstraint, narrow: TypeConstraint): boolean {
  if (wide.kind === 'any') return true;
  if (narrow.kind === 'any') return false;
  if (wide.kind === 'string') return narrow.kind === 'string' || narrow.kind === 'number' || narrow.kind === 'bool';
  if (wide.kind === 'list' || wide.kind === 'set') {
    if (narrow.kind === 'tuple') return narrow.items.every((item) => takesAll(wide.item, item));
    return (narrow.kind === 'list' || narrow.kind === 'set') && takesAll(wide.item, narrow.item);
  }
  if (wide.kind === 'map') {
    if (narrow.kind === 'object') return [...narrow.members.values()].every(({ type }) => takesAll(wide.item, type));
    return narrow.kind === 'map' && takesAll(wide.item, narrow.item);
  }
  if (wide.kind === 'tuple') {
    const { items } = wide;
    return (
      narrow.kind === 'tuple' &&
      narrow.items.length === items.length &&
      items.every((item, index) => takesAll(item, narrow.items[index]!))
    );
  }
  if (wide.kind === 'object') return narrow.kind === 'object' && takesMembers(wide.members, narrow.members);
  return wide.kind === narrow.kind;
}

/** An object may have more attributes than are asked for; they are dropped, which a caller notices. */
function takesMembers(wide: ReadonlyMap<string, ObjectMember>, narrow: ReadonlyMap<string, ObjectMember>): boolean {
  const isAsked = [...wide].every(([name, { type, isOptional }]) => {
    const given = narrow.get(name);
    if (!given) return isOptional;
    return takesAll(type, given.type) && (isOptional || !given.isOptional);
  });
  return isAsked && [...narrow.keys()].every((name) => wide.has(name));
}
