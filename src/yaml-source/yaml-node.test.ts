import { expect, test } from 'vitest';
import { parseYaml } from './parse-yaml.ts';
import { yamlBoolean } from './yaml-node.ts';

test.each([
  { text: 'true', expected: true },
  { text: 'False', expected: false },
  { text: 'yes', expected: true },
  { text: 'On', expected: true },
  { text: 'NO', expected: false },
  { text: 'off', expected: false },
  { text: '"yes"', expected: undefined },
  { text: 'yEs', expected: undefined },
  { text: 'y', expected: undefined },
  { text: '1', expected: undefined },
])('as a boolean, $text is $expected', ({ text, expected }) => {
  const parsed = parseYaml(text, 'file');
  expect(parsed.ok && parsed.value?.kind === 'scalar' ? yamlBoolean(parsed.value) : 'no scalar').toBe(expected);
});
