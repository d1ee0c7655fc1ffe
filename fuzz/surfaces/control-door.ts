import { ok } from 'node:assert/strict';
import { Agent } from 'node:http';
import { fastify, type RouteOptions } from 'fastify';
import type { CloudTools } from '../../src/simulated-cloud/actions/action.ts';
import { addControlDoor } from '../../src/simulated-cloud/doors/control-door.ts';
import { type HttpAnswer, send } from '../http-exchange.ts';
import { type JsonRequest, type JsonRoute, jsonRequests, KnownIds } from '../json-requests.ts';
import type { InputSchema } from '../schema-inputs.ts';
import { surface } from '../surface.ts';

/** As the door itself registers them; no handler runs. */
async function routesOf(): Promise<JsonRoute[]> {
  const routes: RouteOptions[] = [];
  const server = fastify();
  server.addHook('onRoute', (route) => void routes.push(route));
  addControlDoor(server, {} as CloudTools);
  await server.ready();
  await server.close();
  return routes.flatMap(({ method, url, schema }) =>
    [method].flat().map((each) => ({
      method: each,
      path: url.replace(/:(\w+)/g, '{$1}'),
      parameters: {},
      query: (schema?.querystring ?? {}) as InputSchema,
      body: schema?.body as InputSchema | undefined,
    })),
  );
}

const textsOf: Readonly<Record<string, readonly string[]>> = {
  accountId: ['111122223333', '444455556666'],
  region: ['us-east-1', 'eu-west-1'],
  stackName: ['a', 'b', 'none'],
  logicalId: ['Queue', 'Bucket', 'none'],
  type: ['AWS::SQS::Queue', 'AWS::S3::Bucket', 'AWS::IAM::Role', 'AWS::Nope::Nope'],
  types: ['AWS::SQS::Queue', 'AWS::RDS::DBInstance'],
  action: ['CreateStack', 'DescribeStacks', 'Nope'],
  code: ['Throttling', 'AccessDenied'],
  url: ['http://127.0.0.1:9/template.yaml', 'https://x.s3.amazonaws.com/y'],
};

/** What the cloud is asked to be so that the next round begins as the first did. */
const asBefore = [
  ['DELETE', '/faults', undefined],
  ['PATCH', '/clock', { scale: 0, held: false }],
  ['PUT', '/read-lag', { seconds: 0 }],
  ['PUT', '/quotas', { stacks: 2_000 }],
  ['PUT', '/rate-limits', { limits: [] }],
  ['PUT', '/conditional-replacements', { types: [] }],
  ['PUT', '/templates', { garbled: false }],
] as const;

/** The side of the simulated cloud that no real one has. */
export const controlDoorSurface = surface<JsonRequest>({
  name: 'control-door',
  share: 200,
  async open(world) {
    const installation = await world.installation();
    const { cloudUrl } = installation;
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const ids = new KnownIds();
    const ask = ({ method, path, query, contentType, body, headers }: JsonRequest): Promise<HttpAnswer> => {
      const bytes = Buffer.from(body ?? '');
      const type = contentType === undefined ? {} : { 'content-type': contentType };
      const at = ids.fill(path);
      return send(agent, cloudUrl, {
        method,
        path: query ? `${at}?${query}` : at,
        headers: { ...type, 'content-length': String(bytes.length), ...headers },
        body: bytes,
      });
    };
    const stillServes = async () => {
      for (const [method, path, body] of asBefore) {
        const answer = await ask({
          method,
          path: `/_simulated${path}`,
          query: '',
          headers: {},
          contentType: body && 'application/json',
          body: body && JSON.stringify(body),
        });
        ok(answer.status === 200, `${method} ${path}: ${answer.status} ${answer.body}`);
      }
    };
    return {
      inputs: jsonRequests(await routesOf(), { textsOf: (name) => textsOf[name] }),
      async tryInput(request) {
        const answer = await ask(request);
        installation.expectNoFailureLogged();
        ids.note(answer.body);
        const { status, headers, body } = answer;
        ok(status >= 200 && status < 500, `${status} ${body}`);
        if (status < 300) return 'taken';
        if (request.method !== 'HEAD' && String(headers['content-type']).startsWith('application/json')) {
          const { message } = JSON.parse(body.toString()) as { message?: string };
          ok(message?.trim(), `${status} without a message`);
        }
        return String(status);
      },
      stillServes,
      async close() {
        await stillServes(); // other surfaces ask this cloud too
        agent.destroy();
      },
    };
  },
});
