import { ok } from 'node:assert/strict';
import { Agent } from 'node:http';
import fc from 'fast-check';
import { type HttpAnswer, send } from '../http-exchange.ts';
import { oddTexts } from '../odd-values.ts';
import { operationNames, protonInput } from '../proton-inputs.ts';
import { signedHeaders } from '../sign-request.ts';
import { type Installation, surface } from '../surface.ts';
import { editedOnce } from '../text-edits.ts';
import { jsonText } from '../tree.ts';
import { editedTree } from '../tree-edits.ts';
import { jsonWords } from '../words.ts';

interface ProtonRequest {
  readonly target: string;
  readonly body: string;
  /** What happens to the headers after they were signed. */
  readonly broken: readonly (readonly [header: string, value: string | undefined])[];
  readonly contentType: string;
}

const prefix = 'AwsProton20200720.';
const contentType = 'application/x-amz-json-1.0';

const headerTexts = fc.oneof(
  fc.constantFrom(...oddTexts.filter((text) => /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(text) && text.length < 400)),
  fc.constantFrom(
    'AWS4-HMAC-SHA256 Credential=a/b/c/proton/aws4_request, SignedHeaders=host, Signature=0',
    'AWS4-HMAC-SHA256 Credential=,,=, SignedHeaders=;;;, Signature=',
    `AWS4-HMAC-SHA256 Credential=AAAAAAAAAAAAAAAA/20260101/x/proton/aws4_request, SignedHeaders=__proto__, Signature=${'0'.repeat(64)}`,
    'AWS4-ECDSA-P256-SHA256 Credential=x',
    'Bearer x',
    '20260231T250000Z',
    '99999999T999999Z',
  ),
);
const brokenHeader = fc.tuple(
  fc.constantFrom(
    'authorization',
    'x-amz-date',
    'x-amz-security-token',
    'x-amz-content-sha256',
    'host',
    'content-type',
    'x-amz-target',
    'date',
  ),
  fc.option(headerTexts, { nil: undefined }),
);

const requests = fc.constantFrom(...operationNames).chain((operation) => {
  const valid = protonInput(operation);
  const edited = valid.chain((tree) => editedTree([tree]));
  return fc.record<ProtonRequest>({
    target: fc.oneof(
      { weight: 30, arbitrary: fc.constant(prefix + operation) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(`${prefix}constructor`, prefix, 'x', `${prefix}__proto__`, 'AwsProton20200720'),
      },
    ),
    body: fc.oneof(
      { weight: 2, arbitrary: valid.map(jsonText) },
      { weight: 5, arbitrary: edited.map(jsonText) },
      { weight: 2, arbitrary: editedOnce(valid.map(jsonText), jsonWords) },
    ),
    broken: fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(brokenHeader, { minLength: 1, maxLength: 2 }) },
    ),
    contentType: fc.oneof(
      { weight: 30, arbitrary: fc.constant(contentType) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'application/json',
          'application/x-amz-json-1.0; charset=utf-8',
          '',
          'multipart/form-data',
          'x',
        ),
      },
    ),
  });
});

export const protonSurface = surface<ProtonRequest>({
  name: 'proton',
  share: 800,
  async open(world) {
    const installation = await world.installation();
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    return {
      inputs: requests,
      async tryInput(request) {
        const answer = await ask(agent, installation, request);
        installation.expectNoFailureLogged();
        return expectProtonAnswer(answer);
      },
      async stillServes() {
        const target = `${prefix}ListEnvironmentTemplates`;
        const answer = await ask(agent, installation, { target, body: '{}', broken: [], contentType });
        ok(answer.status === 200, `${answer.status} ${answer.body}`);
      },
      close: async () => agent.destroy(),
    };
  },
});

async function ask(agent: Agent, { url, ...key }: Installation, request: ProtonRequest): Promise<HttpAnswer> {
  const body = Buffer.from(request.body);
  const toSign = {
    method: 'POST',
    path: '/',
    headers: { host: new URL(url).host, 'x-amz-target': request.target, 'content-type': request.contentType },
    body,
  };
  const headers = signedHeaders(toSign, { ...key, service: 'proton', region: 'us-east-1' });
  for (const [name, value] of request.broken) {
    if (value === undefined) delete headers[name];
    else headers[name] = value;
  }
  return send(agent, url, { method: 'POST', path: '/', headers, body });
}

/** A request that lost its X-Amz-Target is for no door, and is answered as any page that is not there. */
function expectProtonAnswer({ status, headers, body }: HttpAnswer): string {
  ok(status >= 200 && status < 500, `${status} ${body}`);
  const type = String(headers['content-type']);
  if (!type.startsWith('application/x-amz-json')) {
    ok(status >= 400, `${status} of type ${type}`);
    return String(status);
  }
  const answer = JSON.parse(body.toString()) as { __type?: string; message?: string };
  ok(/^[0-9a-f-]{36}$/.test(String(headers['x-amzn-requestid'])), 'no request id');
  if (status === 200) return 'taken';
  const exception = String(headers['x-amzn-errortype']);
  ok(/Exception$/.test(exception) && answer.__type?.endsWith(`#${exception}`), `${exception}, ${answer.__type}`);
  ok(exception !== 'InternalServerException', answer.message);
  ok(answer.message?.trim(), 'no message');
  return exception;
}
