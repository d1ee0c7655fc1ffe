import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import {
  type ClientRequest,
  createByName,
  forgetRequests,
  parametersHash,
  recallRequest,
  rememberRequest,
} from './index.ts';

const now = new Date('2026-11-25T08:00:00Z');
const hoursLater = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
const arn = 'arn:aws:proton:eu-west-1:123456789012:service-template/web:1.0';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

function request(token: string, change: Partial<ClientRequest> = {}): ClientRequest {
  return {
    account: '123456789012',
    operation: 'CreateServiceTemplateVersion',
    token,
    parametersHash: parametersHash({ templateName: 'web', clientToken: token }),
    now,
    ...change,
  };
}

describe('a client token that was used', () => {
  const same = { ok: true, value: { answer: 'same', resourceArn: arn } };
  const fresh = { ok: true, value: { answer: 'new' } };
  const cases = [
    { name: 'with the same parameters', change: {}, expected: same },
    {
      name: 'with other parameters',
      change: { parametersHash: parametersHash({ templateName: 'other' }) },
      expected: { ok: false, refusal: { kind: 'invalid', code: 'IdempotentParameterMismatch' } },
    },
    { name: 'in another operation', change: { operation: 'CreateServiceInstance' }, expected: fresh },
    { name: 'in another account', change: { account: '210987654321' }, expected: fresh },
    { name: 'just under eight hours later', change: { now: hoursLater(7.99) }, expected: same },
    { name: 'eight hours later', change: { now: hoursLater(8) }, expected: fresh },
  ];
  test.each(cases)('$name', async ({ name, change, expected }) => {
    await rememberRequest(database.db, request(name), arn);
    expect(await recallRequest(database.db, request(name, change))).toMatchObject(expected);
  });
});

test('a request counts as new again once what it made was deleted', async () => {
  await rememberRequest(database.db, request('deleted'), `${arn}-deleted`);
  await forgetRequests(database.db, `${arn}-deleted`);
  expect(await recallRequest(database.db, request('deleted'))).toEqual({ ok: true, value: { answer: 'new' } });
});

test('of two equal requests at once, the second waits and sees what the first made', async () => {
  const { db } = database;
  const answers = await Promise.all(
    [1, 2].map((run) =>
      db.transaction().execute(async (tx) => {
        const recalled = await recallRequest(tx, request('at once'));
        if (recalled.ok && recalled.value.answer === 'new')
          await rememberRequest(tx, request('at once'), `${arn}-${run}`);
        return recalled.ok ? recalled.value.answer : 'refused';
      }),
    ),
  );
  expect(answers.sort()).toEqual(['new', 'same']);
});

describe('creating by name', () => {
  const cases = [
    { name: 'nothing has the name', existing: undefined, expected: { value: 'create' } },
    { name: 'the same parameters', existing: { parametersHash: 'a', modified: false }, expected: { value: 'exists' } },
    {
      name: 'the same parameters, changed since',
      existing: { parametersHash: 'a', modified: true },
      expected: { refusal: { kind: 'conflict', code: 'ModifiedSinceCreation' } },
    },
    {
      name: 'other parameters',
      existing: { parametersHash: 'b', modified: false },
      expected: { refusal: { kind: 'invalid', code: 'IdempotentParameterMismatch' } },
    },
    {
      name: 'other parameters, changed since',
      existing: { parametersHash: 'b', modified: true },
      expected: { refusal: { kind: 'invalid', code: 'IdempotentParameterMismatch' } },
    },
  ];
  test.each(cases)('$name', ({ existing, expected }) => {
    expect(createByName("environment 'dev'", 'a', existing)).toMatchObject(expected);
  });

  test('the message begins as users of Proton know it', () => {
    const answer = createByName("environment 'dev'", 'a', { parametersHash: 'b', modified: false });
    expect(!answer.ok && answer.refusal.message).toMatch(/^Idempotent parameter mismatch/);
  });
});
