import { describe, expect, test } from 'vitest';
import { makeBundle } from './bundle.ts';
import { readTemplateRegistration } from './template-registration.ts';

function read(path: string, text: string) {
  return readTemplateRegistration(makeBundle(new Map([[path, Buffer.from(text)]])));
}

test.each([
  {
    name: 'the present form',
    path: '.template-registration.yaml',
    text: 'compatible_environments:\n  - network:1\n  - other:2\nsupported_component_sources: [DIRECTLY_DEFINED]\n',
    sources: ['DIRECTLY_DEFINED'],
  },
  {
    name: 'without components',
    path: '.template-registration.yaml',
    text: 'compatible_environments: ["network:1", other:2]',
    sources: [],
  },
  { name: 'the older form', path: '.compatible-envs', text: 'network:1\r\n\nother:2 # later\n', sources: [] },
])('$name', ({ path, text, sources }) => {
  expect(read(path, text)).toEqual({
    ok: true,
    value: {
      compatibleEnvironments: [
        { templateName: 'network', majorVersion: 1 },
        { templateName: 'other', majorVersion: 2 },
      ],
      supportedComponentSources: sources,
    },
  });
});

describe('what is refused, with its place', () => {
  test.each([
    {
      name: 'no version',
      path: '.compatible-envs',
      text: 'a:1\nb',
      says: '.compatible-envs:2:1: found "b", expected name:major',
    },
    { name: 'nothing', path: '.compatible-envs', text: '\n', says: 'lists nothing' },
    {
      name: 'a misspelt key',
      path: '.template-registration.yaml',
      text: 'compatible_environment: [a:1]',
      says: ':1:1: compatible_environment: is not known here; expected compatible_environments',
    },
    {
      name: 'no list',
      path: '.template-registration.yaml',
      text: 'compatible_environments: a:1',
      says: 'expected a list',
    },
    { name: 'no YAML', path: '.template-registration.yaml', text: 'a: [', says: 'not valid YAML' },
    {
      name: 'another source of components',
      path: '.template-registration.yaml',
      text: 'compatible_environments: [a:1]\nsupported_component_sources: [ANY]',
      says: ':2:31: supported_component_sources: found ANY',
    },
    {
      name: 'too many',
      path: '.compatible-envs',
      text: Array.from({ length: 11 }, (_, n) => `a${n}:1`).join('\n'),
      says: ':11:1: more than 10',
    },
    { name: 'neither file', path: 'README.md', text: '', says: 'neither' },
  ])('$name', ({ path, text, says }) => {
    const answer = read(path, text);
    expect(answer.ok || answer.refusal.message).toContain(says);
  });
});

test('a very long name is refused, and not thought about for long', () => {
  const answer = read('.compatible-envs', 'x'.repeat(500_000));
  expect(answer).toMatchObject({ ok: false, refusal: { code: 'template-registration-invalid' } });
  expect(answer.ok || answer.refusal.message.length).toBeLessThan(1_000);
});
