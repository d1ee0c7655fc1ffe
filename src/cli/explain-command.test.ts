import { afterEach, expect, test, vi } from 'vitest';
import { bundleRules } from '../bundles/index.ts';
import { ruleCodes } from '../changes/index.ts';
import { builtInRails, externalRails } from '../guard-rails/index.ts';
import { explainCommand, explanations } from './explain-command.ts';

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

test('every code and rule has a meaning and a remedy', () => {
  const all = explanations();
  expect(all.filter(({ of }) => of === 'rule').map(({ code }) => code)).toEqual(bundleRules);
  expect(all.filter(({ of }) => of === 'refusal').map(({ code }) => code)).toContain('archive-unsafe');
  expect(
    all
      .filter(({ of }) => of === 'change')
      .map(({ code }) => code)
      .sort(),
  ).toEqual(Object.keys(ruleCodes).sort());
  const rails = [...builtInRails, ...externalRails({})].map(({ id }) => id);
  expect(all.filter(({ of }) => of === 'guard-rail').map(({ code }) => code)).toEqual(rails);
  expect(all.filter(({ meaning, remedy }) => meaning === '' || remedy === '')).toEqual([]);
});

test('a code is explained', () => {
  const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  explainCommand('archive-unsafe', { json: false });
  expect(said.mock.calls[0]?.[0]).toMatch(
    /^archive-unsafe \(a refusal\)\n\n {2}The bundle is refused.*\n\n {2}What to do: Pack/,
  );
  expect(process.exitCode).toBeUndefined();
});

test('a code that nobody says is refused with those like it', () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  explainCommand('archive-huge', { json: false });
  expect(said.mock.calls[0]?.[0]).toContain('Nothing says "archive-huge". Like it: archive-');
  expect(process.exitCode).toBe(1);
});
