import type { DeployableVersion } from '../../mutations/deployable-case.ts';
import { cidrBlocks } from '../../src/cloudformation/cidr-blocks.ts';
import {
  expandTransforms,
  parseStackTemplate,
  type ResourceDeclaration,
  type StackTemplate,
} from '../../src/cloudformation/index.ts';

/** A version as it is sent to moto. */
export interface VersionForMoto extends DeployableVersion {
  /** Of the resources in it, by logical id. */
  readonly types: ReadonlyMap<string, string>;
}

/** With serverless resources as the plain ones that they become: moto runs no transforms. */
export function resourcesOf({ text }: DeployableVersion): readonly ResourceDeclaration[] {
  return [...expanded(text).resources.values()];
}

/**
 * A version without some of its resources: what is read of them is a text that stays the same. Without outputs, of which
 * nothing hangs that is compared, and as JSON, in which moto finds the entries of mappings.
 * @param leftOut logical ids
 */
export function templateForMoto(version: DeployableVersion, leftOut: ReadonlySet<string>): VersionForMoto {
  const { body, parameters, resources } = expanded(version.text);
  const { Transform, Outputs, Resources, Parameters, ...rest } = body;
  const usual = [...parameters.values()].map(({ name, default: text }) => [name, text]);
  const reading = { leftOut, values: { ...Object.fromEntries(usual), ...version.parameters } };
  const kept = Object.entries(Resources as Record<string, unknown>).filter(([id]) => !leftOut.has(id));
  const sent = {
    ...rest,
    ...(Parameters !== undefined && { Parameters: withTexts(Parameters as Declarations) }),
    Resources: Object.fromEntries(kept.map(([id, resource]) => [id, asMotoReads(resource, reading)])),
  };
  const types = new Map(kept.map(([id]) => [id, resources.get(id)?.type ?? '']));
  return { text: JSON.stringify(sent), parameters: version.parameters, types };
}

function expanded(text: string): StackTemplate {
  const parsed = parseStackTemplate(text, 'case');
  const plain = parsed.ok ? expandTransforms(parsed.value, { region: 'us-east-1' }) : parsed;
  if (!plain.ok) throw new Error(plain.refusal.message);
  return plain.value;
}

type Declarations = Readonly<Record<string, { readonly Type: string }>>;

/** moto makes numbers of what CloudFormation has as texts, and finds no entry of a mapping by them. */
function withTexts(declarations: Declarations): Declarations {
  return Object.fromEntries(
    Object.entries(declarations).map(([name, declaration]) => [
      name,
      declaration.Type === 'Number' ? { ...declaration, Type: 'String' } : declaration,
    ]),
  );
}

interface Reading {
  readonly leftOut: ReadonlySet<string>;
  /** Of parameters, by name. */
  readonly values: Readonly<Record<string, string | undefined>>;
}

function asMotoReads(value: unknown, reading: Reading): unknown {
  const { leftOut, values } = reading;
  if (Array.isArray(value)) return value.map((each) => asMotoReads(each, reading));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': sub, 'Fn::Cidr': blocks } = value as Record<string, unknown>;
  if (typeof Ref === 'string' && leftOut.has(Ref)) return standIn(Ref);
  if (Array.isArray(attribute) && leftOut.has(String(attribute[0]))) return standIn(attribute.join('.'));
  if (typeof sub === 'string') return { 'Fn::Sub': withoutPlaces(sub, leftOut) };
  if (Array.isArray(sub)) return { 'Fn::Sub': [withoutPlaces(String(sub[0]), leftOut), asMotoReads(sub[1], reading)] };
  if (Array.isArray(blocks)) {
    // a function that moto does not have
    const [block, count, bits] = blocks as [{ readonly Ref?: string }, unknown, unknown];
    return cidrBlocks(values[block.Ref ?? ''] ?? '', Number(count), Number(bits));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === 'DependsOn' ? [each].flat().filter((id) => !leftOut.has(String(id))) : asMotoReads(each, reading),
    ]),
  );
}

function withoutPlaces(text: string, leftOut: ReadonlySet<string>): string {
  return text.replace(/\$\{(\w+)((?:\.\w+)*)\}/g, (whole, id: string, rest: string) =>
    leftOut.has(id) ? standIn(id + rest) : whole,
  );
}

/** moto looks whether targets of rules are ARNs. */
function standIn(read: string): string {
  return `arn:aws:lambda:us-east-1:123456789012:function:${read.replaceAll('.', '-').toLowerCase()}`;
}
