import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type Cedar, loadCedar } from './cedar.ts';
import { cedarSchema } from './cedar-schema.ts';
import { checkRuleSet } from './read-rule-set.ts';
import { shippedRules } from './shipped-rules.ts';

let cedar: Cedar;
beforeAll(async () => {
  cedar = await loadCedar();
});

function problems(text: string, purpose: 'model' | 'restriction' = 'restriction'): string {
  const checked = checkRuleSet(cedar, { name: 'mine', purpose, text });
  if (checked.ok) return '';
  const { position, message } = checked.refusal;
  return `${position?.line}:${position?.column}: ${message}`;
}
const forbid = (rest: string, annotations = '') =>
  `@id("a") @message("No.") ${annotations} forbid (principal, action, resource in ?resource) ${rest};`;

test('the schema that rules are checked against', async () => {
  await expect(cedarSchema).toMatchFileSnapshot('golden/schema.cedarschema');
});

test('what is shipped passes its own check', () => {
  const { base, unassigned, models } = shippedRules(cedar);
  for (const rules of [base, unassigned, ...Object.values(models)]) {
    expect(checkRuleSet(cedar, rules), rules.name).toMatchObject({ ok: true });
  }
});

test('comments, several rules and all annotations are read', () => {
  const text = `// ä comment with ; and "
    ${forbid('', '@requires("data-owner:1, owner|team:board:2") @selfApproval("no") @expires("36 hours") @informs("owner, platform")')}
    // another
    ${forbid('when { context.owned > 3 }').replace('"a"', '"b"')}`;
  const checked = checkRuleSet(cedar, { name: 'mine', purpose: 'restriction', text });
  expect(checked).toMatchObject({
    ok: true,
    value: {
      rules: [
        {
          id: 'a',
          effect: 'forbid',
          message: 'No.',
          informs: ['owner', 'platform'],
          requirement: {
            seats: [['data-owner'], ['owner', 'team:board'], ['owner', 'team:board']],
            noSelfApproval: true,
            expiryHours: 36,
          },
        },
        { id: 'b', requirement: undefined },
      ],
    },
  });
});

test.each([
  ['a symbol too few', '\n\nforbid (principal, action, resource in ?resource', /^3:49: unexpected end of input/],
  [
    'what is not there',
    forbid('\n  when { context.onwed > 3 }'),
    /^2:10: attribute `onwed` .* \(did you mean `owned`\?\)\.$/,
  ],
  ['places behind what takes two bytes', forbid('when { context.via == "ä" && context.onwed > 3 }'), /^1:106: /],
  ['another type', forbid('when { context.owned > "3" }'), /^1:\d+: the types .*|^1:\d+: unexpected type/],
  [
    'a verb that is none',
    forbid('').replace('action,', 'action == Action::"instance:explode",'),
    /unrecognized action/,
  ],
  [
    'what may be absent',
    forbid('when { resource.owner == Team::"shop" }'),
    /unable to guarantee safety of access to optional attribute `owner`/,
  ],
  ['what can never be', forbid('when { resource is Person }'), /policy is impossible/],
  ['no id', forbid('').replace('@id("a")', ''), /^1:2: @id\("\.\.\."\) is missing/],
  ['an id of any form', forbid('').replace('"a"', '"A b"'), /no word of small letters/],
  ['one id twice', `${forbid('')}\n${forbid('when { context.owned > 1 }')}`, /^2:1: another rule is 'a' too/],
  ['the same rule twice', `${forbid('')}\n${forbid('')}`, /^2:1: another rule is 'a' too/],
  ['no message', forbid('').replace('@message("No.")', ''), /@message\("\.\.\."\) is missing/],
  ['a message of two lines', forbid('').replace('No.', 'No.\\nYes.'), /not of one line/],
  ['an annotation of nobody', forbid('', '@lifts("base/machines-never-approve")'), /@lifts is no annotation/],
  ['an approver of nobody', forbid('', '@requires("boss:1")'), /@requires: 'boss' is no approver/],
  ['no count', forbid('', '@requires("owner")'), /'owner' is not of the form approver:count/],
  ['too many', forbid('', '@requires("owner:11")'), /more than 10 approvals/],
  ['an expiry of nothing', forbid('', '@expires("2 days")'), /belong to @requires/],
  ['an expiry of no form', forbid('', '@requires("owner:1") @expires("soon")'), /"14 days"/],
  [
    'a restriction that permits',
    '@id("a") permit (principal, action, resource in ?resource);',
    /a restriction only forbids/,
  ],
  ['no scope', forbid('').replace(' in ?resource', ''), /write `resource in \?resource`/],
  ['the scope alone', forbid('').replace(' in ?resource', ' == ?resource'), /write `resource in \?resource`/],
  [
    'a slot for the principal',
    forbid('').replace('principal', 'principal == ?principal'),
    /\?principal has no meaning/,
  ],
  ['nothing', '// to do\n', /there is no rule in it/],
  ['half a surrogate', `${forbid('')} // \ud800`, /not well-formed/],
])('%s is refused where it is', (_, text, expected) => {
  expect(problems(text)).toMatch(expected);
});

test('a permit that approvals would lift is refused', () => {
  const text = '@id("a") @requires("owner:1") permit (principal, action, resource in ?resource);';
  expect(problems(text, 'model')).toContain('@requires belongs to a forbid');
});

test('every finding is told, in the order of lines', () => {
  const text = `${forbid('when { context.onwed > 3 }')}\n${forbid('when { resource.colour == "red" }').replace('"a"', '"b"')}`;
  expect(problems(text)).toMatch(/^1:\d+: .*`onwed`.*\nmine\.cedar:2:\d+: .*`colour`/s);
});

test.each([
  ['brackets', `${'('.repeat(5_000)}true${')'.repeat(5_000)}`],
  ['lists', `${'['.repeat(5_000)}${']'.repeat(5_000)} == 1`],
  ['and', `${'true && '.repeat(5_000)}true`],
  ['members', `context${'.a'.repeat(5_000)} == 1`],
  ['if', `${'if true then true else '.repeat(2_000)}true`],
  ['not', `${'!('.repeat(5_000)}true${')'.repeat(5_000)}`],
])('%s without end are refused before they harm the evaluator', (_, condition) => {
  expect(problems(forbid(`when { ${condition} }`))).toMatch(/nested deeper|operators|longer/);
  expect(problems(forbid(''))).toBe('');
});

test('just within the limits the evaluator lives', () => {
  const deep = `${'!('.repeat(22)}${'context.owned > 1 && '.repeat(40)}true${')'.repeat(22)}`;
  expect(problems(forbid(`when { ${deep} }`))).toBe('');
  const chain = Array.from({ length: 66 }, (_, n) => `context.owned == ${n}`).join(' || ');
  expect(problems(forbid(`when { ${chain} }`))).toBe('');
});

test('any text is answered', () => {
  const symbol = fc.constantFrom(
    ...'(){}[];,.!-+*"\\@?=<>&|/ \n'.split(''),
    ...['permit', 'forbid', 'principal', 'action', 'resource', '?resource', 'when', 'unless', 'if', 'then', 'else'],
    ...[
      'context',
      'has',
      'like',
      'in',
      'is',
      '@id("a")',
      '@message("No.")',
      'Action::"updates"',
      '1',
      'ä',
      '\u{1f512}',
    ],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(symbol, { maxLength: 80 }).map((symbols) => symbols.join(' ')),
  );
  fc.assert(
    fc.property(text, (any) => {
      expect(problems(any)).toMatch(/^\d+:\d+: |^$/);
    }),
    { numRuns: 300 },
  );
});
