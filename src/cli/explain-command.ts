import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '../errors/index.ts';
import { printRefusal } from './print-refusal.ts';

/** Beside src/ in the repository, beside dist/ in the package. */
const docs = join(import.meta.dirname, '..', '..', 'docs');

/** What one word of Deuteron means. */
export interface Explanation {
  readonly code: string;
  readonly of: keyof typeof kinds;
  readonly meaning: string;
  readonly remedy: string;
}

const kinds = {
  refusal: 'a refusal',
  rule: 'a rule of template bundles',
  change: 'what a plan finds',
  'guard-rail': 'a guard rail',
} as const;

/** Every word that the documents explain, in their order. Source: errors.md, rules.md, change-analysis.md, guard-rails.md. */
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
    ...changes(folder),
    ...guardRails(folder),
  ];
}

/** Codes that belong together stand in one row. */
function changes(folder: string): Explanation[] {
  const rows = readFileSync(join(folder, 'change-analysis.md'), 'utf8').matchAll(
    /^\| (`[IRD]-[A-Z-]+`(?:, `[IRD]-[A-Z-]+`)*) \| (.+?) \| (.*?) ?\| (.*?) ?\|$/gm,
  );
  return [...rows].flatMap(([, codes = '', what = '', changeClass = '', verdict = '']) =>
    codes.split(', ').map((code): Explanation => {
      const says = [what, changeClass && `class: ${changeClass}`, verdict && `verdict: ${verdict}`].filter(Boolean);
      return {
        code: code.replaceAll('`', ''),
        of: 'change',
        meaning: `${codes.includes(',') ? `${codes.replaceAll('`', '')}: ` : ''}${says.join('; ')}.`,
        remedy:
          'Look at the place that the finding names; docs/change-analysis.md says what it does to what is deployed.',
      };
    }),
  );
}

function guardRails(folder: string): Explanation[] {
  const rows = readFileSync(join(folder, 'guard-rails.md'), 'utf8').matchAll(
    /^\| `(\S+)` \| (.+?) \| (.+?) \| (.*?) ?\| (?:warns|off) \|$/gm,
  );
  return [...rows].map(
    ([, code = '', about = '', , parameters = '']): Explanation => ({
      code,
      of: 'guard-rail',
      meaning: `${about}${parameters ? ` Parameters: ${parameters.replaceAll('`', '')}.` : ''}`,
      remedy: `Change what it found, or ask for an exception: deuteron guard-rail exception request <resource> ${code}. deuteron guard-rail list shows what is set for it.`,
    }),
  );
}

/** `deuteron explain <code>`: exit code 1 for a word that nothing says. */
export function explainCommand(code: string, { json }: { readonly json: boolean }): void {
  const known = explanations();
  const found = known.filter((each) => each.code === code);
  if (found.length === 0) {
    const near = known.filter((each) => sharedParts(each.code, code) > 0);
    near.sort((a, b) => sharedParts(b.code, code) - sharedParts(a.code, code));
    const like = near.slice(0, 5).map((each) => each.code);
    const { refusal } = refuse({
      kind: 'missing',
      code: 'explanation-missing',
      message: `Nothing says "${code}".${like.length > 0 ? ` Like it: ${like.join(', ')}.` : ''}`,
      remedy: 'docs/errors.md, rules.md, change-analysis.md and guard-rails.md list all.',
    });
    return printRefusal(refusal, { json });
  }
  if (json) return console.log(JSON.stringify(found, undefined, 2));
  console.log(found.map(inWords).join('\n\n'));
}

function inWords({ code, of, meaning, remedy }: Explanation): string {
  return `${code} (${kinds[of]})\n\n  ${meaning}\n\n  What to do: ${remedy}`;
}

function sharedParts(one: string, other: string): number {
  const parts = new Set(other.toLowerCase().split(/[^a-z]+/));
  return one
    .toLowerCase()
    .split('-')
    .filter((part) => parts.has(part)).length;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}
