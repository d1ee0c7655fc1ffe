/**
 * The same four requests of a developer, under each of the four organizational models: whom they wait for. Whoever is
 * waited for approves, and each of them goes through in the end.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShippedModel } from '../src/governance/index.ts';
import {
  approvedBy,
  deploymentEnd,
  type GovernedEstate,
  type Standing,
  startGovernedEstate,
} from './testing/governed-estate.ts';

let estate: GovernedEstate;
beforeAll(async () => {
  estate = await startGovernedEstate();
  for (const model of Object.keys(expected) as ShippedModel[]) {
    await estate.addUnit(model);
    await estate.assign(model, model);
  }
  await estate.ask('administrator', { method: 'PUT', path: '/teams/guild', body: { kind: 'enablement' } });
  await estate.addPerson('emma', 'guild');
  await estate.addPerson('emma', 'embedded-team');
}, 120_000);
afterAll(() => estate.close());

const expected = {
  centralized: {
    compatible: 'platform (team base), not of who asked',
    breaking: 'platform (team base), not of who asked',
    data: 'platform (team base), not of who asked, and by data-owner (team keepers)',
    deletion: 'platform (team base), not of who asked, and by data-owner (team keepers)',
  },
  'golden-path': {
    compatible: 'nobody',
    breaking: 'owner (team golden-path-team)',
    data: 'data-owner (team keepers), and by owner (team golden-path-team) or environment-owner (team base) or platform (team base)',
    deletion: 'data-owner (team keepers)',
  },
  embedded: {
    compatible: 'nobody',
    breaking: 'embedded-engineer (emma)',
    data: 'data-owner (team keepers), and by embedded-engineer (emma)',
    deletion: 'data-owner (team keepers)',
  },
  decentralized: {
    compatible: 'nobody',
    breaking: 'nobody',
    data: 'data-owner (team keepers)',
    deletion: 'data-owner (team keepers)',
  },
} as const satisfies Record<ShippedModel, Record<string, string>>;

test.each(Object.keys(expected) as ShippedModel[])('%s', async (model) => {
  const developer = `${model}-dev`;
  const approved = (standing: Standing) => approvedBy(estate, ['petra', 'dana', 'emma', developer], standing);
  const said: Record<string, string> = {};
  const requests = { compatible: { shown: 'two' }, breaking: { topic: 'two' }, data: { table: 'two' } } as const;
  let inputs = {};
  for (const [name, input] of Object.entries(requests)) {
    inputs = { ...inputs, ...input };
    const standing = await estate.change(developer, model, inputs);
    said[name] = await approved(standing);
    expect(await deploymentEnd(estate, standing.deploymentId), name).toMatchObject({ status: 'SUCCEEDED' });
  }
  const standing = await estate.deletion(developer, model);
  if (!standing) throw new Error('what holds data was deleted without a word');
  said.deletion = await approved(standing);
  expect(await deploymentEnd(estate, standing.deploymentId)).toMatchObject({ status: 'DELETE_COMPLETE' });
  expect(said).toEqual(expected[model]);
});
