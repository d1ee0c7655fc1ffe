import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beside src/ in the repository, beside dist/ in the package. */
const docs = join(import.meta.dirname, '..', '..', 'docs');

/** What one word of Deuteron means: the code of a refusal, or the rule of a finding. */
export interface Explanation {
  readonly code: string;
  readonly of: 'refusal' | 'rule';
  readonly meaning: string;
  readonly remedy: string;
}

/** Every code and rule that the documents explain, in their order. Source: docs/errors.md and docs/rules.md. */
export function explanations(folder = docs): Explanation[] {
  const errors = readFileSync(join(folder, 'errors.md'), 'utf8').split(/^## /m).slice(1);
  const rules = readFileSync(join(folder, 'rules.md'), 'utf8').matchAll(/^\| `(\S+)` \| (.+) \| (.+) \|$/gm);
  return [
    ...errors.map((section): Explanation => {
      const [code = '', ...rest] = section.split('\n');
      const [meaning = '', remedy = ''] = rest.join('\n').split('**What to do.**');
      return { code: code.trim(), of: 'refusal', meaning: oneLine(meaning), remedy: oneLine(remedy) };
    }),
    ...[...rules].map(
      ([, code = '', meaning = '', remedy = '']): Explanation => ({ code, of: 'rule', meaning, remedy }),
    ),
  ];
}

/** `deuteron explain <code>`: exit code 1 for a word that nothing says. */
export function explainCommand(code: string, { json }: { readonly json: boolean }): void {
  const known = explanations();
  const found = known.filter((each) => each.code === code);
  if (found.length === 0) {
    const near = known.filter((each) => sharedParts(each.code, code) > 0);
    near.sort((a, b) => sharedParts(b.code, code) - sharedParts(a.code, code));
    const like = near.slice(0, 5).map((each) => each.code);
    console.error(
      `Nothing says "${code}".${like.length > 0 ? ` Like it: ${like.join(', ')}.` : ''} docs/errors.md and docs/rules.md list all.`,
    );
    process.exitCode = 1;
    return;
  }
  if (json) return console.log(JSON.stringify(found, undefined, 2));
  console.log(found.map(inWords).join('\n\n'));
}

function inWords({ code, of, meaning, remedy }: Explanation): string {
  return `${code} (${of === 'rule' ? 'a rule of template bundles' : 'a refusal'})\n\n  ${meaning}\n\n  What to do: ${remedy}`;
}

function sharedParts(one: string, other: string): number {
  const parts = new Set(other.toLowerCase().split(/[^a-z]+/));
  return one.split('-').filter((part) => parts.has(part)).length;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}
