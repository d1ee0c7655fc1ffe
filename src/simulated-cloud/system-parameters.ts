import type { Place } from './account-index.ts';
import type { CloudTools } from './action.ts';
import { drawFrom } from './physical-ids/draw.ts';

/**
 * Value of a parameter of the parameter store: one that a stack has made, or one of the public ones below
 * `/aws/service/`, for which a plausible value is drawn. undefined: there is no such parameter.
 */
export async function parameterValue(
  { state }: CloudTools,
  { accountId, region }: Place,
  name: string,
): Promise<string | undefined> {
  if (name.startsWith('/aws/service/')) return publicValue(state.seed, region, name);
  const account = await state.account(accountId);
  const taken = account.taken(region, { type: 'AWS::SSM::Parameter', name, unique: 'region' });
  const stack = taken?.stackId === undefined ? undefined : await state.stack(taken.stackId);
  const value = stack?.resources.get(taken?.logicalId ?? '')?.properties.Value;
  return value === undefined ? undefined : String(value);
}

/** Most public parameters name a machine image. Source: AWS Systems Manager user guide, "Public parameters". */
function publicValue(seed: string, region: string, name: string): string {
  const draw = drawFrom(seed, region, name);
  return /(image_id|ami)/i.test(name) ? `ami-${draw.hex(17)}` : draw.alphanumeric(12);
}
