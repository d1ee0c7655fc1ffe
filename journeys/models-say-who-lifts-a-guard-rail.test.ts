/** An exception is granted by those whom the organizational model names: one of them, or two together. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GovernedEstate, startGovernedEstate } from './testing/governed-estate.ts';

let estate: GovernedEstate;
beforeAll(async () => {
  estate = await startGovernedEstate();
  const team = (name: string, kind: string) =>
    estate.ask('administrator', { method: 'PUT', path: `/teams/${name}`, body: { unit: 'organization', kind } });
  await team('guards', 'security');
  await team('builders', 'platform');
  for (const unit of ['path', 'central']) await estate.addUnit(unit);
  await estate.addPerson('guard', 'guards');
  await estate.addPerson('other-guard', 'guards');
  await estate.addPerson('builder', 'builders');
  await estate.addPerson('robot', 'builders', { kind: 'machine' });
  await estate.assign('golden-path', 'path');
  await estate.assign('centralized', 'central');
}, 120_000);
afterAll(() => estate.close());

async function request(unit: string): Promise<string> {
  const { text } = await estate.deuteron(
    ...([
      `${unit}-dev`,
      'guard-rail',
      'exception',
      'request',
      `service/${unit}/service-instance/main`,
      'no-open-ports',
    ] as const),
    ...['--reason', 'a public jump host', '--days', '3'],
  );
  const [, id] = /grant (\S+)$/.exec(text) ?? [];
  if (id === undefined) throw new Error(text);
  return id;
}
const grant = (name: string, id: string) => estate.deuteron(name, 'guard-rail', 'exception', 'grant', id);

test('golden path: security or the platform team, a person of it, and nobody else', async () => {
  const id = await request('path');
  expect(await grant('path-dev', id)).toMatchObject({ exitCode: 1, text: expect.stringContaining('somebody else') });
  expect(await grant('robot', id)).toMatchObject({ exitCode: 1 });
  expect(await grant('central-dev', id)).toMatchObject({ exitCode: 1 });
  expect(await grant('administrator', id)).toMatchObject({
    exitCode: 1,
    text: expect.stringContaining('Security or the platform team lifts a guard rail.'),
  });
  expect(await grant('guard', id)).toMatchObject({ exitCode: 0, text: expect.stringContaining('granted') });
});

test('centralized: security and the platform team together; the first grant waits for the other', async () => {
  const id = await request('central');
  const first = await grant('guard', id);
  expect(first).toMatchObject({ exitCode: 0, text: expect.stringContaining('approved by guard') });
  expect(first.text).toContain('1 of platform, not of who asks');
  const listed = await estate.deuteron('guard', 'guard-rail', 'exception', 'list', '--state', 'requested');
  expect(listed.text).toContain('approved by guard');
  expect(await grant('other-guard', id)).toMatchObject({ exitCode: 1 });
  expect(await grant('builder', id)).toMatchObject({ exitCode: 0, text: expect.stringContaining('granted') });
  const over = await grant('builder', id);
  expect(over).toMatchObject({ exitCode: 1, text: expect.stringContaining('is granted') });
});

test('a grant of who has ended is not one of the two', async () => {
  const id = await request('central');
  expect(await grant('guard', id)).toMatchObject({ exitCode: 0, text: expect.stringContaining('approved by guard') });
  expect(await estate.deuteron('administrator', 'principal', 'end', 'guard')).toMatchObject({ exitCode: 0 });
  const builder = await grant('builder', id);
  expect(builder).toMatchObject({ exitCode: 0, text: expect.not.stringContaining('is granted') });
  expect(await grant('other-guard', id)).toMatchObject({ exitCode: 0, text: expect.stringContaining('granted') });
});
