import { expect, test } from 'vitest';
import { contentHash } from '../../identifiers/index.ts';
import { planDocument, type RulesNow } from './plan-document.ts';
import { readGovernanceDocument } from './read-document.ts';

const at = new Date('2026-05-04T10:00:00Z');
const said = { by: 'administrator', at };
const text = 'forbid ...\n';
const now: RulesNow = {
  policies: [
    { name: 'mine', purpose: 'model', version: 2, digest: contentHash(Buffer.from(text)) },
    { name: 'quiet', purpose: 'restriction', version: 1, digest: contentHash(Buffer.from(text)) },
  ],
  models: [
    { scope: 'organization', name: 'golden-path', ...said },
    { scope: 'shop', name: 'mine', version: 1, ...said },
  ],
  restrictions: [{ scope: 'organization', name: 'quiet', version: 1, ...said }],
};

const plan = (lines: string, prune = false) => {
  const read = readGovernanceDocument(`governance:\n${lines}`, 'rules.yaml');
  return read.ok ? planDocument(now, read.value, { prune }) : read;
};

const plans = [
  { name: 'an empty file says nothing', lines: '  models:\n', changes: [], left: 2 },
  { name: 'a section that is left out says nothing of what is there', lines: '  {}', changes: [], left: 0 },
  {
    name: 'what is so already is no change',
    lines: '  models: {organization: golden-path, shop: mine@1}\n  restrictions: {organization: [quiet]}',
    changes: [],
    left: 0,
  },
  {
    name: 'without a version, the newest',
    lines: '  models: {organization: golden-path, shop: mine}',
    changes: ['~ model mine@2 in shop (was mine@1)'],
    left: 0,
  },
  {
    name: 'a text that is another becomes the next version, and what names it moves to that',
    lines:
      '  policies: {quiet: {purpose: restriction, text: "forbid !"}}\n  restrictions: {organization: [quiet], shop: [quiet]}',
    changes: [
      '~ restriction quiet@2 (newest was quiet@1)',
      '~ restriction quiet@2 in organization (was quiet@1)',
      '+ restriction quiet@2 in shop',
    ],
    left: 0,
  },
  {
    name: 'a text that is the same is no change',
    lines: '  policies: {quiet: {purpose: restriction, text: "forbid ...\\n"}}',
    changes: [],
    left: 0,
  },
  {
    name: 'an empty list takes nothing away by itself',
    lines: '  restrictions: {organization: []}',
    changes: [],
    left: 1,
  },
  {
    name: 'pruning takes away what the sections do not name, and never a text',
    lines: '  models: {organization: centralized}\n  restrictions: {}',
    prune: true,
    changes: [
      '~ model centralized in organization (was golden-path)',
      '- model mine@1 in shop',
      '- restriction quiet@1 in organization',
    ],
    left: 0,
  },
] as const;

test.each(plans)('$name', ({ lines, changes, left, ...more }) => {
  const planned = plan(lines, 'prune' in more);
  if (!planned.ok) throw new Error(planned.refusal.message);
  expect(planned.value.changes.map((each) => `${each.sign} ${each.text}`)).toEqual(changes);
  expect(planned.value.left).toHaveLength(left);
});

test('the hash is of what would be done and of what is there', () => {
  const hashOf = (state: RulesNow, lines: string) => {
    const read = readGovernanceDocument(`governance:\n${lines}`, 'rules.yaml');
    const planned = read.ok ? planDocument(state, read.value, { prune: false }) : read;
    return planned.ok && planned.value.hash;
  };
  const lines = '  models: {labs: embedded}';
  const first = hashOf(now, lines);
  expect(hashOf(now, lines)).toBe(first);
  expect(hashOf(now, '  models: {labs: decentralized}')).not.toBe(first);
  expect(hashOf({ ...now, models: [] }, lines)).not.toBe(first);
});

const faults = [
  { text: 'governance: {}\nunits: {}', place: '2:1', code: 'governance-file-wrong', says: 'no file of governance' },
  { text: 'governance: []', place: '1:13', code: 'governance-file-wrong', says: 'governance is a list' },
  { text: 'governance:\n  rules: {}', place: '2:3', code: 'governance-file-wrong', says: "no 'rules'" },
  { text: 'governance:\n  models: {"a b": embedded}', place: '2:12', code: 'governance-file-wrong', says: "'a b'" },
  { text: 'governance:\n  models: {shop: [embedded]}', place: '2:18', code: 'governance-file-wrong', says: 'a list' },
  { text: 'governance:\n  models: {shop: nothing}', place: '2:18', code: 'policy-missing', says: 'no policy nothing' },
  { text: 'governance:\n  models: {shop: mine@3}', place: '2:18', code: 'policy-missing', says: 'mine@3' },
  { text: 'governance:\n  models: {shop: mine@0}', place: '2:18', code: 'policy-missing', says: 'mine@0' },
  { text: 'governance:\n  models: {shop: quiet}', place: '2:18', code: 'policy-purpose-wrong', says: 'no model' },
  {
    text: 'governance:\n  restrictions: {shop: [embedded]}',
    place: '2:25',
    code: 'policy-purpose-wrong',
    says: 'embedded is no restriction',
  },
  {
    text: 'governance:\n  restrictions: {shop: quiet}',
    place: '2:24',
    code: 'governance-file-wrong',
    says: 'At shop',
  },
  {
    text: 'governance:\n  policies: {quiet: {purpose: model, text: x}}',
    place: '2:44',
    code: 'policy-purpose-wrong',
    says: 'quiet is no model',
  },
  {
    text: 'governance:\n  policies: {quiet: {purpose: rule, text: x}}',
    place: '2:31',
    code: 'governance-file-wrong',
    says: "'quiet' does not say what it is for",
  },
  {
    text: 'governance:\n  policies: {quiet: {purpose: model}}',
    place: '2:14',
    code: 'governance-file-wrong',
    says: "'quiet' has no text",
  },
] as const;

test('all that is wrong is told at once', () => {
  const read = readGovernanceDocument(
    'governance:\n  policies: {a: {purpose: model}}\n  models: {"a b": x}\n  restrictions: {shop: one}',
    'rules.yaml',
  );
  const { message = '' } = read.ok ? {} : read.refusal;
  for (const said of ["'a' has no text", "rules.yaml:3:12: 'a b' is no scope", 'rules.yaml:4:24: At shop'])
    expect(message).toContain(said);
});

test.each(faults)('$code: $text', ({ text: document, place, code, says }) => {
  const read = readGovernanceDocument(document, 'rules.yaml');
  const planned = read.ok ? planDocument(now, read.value, { prune: false }) : read;
  if (planned.ok) throw new Error('it was taken');
  const { refusal } = planned;
  expect({ code: refusal.code, place: `${refusal.position?.line}:${refusal.position?.column}` }).toEqual({
    code,
    place,
  });
  expect(refusal.message).toContain(says);
});
