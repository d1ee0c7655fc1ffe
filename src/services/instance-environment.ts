import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse, type SourcePosition } from '../errors/index.ts';
import type { Placement } from '../provisioners/index.ts';
import { type VersionNumber, versionText } from '../templates/index.ts';
import type { ServiceTemplate } from './service-template.ts';

/** What an instance needs to know of the environment that it runs in. */
export interface InstanceEnvironment {
  readonly name: string;
  readonly arn: string;
  readonly templateName: string;
  /** Absent before its first success. */
  readonly deployedVersion?: VersionNumber;
  readonly placements: readonly Placement[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly lastSucceededDeploymentId?: string;
}

export type FindEnvironment = (db: Db, name: string) => Promise<InstanceEnvironment | undefined>;

export type InstanceEnvironmentRefusal = Refusal<
  'instance-environment-missing' | 'instance-environment-not-ready' | 'instance-environment-incompatible'
>;

/**
 * The environment of an instance, fit for the version that is to be deployed into it.
 * @refuses an environment that is not there, was never deployed, or whose template the version does not list
 */
export async function environmentFor(
  db: Db,
  find: FindEnvironment,
  instance: { readonly name: string; readonly environment: string; readonly environmentPosition?: SourcePosition },
  { version }: ServiceTemplate,
): Promise<Result<InstanceEnvironment, InstanceEnvironmentRefusal>> {
  const no = <Code extends string>(code: Code, message: string, remedy: string) =>
    refuse({ kind: 'invalid', code, message, remedy, position: instance.environmentPosition });
  const environment = await find(db, instance.environment);
  if (!environment) {
    return no(
      'instance-environment-missing',
      `The instance ${instance.name} names the environment ${instance.environment}, which does not exist.`,
      'Name an environment that exists; list-environments shows them.',
    );
  }
  const { deployedVersion, templateName } = environment;
  if (!deployedVersion) {
    return no(
      'instance-environment-not-ready',
      `The environment ${environment.name} was never deployed successfully.`,
      'Wait until its deployment has succeeded, or mend it first.',
    );
  }
  const fits = version.compatibleEnvironments.some(
    (each) => each.templateName === templateName && each.majorVersion === deployedVersion.major,
  );
  if (fits) return accept(environment);
  const listed = version.compatibleEnvironments.map((each) => `${each.templateName}:${each.majorVersion}`).join(', ');
  return no(
    'instance-environment-incompatible',
    `The environment ${environment.name} is of the template ${templateName}, version ${versionText(deployedVersion)}; version ${versionText(version)} of ${version.templateName} runs in ${listed || 'none'}.`,
    'Choose another environment or another version; a platform engineer can add the environment template to the compatible ones.',
  );
}
