import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { canonicalJson } from '../identifiers/index.ts';

/** One instance of a service spec, its text already read. */
export interface WantedInstance {
  readonly name: string;
  readonly environment: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface WantedService {
  /** Absent and empty mean the same: a service template without pipeline inputs. */
  readonly pipeline?: Readonly<Record<string, unknown>>;
  readonly instances: readonly WantedInstance[];
}

export interface InstanceChanges {
  readonly added: readonly WantedInstance[];
  /** Names of the instances that the wanted spec leaves out. */
  readonly removed: readonly string[];
}

export type InstanceChangesRefusal = Refusal<'service-spec-edits-instance' | 'service-spec-edits-pipeline'>;

/**
 * What an UpdateService adds and removes. Instances that stay, and the pipeline, must be as they are: they are changed
 * by UpdateServiceInstance and UpdateServicePipeline. Compared by meaning, not by text.
 * Source: AWS Proton user guide, "Edit a service".
 */
export function instanceChanges(
  service: string,
  current: WantedService,
  wanted: WantedService,
): Result<InstanceChanges, InstanceChangesRefusal> {
  if (canonicalJson(current.pipeline ?? {}) !== canonicalJson(wanted.pipeline ?? {})) {
    return refuse({
      kind: 'invalid',
      code: 'service-spec-edits-pipeline',
      message: 'The spec changes the inputs of the service pipeline.',
      remedy: `A change of a whole service only adds and removes instances. The pipeline is changed by itself: deuteron pipeline plan ${service}, or UpdateServicePipeline.`,
    });
  }
  const now = new Map(current.instances.map((instance) => [instance.name, instance]));
  const edited = wanted.instances.filter(({ name, ...rest }) => {
    const { name: _, ...before } = now.get(name) ?? { name, ...rest };
    return canonicalJson(before) !== canonicalJson(rest);
  });
  const [first] = edited;
  if (first) {
    return refuse({
      kind: 'invalid',
      code: 'service-spec-edits-instance',
      message: `The spec changes existing instances: ${edited.map(({ name }) => name).join(', ')}.`,
      remedy: `A change of a whole service only adds and removes instances. One that stays is changed by itself: deuteron instance plan ${service} ${first.name} --spec <file>, or UpdateServiceInstance. Write "\${Proton::CURRENT_VAL}" for values that stay.`,
    });
  }
  const kept = new Set(wanted.instances.map(({ name }) => name));
  return accept({
    added: wanted.instances.filter(({ name }) => !now.has(name)),
    removed: [...now.keys()].filter((name) => !kept.has(name)),
  });
}
