import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundleRules } from './bundles/index.ts';
import { stackRefusalCodes } from './cloudformation/index.ts';
import { deploymentRefusalCodes } from './deployments/index.ts';
import { environmentRefusalCodes } from './environments/index.ts';
import { builtInRails, externalRails, type Rail } from './guard-rails/index.ts';
import { templateRefusalCodes } from './jinja/index.ts';
import { simulatedCloudRefusalCodes } from './simulated-cloud/index.ts';

const source = import.meta.dirname;
const docs = join(source, '..', 'docs');

/** All code but tests. */
function code(): string {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.includes('testing/'))
    .map((path) => readFileSync(join(source, path), 'utf8'))
    .join('\n');
}

const word = "'([a-z]+(?:-[a-z]+)+)'";

function named(text: string, patterns: readonly string[]): string[] {
  const found = patterns.flatMap((pattern) =>
    [...text.matchAll(new RegExp(pattern, 'g'))].map((match) => match[1] ?? ''),
  );
  return [...new Set(found)].sort();
}

/** The rooms that list their codes themselves. */
const listed = [
  stackRefusalCodes,
  deploymentRefusalCodes,
  environmentRefusalCodes,
  simulatedCloudRefusalCodes,
  templateRefusalCodes,
].flatMap((codes) => Object.keys(codes));

test('docs/errors.md has a heading for every code of a refusal, and for nothing else', () => {
  const codes = named(code(), [
    `code: (?:[^'\\n]{0,60}\\? )?${word}`,
    `code: [^'\\n]{0,60}\\? '[a-z-]+' : ${word}`,
    `(?<![#\\w.])no\\(\\s*${word}`,
    `(?<![#\\w.])missing\\(\\s*'(service[a-z-]+)'`,
  ]);
  const headings = [...readFileSync(join(docs, 'errors.md'), 'utf8').matchAll(/^## (\S+)$/gm)].map((match) => match[1]);
  expect(headings).toEqual([...new Set([...codes, ...listed])].sort());
});

test('docs/rules.md has a row for every rule of a bundle, and for nothing else', () => {
  const rows = [...readFileSync(join(docs, 'rules.md'), 'utf8').matchAll(/^\| `(\S+)` \|/gm)].map((match) => match[1]);
  expect(rows).toEqual(bundleRules);
});

/** What a reader of the table has to know of a rail, as its row says it. */
function railRow({ id, about, looksAt, deletions, parameters, warnsByDefault }: Rail): string {
  const of = { too: ', also of deletions', only: ', at deletions only' };
  const given = Object.entries(parameters).map(([name, { about: what, usual }]) => {
    const value = Array.isArray(usual) ? usual.join(', ') || 'none' : usual;
    return `\`${name}\`: ${what}${value === undefined ? '' : ` (${value})`}`;
  });
  const cells = [`\`${id}\``, about, `${looksAt}${deletions ? of[deletions] : ''}`, given.join('; ')];
  return `| ${cells.join(' | ')} | ${warnsByDefault ? 'warns' : 'off'} |`;
}

test('docs/guard-rails.md says of every guard rail what the code says, and of nothing else', () => {
  const text = readFileSync(join(docs, 'guard-rails.md'), 'utf8');
  expect(text.match(/^\| `\S+` \|.*\|$/gm)).toEqual([...builtInRails, ...externalRails({})].map(railRow));
});
