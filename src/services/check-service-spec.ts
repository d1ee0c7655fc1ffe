import type {
  InputsRefusal,
  InstanceSpec,
  ServiceSpec,
  ServiceSpecReading,
  SpecProblem,
  SpecRefusal,
} from '../bundles/index.ts';
import type { Db } from '../database/index.ts';
import { accept, placeOf, type Refusal, type Result } from '../errors/index.ts';
import type { YamlNode } from '../yaml-source/index.ts';
import { environmentFor, type FindEnvironment, type InstanceEnvironmentRefusal } from './instance-environment.ts';
import { instanceInputs, pipelineInputs, type ServiceTemplate } from './service-template.ts';

export type ServiceSpecRefusal = SpecRefusal | InputsRefusal | InstanceEnvironmentRefusal | Refusal<'spec-refused'>;

/** What of a spec is about to be deployed. */
export interface SpecParts {
  /** Absent: all instances. */
  readonly instances?: readonly string[];
  readonly pipeline?: boolean;
}

/**
 * Whether a spec is well-formed and what is to be deployed of it fits: environments, and inputs against the schema.
 * @refuses with the one refusal where one thing is wrong, and with spec-refused, naming all of it, where several are
 */
export async function checkServiceSpec(
  tx: Db,
  find: FindEnvironment,
  read: ServiceTemplate,
  reading: ServiceSpecReading,
  parts: SpecParts,
): Promise<Result<ServiceSpec, ServiceSpecRefusal>> {
  const { spec, refusal: malformed } = reading;
  if (!spec) return { ok: false, refusal: reading.refusal };
  const wrong: Wrong[] = malformed ? [{ refusal: malformed, problems: malformed.problems }] : [];
  const isSaid = (node: YamlNode | undefined) => wrong[0]?.problems.some(({ position }) => position === node?.position);
  if (parts.pipeline && !isSaid(spec.pipeline)) {
    const inputs = pipelineInputs(read, spec);
    if (!inputs.ok) wrong.push(wrongInputs(inputs.refusal, 'pipeline'));
  }
  for (const instance of spec.instances.filter(({ name }) => parts.instances?.includes(name) ?? true)) {
    const environment = instance.environment && (await environmentFor(tx, find, instance, read));
    if (environment && !environment.ok) wrong.push(wrongEnvironment(environment.refusal, instance));
    const inputs = isSaid(instance.inputs) || instanceInputs(read, instance);
    if (inputs !== true && !inputs.ok) wrong.push(wrongInputs(inputs.refusal, `${instance.path}.spec`));
  }
  const [first, ...more] = wrong;
  if (!first) return accept(spec);
  return { ok: false, refusal: more.length === 0 ? first.refusal : severalThings(wrong) };
}

/** A refusal, and the places of the spec that it names. */
interface Wrong {
  readonly refusal: ServiceSpecRefusal;
  readonly problems: readonly SpecProblem[];
}

function wrongInputs(refusal: InputsRefusal, within: string): Wrong {
  const problems = refusal.issues.map(({ path, position, message }) => ({
    position,
    message: `${[within, path].filter(Boolean).join('.')}: ${message}`,
  }));
  return { refusal, problems };
}

function wrongEnvironment(refusal: InstanceEnvironmentRefusal, { path, environmentPosition }: InstanceSpec): Wrong {
  const message = `${path}.environment: ${refusal.message} ${refusal.remedy}`;
  return { refusal, problems: [{ position: environmentPosition, message }] };
}

function severalThings(wrong: readonly Wrong[]): Refusal<'spec-refused'> {
  const problems = wrong
    .flatMap((each) => each.problems)
    .toSorted(({ position: left }, { position: right }) => left.line - right.line || left.column - right.column);
  const lines = problems.map(({ position, message }) => `${placeOf(position)}: ${message}`);
  return {
    kind: 'invalid',
    code: 'spec-refused',
    message: `Several things in the spec are wrong.\n${lines.join('\n')}`,
    remedy: 'Correct the named places.',
    position: problems[0]?.position,
  };
}
