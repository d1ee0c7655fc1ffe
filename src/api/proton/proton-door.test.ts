import { Sha256 } from '@aws-crypto/sha256-js';
import {
  CreateComponentCommand,
  DeleteEnvironmentCommand,
  GetDeploymentCommand,
  GetEnvironmentCommand,
  ListEnvironmentsCommand,
  ProtonClient,
  TagResourceCommand,
  UpdateEnvironmentCommand,
} from '@aws-sdk/client-proton';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accept, refuse } from '../../errors/index.ts';
import {
  firstAdministratorName,
  issueAccessKey,
  principalFindByName,
  revokeAccessKey,
} from '../../organization/index.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

const createdAt = new Date('2026-11-25T08:00:00.123Z');
const arn = 'arn:aws:proton:eu-west-1:123456789012:environment/dev';
const logged: { facts: object; message: string }[] = [];
const log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (facts: object, message: string) => void logged.push({ facts, message }),
  child: () => log,
};

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({
    log,
    operations: {
      GetDeployment: async ({ id }) =>
        accept({
          deployment: {
            arn,
            id,
            createdAt,
            lastModifiedAt: createdAt,
            deploymentStatus: 'SUCCEEDED',
            environmentName: 'dev',
            targetArn: arn,
            targetResourceCreatedAt: createdAt,
            targetResourceType: 'ENVIRONMENT',
            targetState: { environment: { templateName: 'vpc', templateMajorVersion: '1', templateMinorVersion: '0' } },
            deploymentStatusMessage: undefined,
          },
        }),
      GetEnvironment: async ({ name }) =>
        refuse({
          kind: 'missing',
          code: 'EnvironmentNotFound',
          message: `No environment ${name}: ü.`,
          remedy: 'List them.',
        }),
      ListEnvironments: async () => refuse({ kind: 'unavailable', code: 'Busy', message: 'Busy.', remedy: 'Wait.' }),
      DeleteEnvironment: async () => {
        throw new Error('a secret detail');
      },
      TagResource: async () => accept({}),
    },
  });
});
afterAll(() => api.close());

interface Sent {
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly service?: string;
  readonly signedAt?: Date;
}

async function send(target: string, { body = '{}', headers = {}, service = 'proton', signedAt }: Sent = {}) {
  const { hostname, host, port } = new URL(api.url);
  const signer = new SignatureV4({
    service,
    region: 'us-west-2',
    credentials: { accessKeyId: api.key.id, secretAccessKey: api.key.secret },
    sha256: Sha256,
  });
  const signed = await signer.sign(
    {
      method: 'POST',
      protocol: 'http:',
      hostname,
      port: Number(port),
      path: '/',
      headers: { host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target, ...headers },
      body,
    },
    { signingDate: signedAt },
  );
  const { host: _host, ...sent } = signed.headers;
  const answer = await fetch(api.url, { method: 'POST', headers: sent, body } as RequestInit);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

test('an answer, byte for byte: times as epoch seconds, absent members left out', async () => {
  const id = '01234567-89ab-cdef-0123-456789abcdef';
  const answer = await send('AwsProton20200720.GetDeployment', { body: JSON.stringify({ id }) });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/x-amz-json-1.0');
  expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  expect(JSON.parse(answer.text)).toEqual({
    deployment: {
      arn,
      createdAt: 1795593600.123,
      deploymentStatus: 'SUCCEEDED',
      environmentName: 'dev',
      id,
      lastModifiedAt: 1795593600.123,
      targetArn: arn,
      targetResourceCreatedAt: 1795593600.123,
      targetResourceType: 'ENVIRONMENT',
      targetState: { environment: { templateName: 'vpc', templateMajorVersion: '1', templateMinorVersion: '0' } },
    },
  });
});

test('a refusal, byte for byte', async () => {
  const answer = await send('AwsProton20200720.GetEnvironment', { body: '{"name":"dev"}' });
  expect(answer.status).toBe(400);
  expect(answer.headers.get('x-amzn-errortype')).toBe('ResourceNotFoundException');
  expect(answer.text).toBe(
    '{"__type":"com.amazonaws.proton.v20200720#ResourceNotFoundException","message":"No environment dev: ü. List them."}',
  );
});

describe('the SDK sees', () => {
  test('times as dates', async () => {
    const { deployment } = await api.proton.send(
      new GetDeploymentCommand({ id: '01234567-89ab-cdef-0123-456789abcdef' }),
    );
    expect(deployment?.createdAt).toEqual(createdAt);
  });

  test('an empty output', async () => {
    const output = await api.proton.send(new TagResourceCommand({ resourceArn: arn, tags: [{ key: 'a', value: '' }] }));
    expect(output.$metadata.httpStatusCode).toBe(200);
  });

  test('a typed exception', async () => {
    const get = api.proton.send(new GetEnvironmentCommand({ name: 'dev' }));
    await expect(get).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'No environment dev: ü. List them.',
    });
  });

  test('a throttling that may be retried', async () => {
    const list = api.proton.send(new ListEnvironmentsCommand({}));
    await expect(list).rejects.toMatchObject({ name: 'ThrottlingException', $retryable: { throttling: true } });
  });

  test('a violated constraint', async () => {
    const get = api.proton.send(new GetEnvironmentCommand({ name: '-' }));
    await expect(get).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining("Value at 'name'"),
    });
  });

  test('that an operation is not available', async () => {
    const update = api.proton.send(new UpdateEnvironmentCommand({ name: 'dev', deploymentType: 'NONE' }));
    await expect(update).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('UpdateEnvironment is not available in this version of Deuteron (1.2.3).'),
    });
    const component = api.proton.send(new CreateComponentCommand({ name: 'c', templateFile: 'x', manifest: 'y' }));
    await expect(component).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('that something broke, under a number, and no more; the log has the rest', async () => {
    const remove = api.proton.send(new DeleteEnvironmentCommand({ name: 'dev' }));
    const error = await remove.then(
      () => undefined,
      (error: Error & { $metadata: { httpStatusCode: number; requestId: string } }) => error,
    );
    expect(error).toMatchObject({ name: 'InternalServerException', $metadata: { httpStatusCode: 500 } });
    expect(error?.message).toContain(error?.$metadata.requestId);
    expect(error?.message).not.toContain('secret');
    expect(logged).toContainEqual({
      facts: { error: expect.objectContaining({ message: 'a secret detail' }) },
      message: 'An operation failed unexpectedly.',
    });
  });
});

