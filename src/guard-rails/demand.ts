import { type EvaluatedValue, isUnknown } from '../cloudformation/index.ts';
import type { CheckedResource, CheckedStack, Problem } from './guard-rail.ts';
import { isWritten, readOne, readProperty } from './property-reading.ts';

/** What a property of a type has to be. */
export interface Demand {
  readonly type: string;
  /** As readProperty takes it. */
  readonly path: string;
  /** Of the value as text; absent: it must be written, whatever it is. */
  readonly good?: RegExp;
  /** What counts where nothing is written. Absent: that is bad. */
  readonly absent?: 'good' | 'unknown';
  /** Another property that makes it needless, or with a value here: that makes it needless when it is this. */
  readonly unless?: string | readonly [path: string, value: RegExp];
  /** Other properties that say where the value comes from: then it is not known. */
  readonly takenFrom?: readonly string[];
  /** What is wrong, after the name of the type. */
  readonly wrong: string;
}

/** What does not fulfil its demands, and what may not. */
export function unfulfilled(stack: CheckedStack, demands: readonly Demand[]): readonly Problem[] {
  const byType = Map.groupBy(demands, ({ type }) => type);
  return stack.resources.flatMap((resource) =>
    (byType.get(resource.type) ?? []).flatMap((demand) => unfulfilledBy(resource, demand)),
  );
}

function unfulfilledBy({ logicalId, type, properties }: CheckedResource, demand: Demand): readonly Problem[] {
  if (isNeedless(properties, demand)) return [];
  return readProperty(properties, demand.path).flatMap(({ path: property, value }): Problem[] => {
    const fulfilled = isFulfilled(demand, value);
    const taken = demand.takenFrom?.find((path) => readOne(properties, path) !== undefined);
    if (fulfilled === true) return [];
    if (fulfilled === undefined || (value === undefined && taken !== undefined)) {
      const why =
        taken === undefined || isUnknown(value) ? 'is not known before it is deployed' : `comes from ${taken}`;
      return [
        { logicalId, type, property, message: `${property} ${why}: perhaps it ${demand.wrong}`, isUnknown: true },
      ];
    }
    return [{ logicalId, type, property, message: `It ${demand.wrong}` }];
  });
}

function isNeedless(properties: CheckedResource['properties'], { unless }: Demand): boolean {
  if (unless === undefined) return false;
  const [path, value] = typeof unless === 'string' ? [unless] : unless;
  const other = readOne(properties, path);
  if (value === undefined) return other !== undefined;
  return other !== undefined && !isUnknown(other) && value.test(String(other));
}

/** undefined: nobody knows. */
function isFulfilled({ good, absent }: Demand, value: EvaluatedValue | undefined): boolean | undefined {
  if (value === undefined) return absent === 'good' ? true : absent === 'unknown' ? undefined : false;
  if (!good) return isWritten(value);
  if (isUnknown(value)) return undefined;
  return typeof value !== 'object' && good.test(String(value));
}
