import type { Pointer, PropertySchema } from '../../bundles/index.ts';

/**
 * What is known of the inputs at one place in the middle of a step: a schema that can be taken apart and put together.
 * The same operations that change inputs change it.
 */
export interface InputShape {
  /** Without properties when there are `members`. */
  schema: PropertySchema;
  members?: Map<string, InputShape>;
  /** It is there in every set of inputs, given its surroundings are. */
  isAlways: boolean;
  /** Values that operations set, besides what the schema says; `values` alone when there is no schema. */
  values?: unknown[];
  /** Only trying tells what is here. */
  isComputed?: boolean;
}

export function shapeOf(schema: PropertySchema, isAlways = true): InputShape {
  const { properties, required = [], ...rest } = schema;
  const isOpen = rest.allOf ?? rest.anyOf ?? rest.oneOf;
  if (!properties || isOpen) return { schema, isAlways };
  const members = Object.entries(properties).map(([name, property]): [string, InputShape] => [
    name,
    shapeOf(property, required.includes(name) && !('default' in property)),
  ]);
  return { schema: rest, members: new Map(members), isAlways };
}

export function shapeAt(shape: InputShape | undefined, pointer: Pointer): InputShape | undefined {
  return pointer.reduce<InputShape | undefined>((here, part) => here?.members?.get(part), shape);
}

/** Whether it is there in every set of inputs. */
export function isAlwaysAt(shape: InputShape, pointer: Pointer): boolean {
  return pointer.every((_, index) => shapeAt(shape, pointer.slice(0, index + 1))?.isAlways === true);
}

/** @returns what was there */
export function takeShape(shape: InputShape, pointer: Pointer): InputShape | undefined {
  const around = shapeAt(shape, pointer.slice(0, -1));
  const last = pointer.at(-1) ?? '';
  const taken = around?.members?.get(last);
  around?.members?.delete(last);
  return taken;
}

/** Puts a shape somewhere, with the maps around it; false where something else than a map is around it. */
export function putShape(shape: InputShape, pointer: Pointer, placed: InputShape): boolean {
  let here = shape;
  for (const part of pointer.slice(0, -1)) {
    if (!here.members) return false;
    const next = here.members.get(part) ?? { schema: { type: 'object' }, members: new Map(), isAlways: false };
    // what is made to hold something is there as often as that
    if (!here.members.has(part) || placed.isAlways) next.isAlways = next.isAlways || placed.isAlways;
    here.members.set(part, next);
    here = next;
  }
  if (!here.members) return false;
  here.members.set(pointer.at(-1) ?? '', placed);
  return true;
}

/** As a schema again. */
export function schemaOfShape({ schema, members }: InputShape): PropertySchema {
  if (!members) return schema;
  return {
    ...schema,
    properties: Object.fromEntries([...members].map(([name, member]) => [name, schemaOfShape(member)])),
    required: [...members].filter(([, { isAlways }]) => isAlways).map(([name]) => name),
  };
}

/** The schema at the end of a way; undefined where the schema does not say. */
export function schemaAt(schema: PropertySchema, pointer: Pointer): PropertySchema | undefined {
  return pointer.reduce<PropertySchema | undefined>((here, part) => {
    if (!here) return undefined;
    const { properties, items, additionalProperties, allOf = [], anyOf = [], oneOf = [] } = here;
    if (properties && Object.hasOwn(properties, part)) return properties[part];
    if (items && /^\d+$/.test(part)) return items;
    if (typeof additionalProperties === 'object') return additionalProperties;
    if (additionalProperties === true) return {};
    for (const member of [...allOf, ...anyOf, ...oneOf]) {
      const found = schemaAt(member, [part]);
      if (found) return found;
    }
    return undefined;
  }, schema);
}
