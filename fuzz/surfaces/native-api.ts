import { ok } from 'node:assert/strict';
import { Agent } from 'node:http';
import fc from 'fast-check';
import { environmentSpecs, serviceSpecs } from '../example-texts.ts';
import { type HttpAnswer, send } from '../http-exchange.ts';
import { type JsonRequest, type JsonRoute, jsonRequests, KnownIds } from '../json-requests.ts';
import type { InputSchema } from '../schema-inputs.ts';
import { signedHeaders } from '../sign-request.ts';
import { surface } from '../surface.ts';
import { expectRefusal } from '../well-formed.ts';

type NativeRequest = JsonRequest & { readonly secret: 'right' | 'wrong' | 'none' };

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiRoute>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, InputSchema>> };
}

interface OpenApiRoute {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: InputSchema;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: InputSchema }>> };
}

const prefix = '/api/v1';

/** Closed, and forbidden besides: nothing that a test makes may call out. */
const textsOf: Readonly<Record<string, readonly string[]>> = {
  url: ['http://127.0.0.1:9/', 'http://192.0.2.1.invalid/', 'https://localhost:9/x', 'ftp://x', 'http://[::1]:9/'],
  types: ['*', 'Deuteron Webhook Test', 'AWS Proton Environment Status Change'],
  type: ['AWS Proton Environment Status Change', 'Deuteron Deployment State Change'],
  resources: ['arn:aws:proton:us-east-1:111122223333:environment/*', '*'],
  resource: ['arn:aws:proton:us-east-1:111122223333:environment/*', '*'],
  target: ['arn:aws:proton:us-east-1:111122223333:environment/*', 'webhook/x'],
  principal: ['administrator', 'ana'],
  verb: ['proton:CreateService', 's3:PutObject'],
  spec: [...environmentSpecs, ...serviceSpecs],
  nextToken: ['x', 'bmV4dA==', 'eyJhIjoxfQ'],
  name: ['network', 'worker', 'sandbox', 'orders', 'live'],
  templateName: ['network', 'worker'],
  environmentName: ['sandbox', 'none'],
  serviceName: ['orders', 'none'],
  majorVersion: ['1', '2'],
  minorVersion: ['0', '1'],
};

function routesOf({ paths }: OpenApi): JsonRoute[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]): JsonRoute => {
      const of = (place: string) => parameters.filter((each) => each.in === place);
      const schemas = (place: string) => Object.fromEntries(of(place).map(({ name, schema = {} }) => [name, schema]));
      const required = of('query').flatMap(({ name, required: isRequired }) => (isRequired ? [name] : []));
      return {
        method: method.toUpperCase(),
        path: path.startsWith(prefix) ? path : `${prefix}${path}`,
        parameters: schemas('path'),
        query: { properties: schemas('query'), required },
        body: requestBody?.content['application/json']?.schema,
      };
    }),
  );
}

/** Every route of /api/v1, from its own description. */
export const nativeApiSurface = surface<NativeRequest>({
  name: 'native-api',
  share: 500,
  async open(world) {
    const installation = await world.installation();
    const { url, accessKeyId, secretAccessKey } = installation;
    const openapi = (await (await fetch(`${url}${prefix}/openapi.json`)).json()) as OpenApi;
    const routes = routesOf(openapi);
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const { host } = new URL(url);
    const ids = new KnownIds();

    const ask = async ({ secret, ...request }: NativeRequest): Promise<HttpAnswer> => {
      const { method, query, contentType, headers: others } = request;
      const path = ids.fill(request.path);
      const body = Buffer.from(request.body ?? '');
      const type: Record<string, string> = contentType === undefined ? {} : { 'content-type': contentType };
      const toSign = { method, path, query, headers: { host, ...type }, body };
      const key = { accessKeyId, secretAccessKey: secret === 'right' ? secretAccessKey : 'wrong' };
      const headers = {
        ...(secret === 'none'
          ? toSign.headers
          : signedHeaders(toSign, { ...key, service: 'deuteron', region: 'us-east-1' })),
        'content-length': String(body.length),
        ...others,
      };
      return send(agent, url, { method, path: query ? `${path}?${query}` : path, headers, body });
    };
    const usual = { query: '', contentType: undefined, body: undefined, headers: {}, secret: 'right' } as const;

    return {
      inputs: fc
        .tuple(
          jsonRequests(routes, {
            textsOf: (name) => textsOf[name],
            resolve: (ref) => openapi.components?.schemas?.[ref.split('/').at(-1) ?? ''],
          }),
          fc.constantFrom<NativeRequest['secret'][]>(...Array(20).fill('right'), 'wrong', 'none'),
        )
        .map(([request, secret]) => ({ ...request, secret })),
      async tryInput(request) {
        const answer = await ask(request);
        installation.expectNoFailureLogged();
        // the key that all is signed with stays as it is
        ids.note(Buffer.from(answer.body.toString('latin1').replaceAll(accessKeyId, ''), 'latin1'));
        return expectJsonAnswer(request, answer);
      },
      /** What was added is removed again: lists have their limits, and what is full is tried no further. */
      async stillServes() {
        for (const { path } of routes.filter(({ method, path: of }) => method === 'DELETE' && of.endsWith('/{id}'))) {
          const listed = await ask({ ...usual, method: 'GET', path: path.slice(0, -'/{id}'.length) });
          ok(listed.status === 200, `${listed.status} ${listed.body}`);
          const [items = []] = Object.values(JSON.parse(listed.body.toString()) as Record<string, { id: string }[]>);
          for (const { id } of items) {
            if (id === accessKeyId) continue; // whom nobody would let in again
            const removed = await ask({ ...usual, method: 'DELETE', path: path.replace('{id}', id) });
            ok(removed.status < 300, `${removed.status} ${removed.body}`);
          }
        }
        const answer = await ask({ ...usual, method: 'GET', path: `${prefix}/audit` });
        ok(answer.status === 200, `${answer.status} ${answer.body}`);
      },
      close: async () => agent.destroy(),
    };
  },
});

function expectJsonAnswer({ method }: NativeRequest, { status, headers, body }: HttpAnswer): string {
  ok(status >= 200 && status < 500, `${status} ${body}`);
  const type = String(headers['content-type']);
  if (status < 300) {
    if (method === 'HEAD' || status === 204) return 'taken';
    const text = body.toString();
    if (type.startsWith('application/json')) JSON.parse(text);
    else if (type.startsWith('application/x-ndjson'))
      for (const line of text.trimEnd().split('\n')) JSON.parse(line || '{}');
    else ok(type.startsWith('text/'), `${status} of type ${type}`);
    return 'taken';
  }
  if (method === 'HEAD' || !type.startsWith('application/json')) return String(status); // a page that is not there
  const { error } = JSON.parse(body.toString()) as {
    error: { code: string; message: string; remedy: string; requestId: string };
  };
  ok(/^[0-9a-f-]{36}$/.test(error.requestId), 'no request id');
  return expectRefusal({ kind: 'invalid', code: error.code, message: error.message, remedy: error.remedy });
}
