import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { environmentRefusalCodes } from './refusal-codes.ts';

test('every refusal of this room is listed, and none that it does not give', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const text = files.map((name) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8')).join('\n');
  const given = [...text.matchAll(/\bcode: '([a-z-]+)'/g)].map(([, code]) => code);
  expect([...new Set(given)].sort()).toEqual(Object.keys(environmentRefusalCodes).sort());
});
