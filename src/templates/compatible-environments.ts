import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { Installation } from '../identifiers/index.ts';
import { templateArn } from './template.ts';
import { templateFind } from './template-store.ts';
import type { CompatibleEnvironment } from './template-version.ts';
import { versionsListed } from './template-version-store.ts';

export type CompatibleEnvironmentRefusal = Refusal<'compatible-environment-missing'>;

/**
 * Whether the environments that a service template version says it runs in are there. A version that is still being
 * registered counts, so that both kinds can be registered in one go.
 * @refuses environment templates, or majors of them, that do not exist
 */
export async function checkEnvironments(
  db: Db,
  installation: Installation,
  environments: readonly CompatibleEnvironment[],
): Promise<Result<readonly CompatibleEnvironment[], CompatibleEnvironmentRefusal>> {
  for (const { templateName, majorVersion } of environments) {
    const template = { kind: 'environment', name: templateName } as const;
    const arn = templateArn(installation, template);
    if (!(await templateFind(db, template))) {
      return missing(`The environment template does not exist: ${arn}`, 'Name environment templates that exist.');
    }
    const majors = new Set((await versionsListed(db, template)).map(({ major }) => major));
    if (majors.has(majorVersion)) continue;
    return missing(
      `The environment template has no major version ${majorVersion}: ${arn}`,
      `It has ${[...majors].join(', ') || 'no version yet'}; register the environment template version first.`,
    );
  }
  return accept(environments);
}

function missing(what: string, remedy: string) {
  return refuse({
    kind: 'invalid',
    code: 'compatible-environment-missing' as const,
    message: `compatibleEnvironmentTemplates: ${what}`,
    remedy,
  });
}
