import type { Inputs } from '../src/bundles/index.ts';
import type { OutputReader } from '../src/changes/index.ts';
import { type ParameterDeclaration, parseStackTemplate } from '../src/cloudformation/index.ts';
import type { CaseVersion, MutationCase } from './case-folder.ts';
import { caseUpgrade } from './case-upgrade.ts';
import { caseVersion } from './case-versions.ts';

/** One side of a case as it is sent to CloudFormation. */
export interface DeployableVersion {
  readonly text: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface DeployableCase {
  readonly id: string;
  readonly before: DeployableVersion;
  /** A text: the version is refused before anything is sent, with these words. */
  readonly after: DeployableVersion | string;
  /** Exports that another stack imports meanwhile, by the key of the output. */
  readonly importedExports: readonly string[];
  /** What the update acknowledges; absent: all there is. */
  readonly capabilities: readonly string[] | undefined;
}

/** What a world gives to a parameter; undefined: it has nothing of the kind, and any value will do. */
export type LookUp = (parameter: ParameterDeclaration) => string | undefined;

/**
 * A case with values for all that its world would give it. A case whose first version is refused throws.
 * @param lookUp of a world that looks whether what it is told of is there; absent: made up
 */
export function deployableCase(mutation: MutationCase, lookUp: LookUp = () => undefined): DeployableCase {
  const { id, before, after, instance, read } = mutation;
  const { context, inputs } = instance;
  const upgrade = caseUpgrade(mutation);
  const world: World = { lookUp, given: new Map() };
  const was = deployableVersion(before, read(before.template), context.environmentOutputs, inputs, world);
  if (typeof was === 'string') throw new Error(`${id}: ${was}`);
  const upgraded = upgrade(inputs);
  const offered = context.environmentOutputs;
  const refusals = [
    upgraded.ok ? undefined : upgraded.refusal.message,
    context.environment !== undefined && after.compatibleEnvironments?.includes(context.environment) === false
      ? `not compatible with ${context.environment}`
      : undefined,
  ];
  const refused = refusals.find((each) => each !== undefined);
  const sent = () => deployableVersion(after, read(after.template), offered, upgraded.ok ? upgraded.value : {}, world);
  const is = refused ?? sent();
  const unread = typeof is === 'string' ? undefined : outputThatLacks(is, context.outputReaders ?? []);
  return {
    id,
    before: was,
    after: unread ?? is,
    importedExports: context.importedExports ?? [],
    capabilities: context.acknowledgedCapabilities,
  };
}

/** Who reads an output that the new version has not: CloudFormation does not know him, Deuteron refuses. */
function outputThatLacks({ text }: DeployableVersion, readers: readonly OutputReader[]): string | undefined {
  const parsed = parseStackTemplate(text, 'after');
  const lacks = readers.find(({ output }) => parsed.ok && !parsed.value.outputs.has(output));
  return lacks && `${lacks.reader} reads the output ${lacks.output}, which is gone`;
}

interface World {
  readonly lookUp: LookUp;
  /** What the environment gave so far: the same name has the same value on both sides. */
  readonly given: Map<string, string>;
}

function deployableVersion(
  version: CaseVersion,
  text: string,
  offered: readonly string[] | undefined,
  stored: Inputs,
  world: World,
): DeployableVersion | string {
  const judged = caseVersion(version, text, offered);
  const parsed = parseStackTemplate(text, version.template);
  if (!judged.ok) return judged.refusal.message;
  if (!parsed.ok) return parsed.refusal.message;
  const { inputSchema, environmentNames, resolve } = judged.value;
  const missing = environmentNames?.find((name) => offered?.includes(name) === false);
  if (missing !== undefined) return `the environment does not offer ${missing}`;
  const resolved = resolve(stored);
  if (!resolved.ok) return resolved.refusal.message;
  const isInput = (name: string) => Object.hasOwn(inputSchema.properties ?? {}, name);
  const parameters: Record<string, string> = {};
  for (const parameter of parsed.value.parameters.values()) {
    const input = version.parameterMap?.[parameter.name] ?? parameter.name;
    if (isInput(input)) {
      const value = resolved.value[input];
      if (value !== undefined && value !== null) parameters[parameter.name] = parameterText(value);
    } else if (parameter.default === undefined || offered?.includes(parameter.name)) {
      const { given, lookUp } = world;
      const value = given.get(parameter.name) ?? lookUp(parameter) ?? environmentValue(parameter);
      given.set(parameter.name, value);
      parameters[parameter.name] = value;
    }
  }
  return { text, parameters };
}

/** Lists are joined by commas. */
function parameterText(value: unknown): string {
  if (Array.isArray(value)) return value.map(parameterText).join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const ids: Readonly<Record<string, string>> = {
  'AWS::EC2::VPC::Id': 'vpc-0a1b2c3d4e5f60718',
  'AWS::EC2::Subnet::Id': 'subnet-0a1b2c3d4e5f60718',
  'AWS::EC2::SecurityGroup::Id': 'sg-0a1b2c3d4e5f60718',
  'AWS::EC2::Image::Id': 'ami-0a1b2c3d4e5f60718',
  'AWS::EC2::Instance::Id': 'i-0a1b2c3d4e5f60718',
  'AWS::EC2::Volume::Id': 'vol-0a1b2c3d4e5f60718',
  'AWS::EC2::KeyPair::KeyName': 'keys',
  'AWS::EC2::AvailabilityZone::Name': 'us-east-1a',
  'AWS::Route53::HostedZone::Id': 'Z0123456789ABCDEFGHIJ',
};

/** What an environment could offer under this name: nothing is known of it but the parameter that reads it. */
function environmentValue({ name, type, allowedValues, minValue }: ParameterDeclaration): string {
  if (allowedValues?.[0] !== undefined) return allowedValues[0];
  const [, item] = /^List<(.+)>$/.exec(type) ?? [];
  const id = ids[item ?? type];
  if (id !== undefined) return item === undefined ? id : `${id},${id.slice(0, -1)}9`;
  if (type === 'Number') return String(minValue ?? 1);
  if (type === 'CommaDelimitedList') return 'one,two';
  if (/arn$/i.test(name)) return `arn:aws:sns:us-east-1:111122223333:${name}`;
  const known = Object.entries(ids).find(([of]) => name.toLowerCase().endsWith(`${of.split('::')[2]}id`.toLowerCase()));
  return known?.[1] ?? `environment-${name.toLowerCase()}`;
}
