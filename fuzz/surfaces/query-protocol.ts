import { ok } from 'node:assert/strict';
import { Agent } from 'node:http';
import fc, { type Arbitrary } from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { actionsOf } from '../../src/simulated-cloud/actions/actions.ts';
import { type HttpAnswer, send } from '../http-exchange.ts';
import { oddTexts } from '../odd-values.ts';
import { stackTemplates } from '../stack-templates.ts';
import { surface } from '../surface.ts';
import { editedText } from '../text-edits.ts';
import { jsonText, treeOfYaml } from '../tree.ts';
import { editedTree } from '../tree-edits.ts';
import { stackWords } from '../words.ts';

interface Call {
  readonly method: 'POST' | 'GET';
  readonly version: string;
  readonly action: string;
  readonly members: readonly (readonly [string, string])[];
  readonly contentType: string;
  readonly authorization: string | undefined;
}

const calls = Object.entries(actionsOf).flatMap(([version, actions]) =>
  Object.keys(actions).map((action) => [version, action] as const),
);
/** What makes stacks comes more often, or the rest has nothing to look at. */
const frequent = [
  'CreateStack',
  'CreateStack',
  'UpdateStack',
  'CreateChangeSet',
  'ExecuteChangeSet',
  'DeleteStack',
  'ValidateTemplate',
].map((action) => ['2010-05-15', action] as const);
const memberNames = [
  ...[
    'ChangeSetName',
    'ChangeSetType',
    'NextToken',
    'ClientRequestToken',
    'OnFailure',
    'Parameters.member.1',
    'Parameters',
    'Capabilities',
  ],
  ...[
    'Parameters.member.1.ParameterKey',
    'Parameters.member.1.ParameterValue',
    'Parameters.member.1.UsePreviousValue',
    'Parameters.member.999999999.ParameterKey',
  ],
  ...[
    'Tags.member.1.Key',
    'Tags.member.1.Value',
    'ResourcesToSkip.member.1',
    'RetainResources.member.1',
    'LogicalResourceId',
    'PhysicalResourceId',
  ],
  ...[
    'RoleArn',
    'RoleARN',
    'RoleSessionName',
    'StackPolicyBody',
    'EnableTerminationProtection',
    'TimeoutInMinutes',
    'ExportName',
    'DisableRollback',
  ],
  ...[
    'StackStatusFilter.member.1',
    'UsePreviousTemplate',
    'TemplateStage',
    'DurationSeconds',
    'NotificationARNs.member.1',
    '__proto__',
    'StackName.x',
  ],
  ...[
    'ResourcesToImport.member.1.ResourceType',
    'ResourcesToImport.member.1.LogicalResourceId',
    'ResourcesToImport.member.1.ResourceIdentifier.entry.1.key',
  ],
  ...[
    'StackDriftDetectionId',
    'TemplateURL',
    'MaxResults',
    'RetainExceptOnCreate',
    'Version',
    'Action',
    'X-Amz-Credential',
    'member.1',
    '.',
    'a..b',
  ],
];
const memberValues = [
  ...[
    'a',
    'b',
    'true',
    'false',
    'CREATE',
    'UPDATE',
    'IMPORT',
    'Processed',
    'Size',
    'large',
    'Queue',
    'DELETE_COMPLETE',
    'CAPABILITY_NAMED_IAM',
    'DO_NOTHING',
  ],
  ...[
    'arn:aws:cloudformation:us-east-1:111122223333:stack/a/b',
    'arn:aws:iam::111122223333:role/x',
    'http://127.0.0.1:9/x',
    '{"Statement":[]}',
    '{"Statement":[{}]}',
  ],
];
const authorization =
  'AWS4-HMAC-SHA256 Credential=TESTSIM222222222222/20260101/eu-west-1/cloudformation/aws4_request, SignedHeaders=host, Signature=0';

