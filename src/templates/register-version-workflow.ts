import type { Db } from '../database/index.ts';
import { accept } from '../errors/index.ts';
import { step, type WorkflowEngine, workflow } from '../workflows/index.ts';
import { registerVersion } from './register-version.ts';
import type { RegistrationTools } from './template-tools.ts';
import type { TemplateVersion, VersionRef } from './template-version.ts';
import { templateVersionFind, versionsRegistering, versionUpdate } from './template-version-store.ts';

/** REGISTRATION_IN_PROGRESS -> DRAFT or REGISTRATION_FAILED. */
export const registerVersionWorkflow = workflow<VersionRef, RegistrationTools>(
  'register-template-version',
  [
    step<VersionRef, RegistrationTools>('register', {
      do: async (version, tools) => {
        const registered = await registerVersion(tools, version);
        return registered.ok ? accept({}) : registered;
      },
      noUndo: 'a version that failed stays, to be read and deleted',
    }),
  ],
  {
    settled: async (ref, settlement, { db, clock }) => {
      if (settlement.ok) return;
      const version = await templateVersionFind(db, ref);
      if (version?.status !== 'REGISTRATION_IN_PROGRESS') return;
      await versionUpdate(db, ref, {
        status: 'REGISTRATION_FAILED',
        statusMessage: settlement.refusal.message,
        at: clock.now(),
      });
    },
  },
);

export async function startRegistration(
  engine: WorkflowEngine,
  { kind, templateName, major, minor, registrationId }: TemplateVersion,
): Promise<void> {
  await engine.start(registerVersionWorkflow, registrationId, { kind, templateName, major, minor });
}

/** Begins again what a process that died had written down and not begun. Those that run are not begun twice. */
export async function resumeRegistrations(db: Db, engine: WorkflowEngine): Promise<void> {
  for (const version of await versionsRegistering(db)) await startRegistration(engine, version);
}
