import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openTemplateShelf, type TemplateShelf } from './template-shelf.ts';

let shelf: TemplateShelf;
beforeAll(async () => {
  shelf = await openTemplateShelf();
});
afterAll(() => shelf.close());

test('a text is read under its URL as often as needed, byte for byte', async () => {
  const text = 'Description: Zürich 😀\n'.repeat(5_000);
  const url = shelf.put(text);
  expect(new URL(url).hostname).toBe('127.0.0.1');
  for (const _ of [1, 2]) expect(await (await fetch(url)).text()).toBe(text);
});

test('one text has a new URL each time, and a URL that was not given leads nowhere', async () => {
  const [one, two] = [shelf.put('a'), shelf.put('a')];
  expect(one).not.toBe(two);
  expect((await fetch(new URL('/', one))).status).toBe(404);
  expect((await fetch(one.slice(0, -1))).status).toBe(404);
  expect((await fetch(one, { method: 'PUT', body: 'b' })).status).toBe(404);
});

test('what nobody needs any more is taken off', async () => {
  const brief = await openTemplateShelf({ lifeMs: 1 });
  const url = brief.put('secret');
  await vi.waitFor(async () => expect((await fetch(url)).status).toBe(404));
  await brief.close();
});
