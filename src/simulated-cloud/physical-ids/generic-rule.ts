import type { IdentityRule, Pattern } from './identity-rule.ts';

/** What the published schema of a type says of its identity. */
export interface PublishedIdentity {
  /** Names of what `Ref` gives, in order: properties or attributes. */
  readonly refParts: readonly string[];
  readonly attributes: readonly { readonly name: string; readonly type: AttributeType }[];
  /** Names of the properties that a template may give. */
  readonly properties: ReadonlySet<string>;
}

export type AttributeType = 'text' | 'number' | 'boolean' | 'list' | 'object';

/** The rule for a type without one of its own: ids and attributes in the form that their names suggest. */
export function genericRule(type: string, published: PublishedIdentity | undefined): IdentityRule {
  if (!published) return { name: nameRuleWithout, id: '{name}' };
  const nameProperty = published.refParts.find((part) => /Name$/.test(part) && published.properties.has(part));
  const id = published.refParts.map((part) => refPart(part, type, published)).join('|') || '{name}';
  return {
    name: nameProperty ? { property: nameProperty, lengthMax: 64, unique: 'region' } : nameRuleWithout,
    id,
    attributes: Object.fromEntries(
      published.attributes.map((attribute) => [attribute.name, attributePattern(attribute, type, published)]),
    ),
  };
}

const nameRuleWithout = { property: '-', lengthMax: 64, unique: 'no' } as const;

function refPart(part: string, type: string, published: PublishedIdentity): string {
  if (/Name$/.test(part) && published.properties.has(part)) return '{name}';
  const generated = /Arn$/i.test(part) ? arnPattern(type) : drawnId(part);
  return published.properties.has(part) ? `{=${part}|${generated}}` : generated;
}

/** Named after its part, so that the id and an attribute of the same name agree. */
function drawnId(part: string): string {
  if (/Name$/.test(part)) return '{name}';
  if (/Ur[il]$/.test(part)) return `https://{alnum10:${part}}.{region}.{suffix}/`;
  return `{alnum16:${part}}`;
}

/** The name of the service as ARNs write it. */
function serviceOf(type: string): string {
  return (type.split('::')[1] ?? 'service').toLowerCase();
}

function arnPattern(type: string): string {
  const kind = (type.split('::')[2] ?? 'resource').toLowerCase();
  return `arn:{partition}:${serviceOf(type)}:{region}:{account}:${kind}/{name}`;
}

function attributePattern(
  attribute: PublishedIdentity['attributes'][number],
  type: string,
  published: PublishedIdentity,
): Pattern {
  const last = attribute.name.split('.').at(-1) ?? attribute.name;
  if (published.refParts.length === 1 && published.refParts[0] === attribute.name) return '{id}';
  const [first = ''] = attribute.name.split('.');
  const given = published.properties.has(first) ? attribute.name : undefined;
  switch (attribute.type) {
    case 'number':
      return /Port$/.test(last) ? 443 : 1;
    case 'boolean':
      return false;
    case 'list':
      return [];
    case 'object':
      return '{}';
    case 'text': {
      const guess = textPattern(last, type);
      return given ? `{=${given}|${guess}}` : guess;
    }
  }
}

function textPattern(name: string, type: string): string {
  if (/Arn$/i.test(name)) return arnPattern(type);
  if (/(Time|Date|At|Timestamp)$/.test(name)) return '{now}';
  if (/(Status|State)$/.test(name)) return 'ACTIVE';
  if (/Version$/.test(name)) return '{generation}';
  if (/Port$/.test(name)) return '443';
  if (/(Endpoint|Address|DnsName|DNSName|DomainName|Host)$/.test(name)) {
    return `{alnum12:${name}}.${serviceOf(type)}.{region}.{suffix}`;
  }
  if (/(Account|AccountId|Owner|OwnerId)$/.test(name)) return '{account}';
  return drawnId(name);
}
