import { expect, test } from 'vitest';
import { deleteWorkflow } from './deployments/running/delete-workflow.ts';
import { deployWorkflow } from './deployments/running/deploy-workflow.ts';
import { serviceWorkflow } from './services/index.ts';
import { registerVersionWorkflow } from './templates/index.ts';
import { kindOf } from './workflows/index.ts';

/**
 * Steps are stored with running work, in their order. A list that has changed here gets the next `revision`, and the
 * former list goes into `former`, so that work which was begun before an upgrade goes on: decisions/0013.
 */
test('the steps that running work is stored with', async () => {
  const flows = [deployWorkflow, deleteWorkflow, serviceWorkflow, registerVersionWorkflow];
  const kinds = flows.flatMap(({ former, ...flow }) => [flow, ...former]);
  const lines = kinds.map((flow) => `${kindOf(flow)}: ${flow.steps.map(({ name }) => name).join(', ')}\n`);
  await expect(lines.sort().join('')).toMatchFileSnapshot('golden/stored-steps.txt');
});
