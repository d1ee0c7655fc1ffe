import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { deploymentRefusalCodes } from './refusal-codes.ts';

test('every refusal of this room is listed, and none that it does not give', () => {
  const all = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
  const files = all.filter((name) => /(?<!\.test)\.ts$/.test(name) && !name.startsWith('testing'));
  const text = files.map((name) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8')).join('\n');
  const given = [...text.matchAll(/\bcode: '([a-z-]+)'/g)].map(([, code]) => code);
  expect([...new Set(given)].sort()).toEqual(Object.keys(deploymentRefusalCodes).sort());
});
