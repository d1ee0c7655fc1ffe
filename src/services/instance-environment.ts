import { environmentTexts, type ProvisioningMethod } from '../bundles/index.ts';
import type { Db } from '../database/index.ts';
import type { RightsRefusal } from '../environments/index.ts';
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
  /** Its infrastructure goes, or is partly gone. */
  readonly isBeingDeleted: boolean;
  /** Whether the environment has what a method of provisioning needs. */
  readonly checkMethod: (method: ProvisioningMethod) => Result<void, MethodRefusal>;
  readonly placements: readonly Placement[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly lastSucceededDeploymentId?: string;
}

export type MethodRefusal = Refusal<'method-not-available'> | RightsRefusal;

export type FindEnvironment = (db: Db, name: string) => Promise<InstanceEnvironment | undefined>;

/** Asks for each environment once: for one transaction, in which none that is needed goes. */
export function findOnce(find: FindEnvironment): FindEnvironment {
  const found = new Map<string, ReturnType<FindEnvironment>>();
  return (db, name) => {
    const known = found.get(name) ?? find(db, name);
    found.set(name, known);
    return known;
  };
}

export type InstanceEnvironmentRefusal =
  | MethodRefusal
  | Refusal<'instance-environment-missing' | 'instance-environment-not-ready' | 'instance-environment-incompatible'>;

/**
 * The environment of an instance, fit for the version that is to be deployed into it.
 * @refuses an environment that is not there, was never deployed, is being deleted, whose template the version does not
 *   list, or that lacks what the version's method of provisioning needs
 */
export async function environmentFor(
  db: Db,
  find: FindEnvironment,
  instance: { readonly name: string; readonly environment: string; readonly environmentPosition?: SourcePosition },
  { version, instanceMethod }: ServiceTemplate,
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
  if (environment.isBeingDeleted) {
    return no(
      'instance-environment-not-ready',
      `The environment ${environment.name} is being deleted, or its deletion has failed.`,
      'Choose another environment; or deploy this one again if it shall stay.',
    );
  }
  const fits = version.compatibleEnvironments.some(
    (each) => each.templateName === templateName && each.majorVersion === deployedVersion.major,
  );
  if (fits) {
    const may = environment.checkMethod(instanceMethod);
    return may.ok
      ? accept(environment)
      : { ok: false, refusal: { position: instance.environmentPosition, ...may.refusal } };
  }
  const listed = environmentTexts(version.compatibleEnvironments).join(', ');
  return no(
    'instance-environment-incompatible',
    `The environment ${environment.name} is of the template ${templateName}, version ${versionText(deployedVersion)}; version ${versionText(version)} of ${version.templateName} runs in ${listed || 'none'}.`,
    'Choose another environment or another version; a platform engineer can add the environment template to the compatible ones.',
  );
}
