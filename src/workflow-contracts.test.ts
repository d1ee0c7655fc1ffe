import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const source = import.meta.dirname;

function texts(isWanted: (path: string) => boolean): string[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.includes('testing') && isWanted(path))
    .map((path) => readFileSync(join(source, path), 'utf8'));
}

function named(files: readonly string[], pattern: RegExp): string[] {
  const names = files.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name));
  return [...new Set(names)].sort();
}

test('every workflow of the product is held to the contract of workflows', () => {
  const workflows = named(
    texts((path) => !path.endsWith('.test.ts')),
    /export const (\w+) = workflow[<(]/g,
  );
  const tested = named(
    texts((path) => path.endsWith('.test.ts')),
    /workflowContract\(\s*(\w+),/g,
  );
  expect(workflows).toContain('deployWorkflow');
  expect(tested).toEqual(workflows);
});
