import type { InstanceSpec, ServiceSpec } from '../bundles/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';

/** The instance that `--instance` names; the first where it is not given. */
export function givenInstance(
  { instances }: ServiceSpec,
  name: string | undefined,
): Result<InstanceSpec, Refusal<'instance-not-in-spec'>> {
  const instance = name === undefined ? instances[0] : instances.find((each) => each.name === name);
  if (instance) return accept(instance);
  return refuse({
    kind: 'invalid',
    code: 'instance-not-in-spec',
    message: `The spec has no instance ${name ?? ''}.`,
    remedy: 'Name one of its instances.',
  });
}
