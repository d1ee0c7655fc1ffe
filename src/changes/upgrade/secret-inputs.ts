import { isWithin, type Pointer, type PropertySchema } from '../../bundles/index.ts';
import { copyOf, type InputData, isMap, removeAt, valueAt } from './inputs-at.ts';

/** Where the secrets of some inputs lie, while the inputs are being moved about. They can be moved, not read. */
export class SecretInputs {
  #places: Pointer[];

  constructor(places: readonly Pointer[]) {
    this.#places = [...places];
  }

  /** Whether what lies there is a secret, lies in one, or has one in it. */
  touches(pointer: Pointer): boolean {
    return this.#places.some((place) => isWithin(pointer, place) || isWithin(place, pointer));
  }

  moved(from: Pointer, to: Pointer): void {
    this.#places = this.#places.map((place) => (isWithin(place, from) ? [...to, ...place.slice(from.length)] : place));
  }

  removed(pointer: Pointer): void {
    this.#places = this.#places.filter((place) => !isWithin(place, pointer));
  }

  /** Those that lie where a schema does not call them secret. */
  exposedBy(schema: PropertySchema): Pointer[] {
    return this.#places.filter((place) => !isSecretAt(schema, place));
  }

  /** The inputs without their secrets. A list that holds one is left out as a whole, so that the others keep their places. */
  without(inputs: InputData): InputData {
    const shown = copyOf(inputs);
    for (const place of this.#places) {
      const list = place.findIndex((_, index) => Array.isArray(valueAt(inputs, place.slice(0, index))));
      removeAt(shown, list > 0 ? place.slice(0, list) : place);
    }
    return shown;
  }
}

/** The places of secrets in inputs that fit a schema. */
export function secretPlaces(schema: PropertySchema, inputs: unknown): Pointer[] {
  return walk([schema], inputs, []);
}

/** Whether a schema calls what lies there, or something around it, secret. */
export function isSecretAt(schema: PropertySchema, pointer: Pointer): boolean {
  let here = membersOf(schema);
  for (const part of pointer) {
    if (here.some(({ sensitive }) => sensitive)) return true;
    here = here.flatMap((member) => membersAt(member, part)).flatMap(membersOf);
  }
  return here.some(({ sensitive }) => sensitive);
}

function walk(schemas: readonly PropertySchema[], value: unknown, place: Pointer): Pointer[] {
  const members = schemas.flatMap(membersOf);
  if (members.length === 0 || value === undefined) return [];
  if (members.some(({ sensitive }) => sensitive)) return [place];
  const entries = isMap(value) ? Object.entries(value) : Array.isArray(value) ? [...value.entries()] : [];
  return entries.flatMap(([key, member]) => {
    const part = String(key);
    return walk(
      members.flatMap((each) => membersAt(each, part)),
      member,
      [...place, part],
    );
  });
}

/** A schema and all that it is composed of; an alternative that may hold counts as one that does. */
function membersOf(schema: PropertySchema): PropertySchema[] {
  const { allOf = [], anyOf = [], oneOf = [] } = schema;
  return [schema, ...[...allOf, ...anyOf, ...oneOf].flatMap(membersOf)];
}

function membersAt({ properties, items, additionalProperties }: PropertySchema, part: string): PropertySchema[] {
  if (items && /^\d+$/.test(part)) return [items];
  const own = properties && Object.hasOwn(properties, part) ? properties[part] : undefined;
  if (own) return [own];
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}