function inputs(): Arbitrary<Call> {
  const texts = stackTemplates();
  const trees = texts.map(treeOfYaml);
  const template = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...texts) },
    { weight: 2, arbitrary: editedText(texts, stackWords) },
    { weight: 2, arbitrary: editedTree(trees, stackWords).map(jsonText) },
  );
  const value = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...memberValues) },
    { weight: 1, arbitrary: fc.constantFrom(...oddTexts) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  );
  const member = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('a', 'b', 'c').map((name) => ['StackName', name] as const) },
    { weight: 2, arbitrary: template.map((text) => ['TemplateBody', text] as const) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ['Capabilities.member.1', 'CAPABILITY_NAMED_IAM'] as const,
        ['Capabilities.member.2', 'CAPABILITY_AUTO_EXPAND'] as const,
      ),
    },
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...memberNames), value) },
  );
  return fc
    .record({
      method: fc.constantFrom('POST', 'POST', 'POST', 'POST', 'GET'),
      call: fc.constantFrom(...calls, ...frequent, ...frequent),
      wrongAction: fc.oneof(
        { weight: 20, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constantFrom('', 'constructor', '__proto__', 'Nope') },
      ),
      members: fc.array(member, { maxLength: 9 }),
      contentType: fc.oneof(
        { weight: 20, arbitrary: fc.constant('application/x-www-form-urlencoded') },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            'application/json',
            'text/plain',
            'application/x-www-form-urlencoded; charset=latin1',
            'x',
          ),
        },
      ),
      authorization: fc.oneof(
        { weight: 20, arbitrary: fc.constant(authorization) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            undefined,
            'x',
            'AWS4-HMAC-SHA256 Credential=/////',
            authorization.replace('TESTSIM222222222222', '__proto__'),
          ),
        },
      ),
    })
    .map(({ call: [version, action], wrongAction, ...rest }) => ({ ...rest, version, action: wrongAction ?? action }));
}

export const queryProtocolSurface = surface<Call>({
  name: 'query-protocol',
  share: 500,
  async open(world) {
    const installation = await world.installation();
    const { cloudUrl } = installation;
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const ask = ({ method, version, action, members, contentType, authorization: given }: Call) => {
      const form = new URLSearchParams(
        [['Version', version], ['Action', action], ...members].map(([name = '', value = '']) => [name, value]),
      );
      const text = form.toString();
      const headers = { 'content-type': contentType, ...(given === undefined ? {} : { authorization: given }) };
      // a query of a URL has its limit in HTTP
      return method === 'GET' && text.length < 8_000
        ? send(agent, cloudUrl, { method, path: `/?${text}`, headers, body: new Uint8Array() })
        : send(agent, cloudUrl, {
            method: 'POST',
            path: '/',
            headers: { ...headers, 'content-length': String(Buffer.byteLength(text)) },
            body: Buffer.from(text),
          });
    };
    const control = async (path: string, body: unknown) => {
      const response = await fetch(`${cloudUrl}/_simulated${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      ok(response.ok, `${response.status} ${await response.text()}`);
    };
    return {
      inputs: inputs(),
      async tryInput(call) {
        const answer = await ask(call);
        installation.expectNoFailureLogged();
        return expectXmlAnswer(answer);
      },
      async stillServes() {
        const usual = {
          method: 'POST',
          version: '2010-05-15',
          contentType: 'application/x-www-form-urlencoded',
          authorization,
        } as const;
        const answer = await ask({ ...usual, action: 'ListStacks', members: [] });
        ok(answer.status === 200, `${answer.status} ${answer.body}`);
        for (const name of ['a', 'b', 'c']) {
          await ask({
            ...usual,
            action: 'UpdateTerminationProtection',
            members: [
              ['StackName', name],
              ['EnableTerminationProtection', 'false'],
            ],
          });
          await ask({ ...usual, action: 'DeleteStack', members: [['StackName', name]] });
        }
        await control('/clock/advance', { seconds: 91 * 24 * 3_600 }); // deleted stacks are forgotten, as in the service
      },
      close: async () => agent.destroy(),
    };
  },
});

const xml = new XMLParser();

function expectXmlAnswer({ status, headers, body }: HttpAnswer): string {
  ok(status >= 200 && status < 500, `${status} ${body}`);
  const text = body.toString();
  ok(String(headers['content-type']).startsWith('text/xml'), `${status} of type ${headers['content-type']}: ${text}`);
  ok(XMLValidator.validate(text) === true, text);
  if (status === 200) return 'taken';
  const { ErrorResponse: answer } = xml.parse(text) as {
    ErrorResponse?: { Error?: { Code?: string; Message?: unknown } };
  };
  ok(answer?.Error?.Code && answer.Error.Code !== 'InternalFailure', text);
  return answer.Error.Code;
}
