import type { Place } from '../state/place.ts';
import { publicParameter } from '../state/public-parameters.ts';
import { type StoredValues, storedKey } from '../state/stored-values.ts';

/**
 * Value of a parameter of the parameter store as `AWS::SSM::Parameter::Value<...>` reads it: the latest version, or the
 * one behind a colon; or one of the public ones. undefined: there is no such parameter, or it is a secure string,
 * which the type cannot read. Source: user guide, "Specify existing resources at runtime with CloudFormation-supplied
 * parameter types".
 */
export function parameterValue(values: StoredValues, place: Place, asked: string): string | undefined {
  const [, name = asked, version] = /^(.*?)(?::(\d+))?$/.exec(asked) ?? [];
  const stored = values.get(storedKey(place, 'String', name));
  if (stored?.kind === 'SecureString') return undefined;
  if (!stored) return publicParameter(place.region, name);
  const found = version === undefined ? stored.versions.at(-1) : stored.versions.find(({ id }) => id === version);
  return found?.value;
}
