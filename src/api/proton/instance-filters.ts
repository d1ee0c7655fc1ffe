import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { type InstanceFilters, type InstanceStaleness, instanceStalenesses } from '../../services/index.ts';
import type * as wire from './generated/types.ts';

export interface ReadInstanceFilters {
  readonly filters: InstanceFilters;
  readonly staleness?: readonly InstanceStaleness[];
}

export type InstanceFilterRefusal = Refusal<'filter-incomplete' | 'filter-value-unknown' | 'filter-time-malformed'>;

const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/**
 * The filters of ListServiceInstances: values of one key are alternatives, different keys must all hold.
 * @refuses a filter without key or value, a status that there is not, a time that is not of RFC 3339
 */
export function readInstanceFilters({
  serviceName,
  filters: given = [],
}: wire.ListServiceInstancesInput): Result<ReadInstanceFilters, InstanceFilterRefusal> {
  const values = new Map<string, string[]>();
  for (const { key, value } of given) {
    if (key === undefined || value === undefined) {
      return no('filter-incomplete', `The filter ${key ?? ''} has no ${key ? 'value' : 'key'}.`, 'Give key and value.');
    }
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  const times = readTimes(values);
  if (!times.ok) return times;
  const staleness = readStaleness(values.get('deployedTemplateVersionStatus'));
  if (!staleness.ok) return staleness;
  const named = values.get('serviceName');
  return accept({
    filters: {
      name: values.get('name'),
      serviceName: serviceName === undefined ? named : [serviceName].filter((name) => named?.includes(name) ?? true),
      environmentName: values.get('environmentName'),
      templateName: values.get('templateName'),
      deploymentStatus: values.get('deploymentStatus'),
      ...times.value,
    },
    staleness: staleness.value,
  });
}

type TimeFilters = Pick<
  InstanceFilters,
  'createdAtBefore' | 'createdAtAfter' | 'lastDeploymentAttemptedAtBefore' | 'lastDeploymentAttemptedAtAfter'
>;

const timeKeys = [
  'createdAtBefore',
  'createdAtAfter',
  'lastDeploymentAttemptedAtBefore',
  'lastDeploymentAttemptedAtAfter',
] as const satisfies readonly (keyof TimeFilters)[];

/** Of alternatives the widest is all that counts. */
function readTimes(values: ReadonlyMap<string, readonly string[]>): Result<TimeFilters, InstanceFilterRefusal> {
  const times: { -readonly [Key in keyof TimeFilters]: Date } = {};
  for (const key of timeKeys) {
    const texts = values.get(key) ?? [];
    const wrong = texts.find((text) => !rfc3339.test(text) || Number.isNaN(Date.parse(text)));
    if (wrong !== undefined) {
      return no(
        'filter-time-malformed',
        `The filter ${key} is ${JSON.stringify(wrong)}, no time.`,
        'Write it as 2026-01-31T12:00:00Z.',
      );
    }
    if (texts.length === 0) continue;
    const widest = key.endsWith('Before') ? Math.max : Math.min;
    times[key] = new Date(widest(...texts.map((text) => Date.parse(text))));
  }
  return accept(times);
}

function readStaleness(
  texts: readonly string[] | undefined,
): Result<readonly InstanceStaleness[] | undefined, InstanceFilterRefusal> {
  if (!texts) return accept(undefined);
  const known: InstanceStaleness[] = [];
  for (const text of texts) {
    const staleness = instanceStalenesses.find((each) => each === text.toUpperCase());
    if (!staleness) {
      return no(
        'filter-value-unknown',
        `The filter deployedTemplateVersionStatus is ${JSON.stringify(text)}.`,
        `It is one of ${instanceStalenesses.join(', ')}.`,
      );
    }
    known.push(staleness);
  }
  return accept(known);
}

function no<Code extends InstanceFilterRefusal['code']>(code: Code, message: string, remedy: string) {
  return refuse({ kind: 'invalid', code, message, remedy });
}
