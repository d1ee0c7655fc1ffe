import { expect, test } from 'vitest';
import type { Finding } from '../bundles/index.ts';
import { describeFindings } from './describe-findings.ts';

function finding(message: string): Finding {
  return {
    severity: 'error',
    rule: 'schema-incompatible',
    position: { file: 'schema/schema.yaml', line: 3, column: 5 },
    message,
    remedy: 'Mend it.',
  };
}

test('one a line: place, what, how to mend it', () => {
  expect(describeFindings([finding('First.'), finding('Second.')])).toBe(
    'schema/schema.yaml:3:5: First. Mend it.\nschema/schema.yaml:3:5: Second. Mend it.',
  );
  expect(describeFindings([])).toBe('');
});

test('what is too much is left out by whole lines, and counted', () => {
  const lines = describeFindings(
    Array.from({ length: 100 }, (_, index) => finding(`${index} ${'x'.repeat(90)}`)),
  ).split('\n');
  expect(lines.slice(0, -1).every((line) => line.endsWith('Mend it.'))).toBe(true);
  expect(lines.at(-1)).toBe(`... and ${100 - (lines.length - 1)} more: mend these first.`);
});

test('a finding that is too long alone is cut', () => {
  const text = describeFindings([finding('y'.repeat(9_000)), finding('Second.')]);
  expect(text.length).toBeLessThan(5_100);
  expect(text).toMatch(/y\n\.\.\. and 1 more: mend these first\.$/);
});
