/**
 * Writes resource-schemas.jsonl anew, from the installed package @aws-cdk/aws-service-spec and, for what it leaves
 * out, from a folder of resource provider schemas (JSON files as AWS publishes them in a zip per region):
 *
 *     node src/cloudformation/data/extract-resource-schemas.ts <folder>
 *
 * The first line names the sources; each further line is one ResourceSchema. Run it after updating the package.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { argv } from 'node:process';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { Resource, ResourceProperties, SpecDatabase, PropertyType as SpecType } from '@aws-cdk/service-spec-types';
import type { PropertySchema, PropertySchemas, PropertyType, ResourceSchema } from '../resource-schema.ts';

/** The parts of a resource provider schema that are read here. */
interface ProviderSchema {
  readonly typeName: string;
  readonly properties?: OrderedProperties;
  readonly definitions?: Record<string, { readonly properties?: OrderedProperties }>;
  readonly createOnlyProperties?: readonly string[];
  readonly conditionalCreateOnlyProperties?: readonly string[];
  readonly writeOnlyProperties?: readonly string[];
  readonly replacementStrategy?: ResourceSchema['replacementStrategy'];
  readonly tagging?: { readonly tagUpdatable?: boolean };
}
type OrderedProperties = Record<string, { readonly insertionOrder?: boolean }>;

function packageVersion(): string {
  const found = createRequire(import.meta.url).resolve('@aws-cdk/aws-service-spec/package.json');
  return (JSON.parse(readFileSync(found, 'utf8')) as { version: string }).version;
}

/** A type may have several schemas, where regions differ. */
function readProviderSchemas(folder: string | undefined): ReadonlyMap<string, readonly ProviderSchema[]> {
  if (!folder) throw new Error('Give the folder of the resource provider schemas.');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const schemas = files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ProviderSchema);
  return Map.groupBy(schemas, ({ typeName }) => typeName);
}

function describe(resource: Resource, provided: readonly ProviderSchema[]): ResourceSchema {
  const definitions = new Definitions(database, provided);
  const properties = definitions.describeAll(
    resource.properties,
    provided.map((schema) => schema.properties),
  );
  const attributes = Object.entries(resource.attributes).map(([name, { type }]) => [name, definitions.typeOf(type)]);
  const { tagInformation, scrutinizable } = resource;
  return {
    type: resource.cloudFormationType,
    properties,
    definitions: Object.fromEntries([...definitions.described].sort(([a], [b]) => (a < b ? -1 : 1))),
    attributes: Object.fromEntries(attributes),
    primaryIdentifier: resource.primaryIdentifier ?? [],
    refIdentifier: resource.cfnRefIdentifier,
    stateful: resource.isStateful || undefined,
    scrutiny: scrutinizable === 'None' ? undefined : scrutinizable,
    tags: tagInformation && { property: tagInformation.tagPropertyName, form: tagInformation.variant },
    tagsUpdatable: provided.some(({ tagging }) => tagging?.tagUpdatable === false) ? false : undefined,
    transform: resource.cloudFormationTransform,
    replacingPaths: unlessEmpty(resource.additionalReplacementProperties?.map((path) => path.join('/'))),
    createOnly: paths(provided, 'createOnlyProperties'),
    conditionalCreateOnly: paths(provided, 'conditionalCreateOnlyProperties'),
    writeOnly: paths(provided, 'writeOnlyProperties'),
    replacementStrategy: provided.find(({ replacementStrategy }) => replacementStrategy)?.replacementStrategy,
  };
}

type PathMember = 'createOnlyProperties' | 'conditionalCreateOnlyProperties' | 'writeOnlyProperties';

function paths(provided: readonly ProviderSchema[], member: PathMember): readonly string[] | undefined {
  const pointers = provided.flatMap((schema) => schema[member] ?? []);
  return unlessEmpty(
    pointers.map((pointer) => pointer.replace('/properties/', '').replaceAll('/items/', '/*/')).sort(),
  );
}

function unlessEmpty(list: readonly string[] | undefined): readonly string[] | undefined {
  return list && list.length > 0 ? [...new Set(list)] : undefined;
}

/** The definitions that the properties of one resource type reach, named as they are published. */
class Definitions {
  readonly described = new Map<string, PropertySchemas>();
  readonly #names = new Map<string, string>();
  readonly #database: SpecDatabase;
  readonly #provided: readonly ProviderSchema[];

  constructor(database: SpecDatabase, provided: readonly ProviderSchema[]) {
    this.#database = database;
    this.#provided = provided;
  }

  describeAll(properties: ResourceProperties, provided: readonly (OrderedProperties | undefined)[]): PropertySchemas {
    const described = Object.entries(properties).map(([name, property]): [string, PropertySchema] => {
      const unordered = provided.some((schema) => schema?.[name]?.insertionOrder === false);
      const { type, previousTypes, required, causesReplacement, scrutinizable, deprecated } = property;
      return [
        name,
        {
          type: this.typeOf(type),
          formerly: previousTypes?.map((former) => this.typeOf(former)),
          required: required || undefined,
          replaces: causesReplacement === 'no' ? undefined : causesReplacement,
          unordered: unordered || undefined,
          scrutiny: scrutinizable === 'None' ? undefined : scrutinizable,
          ignored: deprecated === 'IGNORE' || undefined,
        },
      ];
    });
    return Object.fromEntries(described);
  }

  typeOf(type: SpecType): PropertyType {
    switch (type.type) {
      case 'ref':
        return { of: this.#define(type.reference.$ref) };
      case 'array':
        return { list: this.typeOf(type.element) };
      case 'map':
        return { map: this.typeOf(type.element) };
      case 'union':
        return { any: type.types.map((member) => this.typeOf(member)) };
      default:
        return type.type;
    }
  }

  /** Definitions may hold each other, so a name is given before its members are described. */
  #define(id: string): string {
    const known = this.#names.get(id);
    if (known) return known;
    const { name, properties } = this.#database.get('typeDefinition', id);
    const taken = [...this.#names.values()].filter((other) => other === name || other.startsWith(`${name}#`)).length;
    const unique = taken === 0 ? name : `${name}#${taken + 1}`;
    this.#names.set(id, unique);
    const provided = this.#provided.map(({ definitions }) => definitions?.[name]?.properties);
    this.described.set(unique, this.describeAll(properties, provided));
    return unique;
  }
}

const database = loadAwsServiceSpecSync();
const providers = readProviderSchemas(argv[2]);
const resources = [...database.all('resource')].sort((a, b) => (a.cloudFormationType < b.cloudFormationType ? -1 : 1));
const sources = { '@aws-cdk/aws-service-spec': packageVersion(), providerSchemas: providers.size };
const lines = [
  sources,
  ...resources.map((resource) => describe(resource, providers.get(resource.cloudFormationType) ?? [])),
];
writeFileSync(
  join(import.meta.dirname, 'resource-schemas.jsonl'),
  lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
);
