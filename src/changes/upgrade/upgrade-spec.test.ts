import { expect, test } from 'vitest';
import { stepOf, versionOf } from './testing/upgrade-world.ts';
import { upgradeSpec } from './upgrade-spec.ts';

const step = stepOf(
  'ops:\n  - rename: {from: /path, to: /healthPath}\n  - compute: {at: /count, expr: int(input.count)}\n  - default: {at: /owner, value: "yes"}',
);
const text = { type: 'string' };
const versions = [
  versionOf('1.0', { path: text, count: { type: 'string', default: '1' }, account: text }),
  versionOf(
    '2.0',
    { healthPath: text, count: { type: 'integer', default: 1 }, account: text, owner: text },
    [],
    [step],
  ),
];
const spec = `proton: ServiceSpec
instances:
  - name: live
    environment: production
    spec:
      path: /ready # the probe
      account: 012345670123
      count: 3
  - name: trial
    environment: sandbox
    spec:
      path: /
`;
const way = { versions, from: { major: 1, minor: 0 }, to: { major: 2, minor: 0 } };

test('one instance of a service spec becomes what the new version takes, and the rest stays', () => {
  const upgraded = upgradeSpec({ ...way, text: spec, part: { kind: 'instance', instance: 'live' } });
  expect(upgraded.ok && upgraded.value.text).toBe(`proton: ServiceSpec
instances:
  - name: live
    environment: production
    spec:
      healthPath: /ready # the probe
      account: 012345670123
      count: 3
      owner: "yes"
  - name: trial
    environment: sandbox
    spec:
      path: /
`);
  expect(upgraded.ok && upgraded.value.inputs).toEqual({
    healthPath: '/ready',
    account: '012345670123',
    count: 3,
    owner: 'yes',
  });
});

test('defaults are not written into the spec', () => {
  const upgraded = upgradeSpec({ ...way, text: spec, part: { kind: 'instance', instance: 'trial' } });
  expect(upgraded.ok && upgraded.value.inputs).toEqual({ healthPath: '/', owner: 'yes' });
});

test.each([
  { name: 'an instance that it does not have', text: spec, instance: 'other', code: 'instance-not-in-spec' },
  {
    name: 'a spec that does not fit its own version',
    text: spec.replace('path: /ready', 'pth: /ready'),
    instance: 'live',
    code: 'inputs-invalid',
  },
  { name: 'a malformed spec', text: 'proton: ServiceSpec', instance: 'live', code: 'spec-malformed' },
])('$name is refused', ({ text: given, instance, code }) => {
  expect(upgradeSpec({ ...way, text: given, part: { kind: 'instance', instance } })).toMatchObject({
    ok: false,
    refusal: { code },
  });
});

test('a version whose schema is forgotten is refused', () => {
  const forgotten = versions.slice(1);
  expect(
    upgradeSpec({ ...way, versions: forgotten, text: spec, part: { kind: 'instance', instance: 'live' } }),
  ).toMatchObject({ refusal: { code: 'upgrade-schema-unknown' } });
});