describe('refused at the door', () => {
  const wide = `{"name":"${'x'.repeat(1024 * 1024)}"}`;
  const cases: { name: string; target?: string; sent?: Sent; error: string; status?: number }[] = [
    { name: 'an unknown operation', target: 'AwsProton20200720.MakeCoffee', error: 'UnknownOperationException' },
    { name: 'a name from every object', target: 'AwsProton20200720.constructor', error: 'UnknownOperationException' },
    { name: 'another service', target: 'DynamoDB_20120810.GetItem', error: 'UnknownOperationException' },
    {
      name: 'a target with too many words',
      target: 'AwsProton20200720.GetEnvironment.x',
      error: 'UnknownOperationException',
    },
    {
      name: 'another form of JSON',
      sent: { headers: { 'content-type': 'application/json' } },
      error: 'SerializationException',
    },
    { name: 'broken JSON', sent: { body: '{' }, error: 'SerializationException' },
    {
      name: 'bytes that are no UTF-8',
      sent: { body: Uint8Array.from([0x7b, 0xff, 0x7d]) },
      error: 'SerializationException',
    },
    { name: 'an empty body', sent: { body: '' }, error: 'SerializationException' },
    { name: 'a key twice', sent: { body: '{"name":"a","name":"b"}' }, error: 'SerializationException' },
    { name: 'a number for a name', sent: { body: '{"name":1}' }, error: 'SerializationException' },
    { name: 'a body too large', sent: { body: wide }, error: 'RequestEntityTooLargeException', status: 413 },
    { name: 'a signature for another service', sent: { service: 'iam' }, error: 'InvalidSignatureException' },
    {
      name: 'an old signature',
      sent: { signedAt: new Date(Date.now() - 16 * 60_000) },
      error: 'InvalidSignatureException',
    },
    {
      name: 'a signature of tomorrow',
      sent: { signedAt: new Date(Date.now() + 16 * 60_000) },
      error: 'InvalidSignatureException',
    },
  ];
  test.each(cases)('$name', async ({ target = 'AwsProton20200720.GetEnvironment', sent, error, status = 400 }) => {
    const answer = await send(target, sent);
    expect(answer.headers.get('x-amzn-errortype')).toBe(error);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({
      __type: expect.stringMatching(new RegExp(`#${error}$`)),
      message: expect.any(String),
    });
  });

  test('a request without a signature', async () => {
    const headers = {
      'x-amz-target': 'AwsProton20200720.GetEnvironment',
      'content-type': 'application/x-amz-json-1.0',
    };
    const answer = await fetch(api.url, { method: 'POST', headers, body: '{}' });
    expect(answer.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
  });

  function clientWith(accessKeyId: string, secretAccessKey: string, sessionToken?: string): ProtonClient {
    const credentials = { accessKeyId, secretAccessKey, sessionToken };
    return new ProtonClient({ endpoint: api.url, region: 'eu-west-1', maxAttempts: 1, credentials });
  }
  const get = new GetDeploymentCommand({ id: '01234567-89ab-cdef-0123-456789abcdef' });

  test('a wrong secret', async () => {
    await expect(clientWith(api.key.id, 'wrong').send(get)).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
  });

  test('an unknown key', async () => {
    const client = clientWith('AKIAAAAAAAAAAAAAAAAA', 'wrong');
    await expect(client.send(get)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  test('a key that was revoked', async () => {
    const { id } = (await principalFindByName(api.db, firstAdministratorName))!;
    const key = await issueAccessKey(api.organization, id);
    const client = clientWith(key.id, key.secret);
    expect((await client.send(get)).$metadata.httpStatusCode).toBe(200);
    await revokeAccessKey(api.organization, key.id);
    await expect(client.send(get)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  test('a temporary key without its session token', async () => {
    const { id } = (await principalFindByName(api.db, firstAdministratorName))!;
    const key = await issueAccessKey(api.organization, id, { expiresAt: new Date(Date.now() + 60_000) });
    expect((await clientWith(key.id, key.secret, key.sessionToken).send(get)).$metadata.httpStatusCode).toBe(200);
    for (const token of [undefined, 'other']) {
      const answer = clientWith(key.id, key.secret, token).send(get);
      await expect(answer).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
    }
  });
});
