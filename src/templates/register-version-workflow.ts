import { auditInsert, ourselves } from '../audit/index.ts';
import type { Db } from '../database/index.ts';
import { accept, describeRefusal } from '../errors/index.ts';
import { step, type WorkflowEngine, workflow } from '../workflows/index.ts';
import { type Registration, registeringVersion, registerVersion } from './register-version.ts';
import type { RegistrationTools } from './template-tools.ts';
import { versionsRegistering, versionUpdate } from './template-version-store.ts';

/** REGISTRATION_IN_PROGRESS -> DRAFT or REGISTRATION_FAILED. */
export const registerVersionWorkflow = workflow<Registration, RegistrationTools>(
  'register-template-version',
  [
    step<Registration, RegistrationTools>('register', {
      do: async (registration, tools) => {
        const registered = await registerVersion(tools, registration);
        return registered.ok ? accept({}) : registered;
      },
      noUndo: 'a version that failed stays, to be read and deleted',
    }),
  ],
  {
    settled: async (registration, settlement, { db, clock }) => {
      const version = settlement.ok ? undefined : await registeringVersion(db, registration);
      if (settlement.ok || !version) return;
      const { refusal } = settlement;
      await db.transaction().execute(async (tx) => {
        await versionUpdate(tx, registration, {
          status: 'REGISTRATION_FAILED',
          statusMessage: describeRefusal(refusal),
          at: clock.now(),
        });
        const attempt = { principal: ourselves, verb: 'deuteron:RegisterTemplateVersion', target: version.arn };
        const end = { outcome: 'refused', code: refusal.code } as const;
        await auditInsert(tx, { ...attempt, requestId: registration.registrationId }, end);
      });
    },
  },
);

export async function startRegistration(
  engine: WorkflowEngine,
  { kind, templateName, major, minor, registrationId }: Registration,
): Promise<void> {
  await engine.start(registerVersionWorkflow, registrationId, { kind, templateName, major, minor, registrationId });
}

/** Begins again what a process that died had written down and not begun. Those that run are not begun twice. */
export async function resumeRegistrations(db: Db, engine: WorkflowEngine): Promise<void> {
  for (const version of await versionsRegistering(db)) await startRegistration(engine, version);
}
