import type { Place } from './account-index.ts';
import { drawFrom } from './physical-ids/draw.ts';
import { type StoredValues, storedKey } from './stored-values.ts';

/**
 * Value of a parameter of the parameter store as `AWS::SSM::Parameter::Value<...>` reads it: the latest version, or the
 * one behind a colon; one of the public ones below `/aws/service/`, for which a plausible value is drawn. undefined:
 * there is no such parameter, or it is a secure string, which the type cannot read. Source: user guide, "Specify existing
 * resources at runtime with CloudFormation-supplied parameter types".
 */
export function parameterValue(values: StoredValues, seed: string, place: Place, asked: string): string | undefined {
  const [, name = asked, version] = /^(.*?)(?::(\d+))?$/.exec(asked) ?? [];
  const stored = values.get(storedKey(place, 'String', name));
  if (stored?.kind === 'SecureString') return undefined;
  if (!stored && name.startsWith('/aws/service/')) return publicValue(seed, place.region, name);
  const found = version === undefined ? stored?.versions.at(-1) : stored?.versions.find(({ id }) => id === version);
  return found?.value;
}

/** Most public parameters name a machine image. Source: AWS Systems Manager user guide, "Public parameters". */
function publicValue(seed: string, region: string, name: string): string {
  const draw = drawFrom(seed, region, name);
  return /(image_id|ami)/i.test(name) ? `ami-${draw.hex(17)}` : draw.alphanumeric(12);
}
