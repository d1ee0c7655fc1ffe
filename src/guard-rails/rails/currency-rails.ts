import { isUnknown } from '../../cloudformation/index.ts';
import supportEnds from '../data/support-ends.json' with { type: 'json' };
import type { CheckedResource, CheckedStack, Problem, TemplateRail } from '../guard-rail.ts';
import { numberOf } from '../parameter-rule.ts';

const runtimes: Readonly<Record<string, string>> = supportEnds.lambda;
const engines: Readonly<Record<string, Readonly<Record<string, string>>>> = supportEnds.engines;

interface InUse {
  readonly property: string;
  readonly value: CheckedResource['properties'][string] | undefined;
  readonly endOf: (text: string) => string | undefined;
}

function inUse({ type, properties }: CheckedResource): InUse | undefined {
  if (type === 'AWS::Lambda::Function' || type === 'AWS::Serverless::Function')
    return { property: 'Runtime', value: properties.Runtime, endOf: (runtime) => runtimes[runtime] };
  if (!/^AWS::(?:RDS|ElastiCache)::/.test(type) || properties.EngineVersion === undefined) return undefined;
  const engine = properties.Engine;
  if (typeof engine !== 'string') return undefined;
  return {
    property: 'EngineVersion',
    value: properties.EngineVersion,
    endOf: (version) =>
      Object.entries(engines[engine] ?? {}).find(
        ([known]) => version === known || version.startsWith(`${known}.`),
      )?.[1],
  };
}

const dayMs = 24 * 60 * 60 * 1000;

function outdated({ resources, now }: CheckedStack, daysBefore: number): readonly Problem[] {
  return resources.flatMap((resource): Problem[] => {
    const used = inUse(resource);
    if (!used || used.value === undefined) return [];
    const { logicalId, type } = resource;
    const { property, value } = used;
    if (isUnknown(value)) {
      const message = `${property} is not known before it is deployed.`;
      return [{ logicalId, type, property, message, isUnknown: true }];
    }
    const end = used.endOf(String(value));
    if (end === undefined || Date.parse(end) - daysBefore * dayMs > now.getTime()) return [];
    const words = Date.parse(end) <= now.getTime() ? 'ended' : 'ends';
    return [{ logicalId, type, property, message: `The support of ${String(value)} ${words} on ${end}.` }];
  });
}

export const currencyRails: readonly TemplateRail[] = [
  {
    id: 'supported-versions',
    looksAt: 'template',
    about: 'Lambda runtimes and versions of database engines are those that AWS still supports.',
    remedy: 'Move to a newer version; of a database, look at the plan first.',
    parameters: { daysBefore: { kind: 'number', about: 'how many days before the end it is found', usual: 0 } },
    warnsByDefault: true,
    check: (stack, parameters) => outdated(stack, numberOf(parameters, 'daysBefore')),
  },
];
