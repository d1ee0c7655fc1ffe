import {
  attributeType,
  isCustomResource,
  type PropertyType,
  type ResourceSchema,
  refIdentifier,
  resourceSchema,
  validateProperties,
} from '../../cloudformation/index.ts';
import { drawFrom } from '../physical-ids/draw.ts';
import type { AttributeType, PublishedIdentity } from '../physical-ids/generic-rule.ts';
import type { Json, JsonObject } from '../state/json.ts';
import type { StackResource } from '../state/stack.ts';
import { stackType } from '../state/stack-events.ts';

const identities = new WeakMap<ResourceSchema, PublishedIdentity>();

/** What the published schema says of a type's identity; undefined for types that nobody has published. */
export function publishedIdentity(type: string): PublishedIdentity | undefined {
  const schema = isCustomResource(type) ? undefined : resourceSchema(type);
  if (!schema) return undefined;
  const known = identities.get(schema) ?? {
    refParts: refIdentifier(schema),
    attributes: Object.entries(schema.attributes).map(([name, attribute]) => ({ name, type: plainType(attribute) })),
    properties: new Set(Object.keys(schema.properties)),
  };
  identities.set(schema, known);
  return known;
}

function plainType(type: PropertyType): AttributeType {
  if (typeof type === 'object') {
    if ('list' in type) return 'list';
    if ('any' in type) return plainType(type.any[0] ?? 'string');
    return 'object';
  }
  switch (type) {
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'json':
    case 'tag':
      return 'object';
    default:
      return 'text';
  }
}

/** What `Fn::GetAtt` gives of a resource that is there; undefined: it has no such attribute. */
export function attributeOf(resource: StackResource, name: string): Json | undefined {
  if (Object.hasOwn(resource.attributes, name)) return resource.attributes[name];
  if (attributeType(resource.type, name) === undefined) return undefined;
  if (resource.type === stackType) return undefined; // it has the outputs that it has
  return valueAt(resource.properties, name.split('.')) ?? drawnAttribute(resource, name);
}

export function valueAt(properties: JsonObject, path: readonly string[]): Json | undefined {
  let value: Json | undefined = properties;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as JsonObject)[key];
  }
  return value;
}

/** Custom resources answer whatever is asked of them, and otherwise when they are given something else. */
function drawnAttribute({ type, physicalId, logicalId, properties }: StackResource, name: string): string {
  const given = isCustomResource(type) ? JSON.stringify(properties) : '';
  return `${logicalId}-${name}-${drawFrom(physicalId ?? '', name, given).hex(8)}`;
}

/** The first thing the schema says against the properties, as a resource handler words it. */
export function propertiesFault(type: string, properties: JsonObject): string | undefined {
  return validateProperties(type, properties as Parameters<typeof validateProperties>[1])[0]?.message;
}

/** Whether the tags of a stack are handed on to resources of the type. */
export function takesStackTags(type: string): boolean {
  return resourceSchema(type)?.tags !== undefined;
}
