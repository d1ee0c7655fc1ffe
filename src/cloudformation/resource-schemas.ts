import { readFileSync } from 'node:fs';
import propertyAttributes from './data/property-attributes.json' with { type: 'json' };
import type { PropertySchema, PropertySchemas, PropertyType, Replacement, ResourceSchema } from './resource-schema.ts';
import type { TemplatePath } from './source-positions.ts';

/**
 * Published schemas of all resource types. The file has one type a line; it is read once, when first asked for, and
 * only the lines that are asked for are parsed, so that a short command pays a few milliseconds, not the whole file.
 */
class SchemaFile {
  readonly #text: string;
  readonly #lines = new Map<string, readonly [start: number, end: number]>();
  readonly #parsed = new Map<string, ResourceSchema>();

  constructor(text: string) {
    this.#text = text;
    const head = '{"type":"';
    for (let start = text.indexOf('\n') + 1; start > 0 && start < text.length; ) {
      const end = text.indexOf('\n', start);
      const name = text.slice(start + head.length, text.indexOf('"', start + head.length));
      this.#lines.set(name, [start, end]);
      start = end + 1;
    }
  }

  types(): readonly string[] {
    return [...this.#lines.keys()];
  }

  has(type: string): boolean {
    return this.#lines.has(type);
  }

  schema(type: string): ResourceSchema | undefined {
    const known = this.#parsed.get(type);
    const line = this.#lines.get(type);
    if (known || !line) return known;
    const schema = JSON.parse(this.#text.slice(...line)) as ResourceSchema;
    this.#parsed.set(type, schema);
    return schema;
  }
}

let file: SchemaFile | undefined;

function schemas(): SchemaFile {
  file ??= new SchemaFile(readFileSync(new URL('./data/resource-schemas.jsonl', import.meta.url), 'latin1'));
  return file;
}

/** Names of all published resource types, sorted. */
export function resourceTypes(): readonly string[] {
  return schemas().types();
}

/** The published schema of a type; undefined for an unknown type and for custom resources. */
export function resourceSchema(type: string): ResourceSchema | undefined {
  return schemas().schema(type);
}

/** Custom resources have any properties and any attributes. */
export function isCustomResource(type: string): boolean {
  return type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';
}

/** Modules, and types of publishers other than AWS, exist only where somebody registered them: nothing is known. */
export function isRegisteredElsewhere(type: string): boolean {
  if (!/^[A-Za-z0-9]{2,64}(?:::[A-Za-z0-9]{2,64}){2}(?:::MODULE)?$/.test(type)) return false;
  return type.endsWith('::MODULE') || !/^(?:AWS|Alexa)::/.test(type);
}

/** Whether a template may use the type. */
export function isKnownResourceType(type: string): boolean {
  return isCustomResource(type) || isRegisteredElsewhere(type) || schemas().has(type);
}

const givesEveryProperty = new Set(propertyAttributes.every);
const givesNamedProperties: Readonly<Record<string, readonly string[]>> = propertyAttributes.named;

/**
 * Type of what `Fn::GetAtt` gives; undefined if the type has no such attribute.
 * Attributes of custom resources and of types registered elsewhere are never undefined but `json`.
 */
export function attributeType(type: string, attribute: string): PropertyType | undefined {
  const schema = isCustomResource(type) ? undefined : resourceSchema(type);
  if (!schema) return 'json';
  const published = schema.attributes[attribute];
  if (published !== undefined) return published;
  if (attribute.startsWith('Outputs.') && schema.attributes.Outputs !== undefined) return 'string';
  const asProperty = givesEveryProperty.has(type) || givesNamedProperties[type]?.includes(attribute);
  return asProperty ? propertySchemaAt(schema, attribute.split('.'))?.type : undefined;
}

/** What `Ref` gives: the names of the properties or attributes that make it up, in order. */
export function refIdentifier(schema: ResourceSchema): readonly string[] {
  return schema.refIdentifier ?? schema.primaryIdentifier;
}

/**
 * The schema of the property at `path` (names and list indexes, e.g. `['Tags', 0, 'Key']`); undefined where the path
 * leaves what is published, also below free-form JSON. For a list item it is the schema of the list.
 */
export function propertySchemaAt(schema: ResourceSchema, path: TemplatePath): PropertySchema | undefined {
  return propertySchemasAlong(schema, path).at(-1);
}

/** Schemas of the named properties on the way along `path`, outermost first; [] if the path leaves them. */
export function propertySchemasAlong(schema: ResourceSchema, path: TemplatePath): readonly PropertySchema[] {
  const along: PropertySchema[] = [];
  let within: PropertySchemas | undefined = schema.properties;
  let type: PropertyType | undefined;
  for (const step of path) {
    const items: PropertyType | undefined = type === undefined ? undefined : itemType(type, step);
    if (items !== undefined) {
      type = items;
      within = membersOf(schema, type);
      continue;
    }
    const property: PropertySchema | undefined = within?.[step];
    if (!property) return [];
    along.push(property);
    type = property.type;
    within = membersOf(schema, type);
  }
  return along;
}

/** Type of the items of a list or map; undefined for a type that has neither, or for a name inside a list. */
function itemType(type: PropertyType, step: string | number): PropertyType | undefined {
  if (typeof type === 'string') return undefined;
  if ('list' in type) return typeof step === 'number' ? type.list : undefined;
  if ('map' in type) return type.map;
  if ('any' in type) return type.any.map((member) => itemType(member, step)).find((member) => member !== undefined);
  return undefined;
}

const tagMembers: PropertySchemas = { Key: { type: 'string', required: true }, Value: { type: 'string' } };

/** Named members of an object type. */
export function membersOf(schema: ResourceSchema, type: PropertyType): PropertySchemas | undefined {
  if (type === 'tag') return tagMembers;
  if (typeof type === 'string') return undefined;
  if ('of' in type) return schema.definitions[type.of];
  if ('any' in type)
    return type.any.map((member) => membersOf(schema, member)).find((members) => members !== undefined);
  return undefined;
}

/** Whether a change replaces the resource, and which publication says so. */
export interface ReplacementRule {
  readonly replaces: Replacement;
  /** `specification`: the property itself; the others: lists of the resource provider schema. */
  readonly source: 'specification' | 'create-only' | 'conditional-create-only' | 'none';
}

/**
 * What changing the property at `path` does to the resource. The gravest publication decides; of two that are equally
 * grave the specification is named. A change around a create-only property (adding or removing the object it lies in)
 * is `maybe`: compare the leaves to know.
 */
export function replacementAt(schema: ResourceSchema, path: TemplatePath): ReplacementRule {
  const along = propertySchemasAlong(schema, path);
  const yes = { replaces: 'yes' } as const;
  const maybe = { replaces: 'maybe' } as const;
  if (along.some(({ replaces }) => replaces === 'yes')) return { ...yes, source: 'specification' };
  if (covers(schema.replacingPaths, path) === 'whole') return { ...yes, source: 'specification' };
  const createOnly = covers(schema.createOnly, path);
  if (createOnly === 'whole') return { ...yes, source: 'create-only' };
  if (along.some(({ replaces }) => replaces === 'maybe')) return { ...maybe, source: 'specification' };
  if (covers(schema.conditionalCreateOnly, path) !== undefined) return { ...maybe, source: 'conditional-create-only' };
  if (createOnly === 'part') return { ...maybe, source: 'create-only' };
  if (covers(schema.replacingPaths, path) === 'part') return { ...maybe, source: 'specification' };
  return { replaces: 'no', source: 'none' };
}

/** `whole`: a listed path is `path` or lies around it. `part`: one lies inside it. */
function covers(listed: readonly string[] | undefined, path: TemplatePath): 'whole' | 'part' | undefined {
  let covered: 'part' | undefined;
  for (const pattern of listed ?? []) {
    const names = pattern.split('/');
    const shared = Math.min(names.length, path.length);
    const fits = names.slice(0, shared).every((name, index) => name === '*' || name === String(path[index]));
    if (!fits) continue;
    if (names.length <= path.length) return 'whole';
    covered = 'part';
  }
  return covered;
}
