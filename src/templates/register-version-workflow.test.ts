import { afterAll, beforeAll } from 'vitest';
import { listAudit } from '../audit/index.ts';
import { accept } from '../errors/index.ts';
import { contractRefusal, type PieceOfWork, workflowContract } from '../workflows/testing/workflow-contract.ts';
import { createTemplateVersion } from './create-template-version.ts';
import type { Registration } from './register-version.ts';
import { registerVersionWorkflow } from './register-version-workflow.ts';
import type { RegistrationTools, TemplateTools } from './template-tools.ts';
import { templateVersionFind } from './template-version-store.ts';
import { accepted, archive, environmentFiles, type TemplateWorld, templateWorld } from './testing/template-world.ts';

let world: TemplateWorld;
/** With an engine that begins nothing. */
let asking: TemplateTools;
let tools: RegistrationTools;
beforeAll(async () => {
  world = await templateWorld();
  asking = { ...world.tools, engine: { ...world.tools.engine, start: async () => undefined } };
  const archived = await archive(environmentFiles());
  tools = { db: asking.db, clock: asking.clock, fetchObject: async () => accept(archived) };
});
afterAll(() => world.close());

workflowContract(registerVersionWorkflow, () => ({
  async ask(templateName): Promise<PieceOfWork<Registration, RegistrationTools>> {
    await world.template('environment', templateName);
    const source = { bucket: 'bundles', key: 'network.tar.gz' };
    const { kind, major, minor, registrationId } = accepted(
      await createTemplateVersion(asking, 'environment', { templateName, source }),
    );
    const state = { kind, templateName, major, minor, registrationId };
    return { workflowId: registrationId, state, tools };
  },
  async outcome({ state }) {
    const version = await templateVersionFind(asking.db, state);
    const audit = accepted(await listAudit(asking.db, { target: version?.arn }, {}));
    return {
      status: version?.status,
      says: version?.statusMessage.includes(contractRefusal.message),
      hasBundle: version?.bundleDigest !== null,
      audited: audit.items.map(({ verb, outcome, code }) => ({ verb, outcome, code })),
    };
  },
  whole: {
    status: 'DRAFT',
    says: false,
    hasBundle: true,
    audited: [],
  },
  failed: () => ({
    status: 'REGISTRATION_FAILED',
    says: true,
    hasBundle: false,
    audited: [{ verb: 'deuteron:RegisterTemplateVersion', outcome: 'refused', code: contractRefusal.code }],
  }),
}));
