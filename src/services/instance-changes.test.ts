import { describe, expect, test } from 'vitest';
import { instanceChanges } from './instance-changes.ts';

const live = { name: 'live', environment: 'production', spec: { port: 80 } };
const trial = { name: 'trial', environment: 'sandbox', spec: {} };

describe('what an UpdateService changes', () => {
  const cases = [
    { name: 'nothing', wanted: { instances: [live, trial] }, added: [], removed: [] },
    { name: 'order of instances is no change', wanted: { instances: [trial, live] }, added: [], removed: [] },
    { name: 'an empty pipeline is none', wanted: { pipeline: {}, instances: [live, trial] }, added: [], removed: [] },
    { name: 'one removed', wanted: { instances: [live] }, added: [], removed: ['trial'] },
    {
      name: 'one added, one removed',
      wanted: { instances: [live, { ...trial, name: 'other' }] },
      added: ['other'],
      removed: ['trial'],
    },
  ];
  test.each(cases)('$name', ({ wanted, added, removed }) => {
    const changes = instanceChanges('shop', { instances: [live, trial] }, wanted);
    expect(changes.ok && changes.value.added.map(({ name }) => name)).toEqual(added);
    expect(changes.ok && changes.value.removed).toEqual(removed);
  });

  test.each([
    { name: 'an input of an instance that stays', instance: { ...live, spec: { port: 81 } } },
    { name: 'the environment of an instance that stays', instance: { ...live, environment: 'sandbox' } },
  ])('$name is refused by name', ({ instance }) => {
    const refused = instanceChanges('shop', { instances: [live, trial] }, { instances: [instance] });
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'service-spec-edits-instance' } });
    expect(refused.ok || refused.refusal.message).toContain('live');
    expect(refused.ok || refused.refusal.remedy).toContain('deuteron instance plan shop live --spec <file>');
  });

  test('an input of the pipeline is refused', () => {
    const refused = instanceChanges(
      'shop',
      { pipeline: { x: 1 }, instances: [] },
      { pipeline: { x: 2 }, instances: [] },
    );
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'service-spec-edits-pipeline' } });
  });
});
