import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerXml, errorXml, formStructures, formText, formTexts, readSigner, unfoldForm } from './query-protocol.ts';

function unfold(query: string) {
  return unfoldForm(new URLSearchParams(query));
}

describe('a form is unfolded', () => {
  const cases = [
    { name: 'plain members', form: 'Action=A&StackName=s', unfolded: { Action: 'A', StackName: 's' } },
    {
      name: 'lists in the order of their numbers',
      form: 'L.member.2=b&L.member.1=a&L.member.10=j',
      unfolded: { L: ['a', 'b', 'j'] },
    },
    {
      name: 'structures in lists',
      form: 'Tags.member.1.Key=k&Tags.member.1.Value=v',
      unfolded: { Tags: [{ Key: 'k', Value: 'v' }] },
    },
    { name: 'an empty list', form: 'Capabilities=', unfolded: { Capabilities: '' } },
    { name: 'escapes', form: 'T=a%2Bb+c%0A%E2%82%AC', unfolded: { T: 'a+b c\n€' } },
    { name: 'a NUL, which no database text can hold', form: 'T=a%00b', unfolded: { T: 'a\ufffdb' } },
    {
      name: 'names that only look special',
      form: '__proto__=1&constructor.x=2',
      unfolded: Object.fromEntries([
        ['__proto__', '1'],
        ['constructor', { x: '2' }],
      ]),
    },
    { name: 'a name that is a member and a structure', form: 'A=1&A.B=2', unfolded: undefined },
    { name: 'a list with a name for a number', form: 'L.member.x=1', unfolded: undefined },
    { name: 'too deep', form: `${'a.'.repeat(20)}a=1`, unfolded: undefined },
    {
      name: 'too many fields',
      form: Array.from({ length: 10_001 }, (_, index) => `f${index}=`).join('&'),
      unfolded: undefined,
    },
  ];
  test.each(cases)('$name', ({ form, unfolded }) => {
    expect(unfold(form)).toEqual(unfolded);
  });

  test('any form is unfolded or refused, and what was unfolded can be read', () => {
    const name = fc.array(fc.constantFrom('member', '1', '2', 'Key', '', '__proto__', 'x'), {
      minLength: 1,
      maxLength: 5,
    });
    const fields = fc.array(
      fc.tuple(
        name.map((parts) => parts.join('.')),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(fields, (given) => {
        const form = unfoldForm(given);
        for (const member of Object.keys(form ?? {})) {
          formText(form!, member);
          formTexts(form!, member);
          formStructures(form!, member);
        }
      }),
    );
  });
});

test('an empty list on the wire is an empty list, an absent one is absent', () => {
  const form = unfold('Tags=') ?? {};
  expect([formStructures(form, 'Tags'), formTexts(form, 'Tags'), formTexts(form, 'Other')]).toEqual([
    [],
    [],
    undefined,
  ]);
});

test('answers and errors have the shape of the service', () => {
  expect(answerXml('2010-05-15', 'GetTemplate', { TemplateBody: '<a & "b">\u0001', Stages: ['x', 'y'] }, 'id')).toBe(
    '<GetTemplateResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><GetTemplateResult>' +
      '<TemplateBody>&lt;a &amp; &quot;b&quot;&gt;\ufffd</TemplateBody>' +
      '<Stages><member>x</member><member>y</member></Stages></GetTemplateResult>' +
      '<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></GetTemplateResponse>',
  );
  expect(errorXml('2011-06-15', { code: 'AccessDenied', message: 'no', httpStatus: 403 }, 'id')).toBe(
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>' +
      '<Code>AccessDenied</Code><Message>no</Message></Error><RequestId>id</RequestId></ErrorResponse>',
  );
});

const signers = [
  {
    name: 'a signature of version 4',
    header:
      'AWS4-HMAC-SHA256 Credential=KEY/20260101/eu-west-1/cloudformation/aws4_request, SignedHeaders=host, Signature=0',
    expected: { ok: true, value: { accessKeyId: 'KEY', region: 'eu-west-1', service: 'cloudformation' } },
  },
  {
    name: 'none',
    header: undefined,
    expected: { ok: false, error: { code: 'MissingAuthenticationToken', httpStatus: 403 } },
  },
  { name: 'another scheme', header: 'Bearer abc', expected: { ok: false, error: { code: 'IncompleteSignature' } } },
];
test.each(signers)('the signer is read from $name', ({ header, expected }) => {
  expect(readSigner(header)).toMatchObject(expected);
});
