import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createTemplate,
  deleteTemplate,
  listTemplates,
  type TemplateKind,
  templateFind,
  updateTemplate,
} from './index.ts';
import { templateCount } from './template-store.ts';
import { accepted, ana, environmentFiles, type TemplateWorld, templateWorld } from './testing/template-world.ts';

let world: TemplateWorld;
beforeAll(async () => {
  world = await templateWorld({ clock: { now: () => new Date('2026-11-25T08:00:00Z') } });
});
afterAll(() => world.close());

function create(
  name: string,
  change: Partial<Parameters<typeof createTemplate>[2]> = {},
  kind: TemplateKind = 'service',
) {
  return createTemplate(world.tools, kind, { name, customerManaged: false, ...change }, ana);
}

describe('creating by name', () => {
  test('twice with the same parameters is one template', async () => {
    const first = accepted(await create('twice', { displayName: 'Twice' }));
    expect(first).toMatchObject({ arn: 'arn:aws:proton:us-east-1:111122223333:service-template/twice' });
    expect(accepted(await create('twice', { displayName: 'Twice' }))).toEqual(first);
  });

  test.each([
    {
      name: 'other parameters',
      change: { displayName: 'other' },
      kind: 'invalid',
      code: 'IdempotentParameterMismatch',
    },
    { name: 'another flag', change: { customerManaged: true }, kind: 'invalid', code: 'IdempotentParameterMismatch' },
  ])('$name are refused', async ({ change, kind, code }) => {
    await create('same');
    expect(await create('same', change)).toMatchObject({ ok: false, refusal: { kind, code } });
  });

  test('a template that was changed since is a conflict, even when no time has passed', async () => {
    accepted(await create('changed'));
    accepted(await updateTemplate(world.tools, { kind: 'service', name: 'changed' }, { description: 'new' }));
    expect(await create('changed')).toMatchObject({
      ok: false,
      refusal: { kind: 'conflict', code: 'ModifiedSinceCreation' },
    });
  });

  test('the kinds have names of their own', async () => {
    const [environment, service] = [await create('both', {}, 'environment'), await create('both', {}, 'service')];
    expect(accepted(environment).arn).not.toBe(accepted(service).arn);
  });

  test('many at the same time make one template, and all are answered with it', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => create('at-once')));
    expect(new Set(all.map((each) => accepted(each).creationId)).size).toBe(1);
  });

  test('a refused tag leaves no template behind', async () => {
    expect(await create('tagged', { tags: [{ key: 'aws:x', value: '' }] })).toMatchObject({
      ok: false,
      refusal: { code: 'tag-reserved' },
    });
    expect(await templateFind(world.tools.db, { kind: 'service', name: 'tagged' })).toBeUndefined();
  });
});

test('there are never more templates than there may be, whoever asks at the same time', async () => {
  const limits = { templates: (await templateCount(world.tools.db)) + 3, versionsPerTemplate: 1 };
  const all = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      createTemplate({ ...world.tools, limits }, 'service', { name: `many-${index}`, customerManaged: false }, ana),
    ),
  );
  expect(all.filter((each) => each.ok)).toHaveLength(3);
  expect(all.find((each) => !each.ok)).toMatchObject({ refusal: { kind: 'limit', code: 'template-count-limit' } });
});

describe('deleting', () => {
  test('answers with what was deleted, and with nothing the second time', async () => {
    const made = accepted(await create('gone'));
    const ref = { kind: 'service', name: 'gone' } as const;
    expect(accepted(await deleteTemplate(world.tools, ref))).toEqual(made);
    expect(accepted(await deleteTemplate(world.tools, ref))).toBeUndefined();
  });

  test('a template of the same name later has another identity, and counts its versions from the beginning', async () => {
    const ref = { kind: 'environment', name: 'again' } as const;
    const first = accepted(await create('again', {}, 'environment'));
    accepted(await deleteTemplate(world.tools, ref));
    const second = accepted(await create('again', {}, 'environment'));
    expect(second.creationId).not.toBe(first.creationId);
    expect(await world.register('environment', 'again', environmentFiles())).toMatchObject({ major: 1, minor: 0 });
  });

  test('is refused while there are versions, which are named', async () => {
    await world.template('environment', 'full');
    await world.register('environment', 'full', environmentFiles());
    await world.register('environment', 'full', environmentFiles(), 1);
    expect(await deleteTemplate(world.tools, { kind: 'environment', name: 'full' })).toMatchObject({
      ok: false,
      refusal: { kind: 'conflict', code: 'template-not-empty', message: expect.stringContaining('1.0, 1.1') },
    });
  });
});

test('lists are complete page by page, newest first, then by name', async () => {
  const later = (seconds: number) => ({ now: () => new Date(Date.UTC(2027, 0, 1, 0, 0, seconds)) });
  const made = [
    ['b', 1],
    ['a', 1],
    ['d', 2],
    ['c', 2],
    ['e', 3],
  ] as const;
  for (const [name, seconds] of made)
    accepted(
      await createTemplate({ ...world.tools, clock: later(seconds) }, 'service', { name, customerManaged: false }, ana),
    );
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = accepted(await listTemplates(world.tools.db, 'service', { maxResults: 2, nextToken }));
    names.push(...page.items.map(({ name }) => name));
    nextToken = page.nextToken;
  } while (nextToken);
  expect(names.slice(0, 5)).toEqual(['e', 'c', 'd', 'a', 'b']);
  expect(new Set(names).size).toBe(names.length);
  expect(names).not.toContain('full');
});
