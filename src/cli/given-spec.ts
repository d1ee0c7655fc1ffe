import { readFile } from 'node:fs/promises';
import type { InstanceSpec, ServiceSpec } from '../bundles/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';

/** The text of the file that `--spec` names. */
export async function readGivenSpec(file: string): Promise<Result<string, Refusal<'spec-unreadable'>>> {
  try {
    return accept(await readFile(file, 'utf8'));
  } catch (error) {
    return refuse({
      kind: 'invalid',
      code: 'spec-unreadable',
      message: `The spec ${file} cannot be read: ${(error as Error).message}.`,
      remedy: 'Name a file that is there and may be read.',
    });
  }
}

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
