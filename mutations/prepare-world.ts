import { dynamicReferencesIn, parseStackTemplate } from '../src/cloudformation/index.ts';
import type { DeployableCase, DeployableVersion } from './deployable-case.ts';

/** Something that the simulated cloud is told by its control door: what a case reads and does not make. */
export interface WorldFact {
  readonly path: '/values' | '/objects';
  readonly body: Readonly<Record<string, unknown>>;
}

/** Stored values and templates of children that both versions read. @param place where the case is deployed */
export function worldOf(
  { before, after }: DeployableCase,
  place: { readonly accountId: string; readonly region: string },
): readonly WorldFact[] {
  const versions = [before, ...(typeof after === 'string' ? [] : [after])];
  const values = versions.flatMap((version) => [...storedParameters(version), ...referencedValues(version)]);
  return [
    ...values.map((value): WorldFact => ({ path: '/values', body: { ...place, ...value } })),
    ...versions.flatMap(childTemplates),
  ];
}

interface StoredValue {
  readonly name: string;
  readonly kind: 'String' | 'SecureString' | 'Secret';
  readonly value: string;
}

const image = 'ami-0a1b2c3d4e5f60718';

function storedParameters({ text, parameters }: DeployableVersion): readonly StoredValue[] {
  const parsed = parseStackTemplate(text, 'case');
  if (!parsed.ok) return [];
  return [...parsed.value.parameters.values()].flatMap(({ name, type, default: usual }): StoredValue[] => {
    const key = parameters[name] ?? usual;
    if (!type.startsWith('AWS::SSM::Parameter::Value<') || key === undefined) return [];
    return [{ name: key, kind: 'String', value: type.includes('Image') ? image : 'value' }];
  });
}

function referencedValues({ text, parameters }: DeployableVersion): readonly StoredValue[] {
  const filled = text.replace(/\$\{(\w+)\}/g, (whole, name: string) => parameters[name] ?? whole);
  return dynamicReferencesIn(filled).flatMap(({ service, key }): StoredValue[] => {
    if (service === 'secretsmanager') {
      const [id = '', , member = 'password'] = /^arn:/.test(key) ? arnParts(key) : key.split(':');
      return [{ name: id, kind: 'Secret', value: JSON.stringify({ [member]: 'a-long-Secret-1', username: 'owner' }) }];
    }
    const [name = '', version = '1'] = key.split(':');
    const kind = service === 'ssm' ? 'String' : 'SecureString';
    // each writing of a value is its next version
    return Array.from({ length: Number(version) || 1 }, () => ({ name, kind, value: 'a-long-Value-1' }));
  });
}

function arnParts(key: string): string[] {
  const parts = key.split(':');
  return [parts.slice(0, 7).join(':'), ...parts.slice(7)];
}

/** Of every child a template that takes what it is given, and offers what is read of it. */
function childTemplates({ text }: DeployableVersion): readonly WorldFact[] {
  const parsed = parseStackTemplate(text, 'case');
  if (!parsed.ok) return [];
  return [...parsed.value.resources.values()].flatMap(({ type, properties }): WorldFact[] => {
    const { TemplateURL: url, Parameters: given } = properties;
    if (type !== 'AWS::CloudFormation::Stack' || typeof url !== 'string') return [];
    const parameters = typeof given === 'object' ? Object.keys(given) : [];
    // a child may do anything when it is given anything else: what it offers hangs on all that it is given
    const all = { 'Fn::Join': ['-', [url.replace(/\W+/g, '-'), ...parameters.map((name) => ({ Ref: name }))]] };
    const outputs = new Set([...text.matchAll(/\bOutputs\.(\w+)/g)].map(([, name]) => name ?? ''));
    const body = {
      Parameters: Object.fromEntries(parameters.map((name) => [name, { Type: 'String', Default: '' }])),
      Resources: { Inside: { Type: 'AWS::SNS::Topic' } },
      Outputs: Object.fromEntries([...outputs].map((name) => [name, { Value: all }])),
    };
    return [{ path: '/objects', body: { url, body: JSON.stringify(body) } }];
  });
}
