import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OperationName } from './generated/types.ts';
import { apiModel, type Shape, type StructureShape, shapeOf } from './model/api-model.ts';
import { validateInput } from './validate-input.ts';

const names = Object.keys(apiModel.operations) as OperationName[];

/** Values that satisfy the patterns of the model; a pattern that is missing here fails the contract test below. */
const examples: Readonly<Record<string, string>> = {
  Arn: 'arn:aws:proton:eu-west-1:123456789012:environment/dev',
  AwsAccountId: '123456789012',
  DeploymentId: '01234567-89ab-cdef-0123-456789abcdef',
  EnvironmentAccountConnectionId: '01234567-89ab-cdef-0123-456789abcdef',
  FullTemplateVersionNumber: '1.0',
  NextToken: 'abcd',
  RepositoryName: 'owner/name',
  RoleArn: 'arn:aws:iam::123456789012:role/proton',
  RoleArnOrEmptyString: '',
  TemplateVersionPart: '1',
};

function minimal(shapeName: string): unknown {
  const shape: Shape = shapeOf(apiModel, shapeName);
  switch (shape.type) {
    case 'structure': {
      const chosen = shape.union ? Object.keys(shape.members).slice(0, 1) : (shape.required ?? []);
      return Object.fromEntries(chosen.map((name) => [name, minimal(shape.members[name]!.shape)]));
    }
    case 'list':
      return Array.from({ length: shape.min ?? 0 }, () => minimal(shape.member.shape));
    case 'string':
      return shape.enum?.[0] ?? examples[shapeName] ?? 'abc'.slice(0, shape.max ?? 3);
    case 'integer':
      return shape.min ?? 0;
    case 'boolean':
      return true;
    case 'timestamp':
      return 1_764_000_000.5;
  }
}

function inputShape(name: OperationName): StructureShape {
  return shapeOf(apiModel, apiModel.operations[name]!.input.shape) as StructureShape;
}

describe.each(names)('%s', (name) => {
  const body = minimal(apiModel.operations[name]!.input.shape) as Record<string, unknown>;

  test('accepts the least that it needs', () => {
    expect(validateInput(name, body)).toEqual({ ok: true, value: body });
  });

  test('names every required member that is missing', () => {
    const required = inputShape(name).required ?? [];
    const answer = validateInput(name, {});
    if (required.length === 0) return expect(answer).toEqual({ ok: true, value: {} });
    const message = answer.ok ? '' : answer.refusal.message;
    expect(message.startsWith(`${required.length} validation error${required.length > 1 ? 's' : ''} detected: `)).toBe(
      true,
    );
    for (const member of required)
      expect(message).toContain(`Value at '${member}' failed to satisfy constraint: Member must not be null`);
  });

  test('refuses a wrong type of every member', () => {
    for (const [member, { shape }] of Object.entries(inputShape(name).members)) {
      const wrong = shapeOf(apiModel, shape).type === 'boolean' ? 'yes' : true;
      expect(validateInput(name, { ...body, [member]: wrong })).toMatchObject({
        ok: false,
        refusal: { code: 'WrongType' },
      });
    }
  });

  test('never throws, whatever it is given', () => {
    const members = Object.keys(inputShape(name).members);
    const hostile = fc.dictionary(fc.constantFrom('other', ...members), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(hostile, (given) => typeof validateInput(name, given).ok === 'boolean'),
      { numRuns: 30 },
    );
  });
});

describe('the words of a refusal', () => {
  const cases: { name: string; operation: OperationName; body: Record<string, unknown>; says: string }[] = [
    {
      name: 'two violations at once',
      operation: 'CreateEnvironment',
      body: { name: '-dev', templateName: 'vpc', templateMajorVersion: '1' },
      says: "2 validation errors detected: Value at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[0-9A-Za-z]+[0-9A-Za-z_\\-]*$; Value at 'spec' failed to satisfy constraint: Member must not be null",
    },
    {
      name: 'a text too long, counted in characters',
      operation: 'CreateEnvironmentTemplate',
      body: { name: 'vpc', description: '😀'.repeat(501) },
      says: "1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 500",
    },
    {
      name: 'an unknown word',
      operation: 'UpdateEnvironment',
      body: { name: 'dev', deploymentType: 'LATEST' },
      says: "1 validation error detected: Value at 'deploymentType' failed to satisfy constraint: Member must satisfy enum value set: [NONE, CURRENT_VERSION, MINOR_VERSION, MAJOR_VERSION]",
    },
    {
      name: 'a number out of range',
      operation: 'ListEnvironments',
      body: { maxResults: 101 },
      says: "1 validation error detected: Value at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100",
    },
    {
      name: 'an item of a list',
      operation: 'TagResource',
      body: {
        resourceArn: examples.Arn,
        tags: [
          { key: 'a', value: 'b' },
          { key: '', value: 'b' },
        ],
      },
      says: "1 validation error detected: Value at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1",
    },
    {
      name: 'a union without a member',
      operation: 'CreateEnvironmentTemplateVersion',
      body: { templateName: 'vpc', source: {} },
      says: "1 validation error detected: Value at 'source' failed to satisfy constraint: Member must have exactly one of the members: [s3]",
    },
    {
      name: 'a character that no database keeps',
      operation: 'CreateEnvironmentTemplate',
      body: { name: 'vpc', displayName: 'a\0b' },
      says: "1 validation error detected: Value at 'displayName' failed to satisfy constraint: Member must not contain the character U+0000",
    },
    {
      name: 'a wrong type',
      operation: 'GetEnvironment',
      body: { name: 5 },
      says: "NUMBER_VALUE can not be converted to String at 'name'",
    },
    {
      name: 'half a number',
      operation: 'ListEnvironments',
      body: { maxResults: 1.5 },
      says: "NUMBER_VALUE can not be converted to 32-bit Integer at 'maxResults'",
    },
  ];
  test.each(cases)('$name', ({ operation, body, says }) => {
    const answer = validateInput(operation, body);
    expect(answer.ok ? '' : answer.refusal.message).toBe(says);
  });

  test('are not without end', () => {
    const answer = validateInput('TagResource', {
      resourceArn: examples.Arn,
      tags: Array.from({ length: 50 }, () => ({})),
    });
    expect(answer.ok ? '' : answer.refusal.message).toMatch(/^100 validation errors detected: .*; and 80 more$/);
  });
});

test('unknown members and null are as if they were not there', () => {
  const answer = validateInput('GetEnvironment', { name: 'dev', novelty: { deep: [1] }, spec: null });
  expect(answer).toEqual({ ok: true, value: { name: 'dev' } });
});

test('a text far too long does not keep a pattern busy', () => {
  const answer = validateInput('CreateEnvironmentTemplateVersion', {
    templateName: 'vpc',
    source: { s3: { bucket: `${'a-'.repeat(400_000)}!`, key: 'k' } },
  });
  expect(answer.ok ? '' : answer.refusal.message).toContain('length less than or equal to 63');
});
