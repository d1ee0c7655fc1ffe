import { expect, test } from 'vitest';
import { describeRefusal } from './refusal.ts';

const told = (message: string) => describeRefusal({ kind: 'invalid', code: 'a-code', message, remedy: 'Do this.' });

test.each([
  ['There is none.', 'There is none. Do this.'],
  ['There is no thing: arn:aws:thing/a', 'There is no thing: arn:aws:thing/a. Do this.'],
  ['It says "no."', 'It says "no." Do this.'],
  ['Several things are wrong:\n  this\n  that', 'Several things are wrong:\n  this\n  that\nDo this.'],
])('a message and its remedy are told apart: %j', (message, expected) => {
  expect(told(message)).toBe(expected);
});
