import { type Service, workflowIdOf } from '../services/index.ts';
import type { TemplateVersion } from '../templates/index.ts';
import type { Work } from '../workflows/index.ts';
import type { Finding } from './finding.ts';
import { lasting } from './times.ts';

/** The check of a bundle takes seconds; fetching it may take minutes. */
const registrationMs = 15 * 60_000;
const takeUpMs = 60_000;

export function registrationFindings(registering: readonly TemplateVersion[], now: Date): Finding[] {
  return registering
    .filter(({ createdAt }) => now.getTime() - createdAt.getTime() > registrationMs)
    .map((version) => {
      const { kind, templateName, major, minor, createdAt } = version;
      const operation = `${kind}-template-version`;
      return {
        finding: 'registration-stuck',
        subject: `${kind} template ${templateName} ${major}.${minor}`,
        message: `It is REGISTRATION_IN_PROGRESS for ${lasting(now.getTime() - createdAt.getTime())}: no worker runs, or its bundle cannot be fetched.`,
        remedy: `With a worker it is tried again by itself. To give it up: \`aws proton delete-${operation} --template-name ${templateName} --major-version ${major} --minor-version ${minor}\`.`,
      };
    });
}

/** @param isComplete whether `work` is all there is */
export function serviceFindings(
  working: readonly Service[],
  work: readonly Work[],
  isComplete: boolean,
  now: Date,
): Finding[] {
  const atWork = new Set(work.map(({ id }) => id));
  return working.flatMap((service) => {
    const since = now.getTime() - service.lastModifiedAt.getTime();
    // what was left waits for people: see its deployments
    const id = service.work && !service.work.waitsFor && workflowIdOf(service.work);
    if (!id || !isComplete || atWork.has(id) || since < takeUpMs) return [];
    return [
      {
        finding: 'service-stuck',
        subject: `service ${service.name}`,
        message: `It is ${service.status} for ${lasting(since)}, and no work on it exists.`,
        remedy: 'A server begins it again within ten seconds: start one, `deuteron server`. If one runs, see its log.',
      } as const,
    ];
  });
}
