import { Readable } from 'node:stream';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { DeployableCase, LookUp } from '../../mutations/deployable-case.ts';
import { worldOf } from '../../mutations/prepare-world.ts';
import type { MotoServer } from '../cloudformation/moto-server.ts';

const region = 'us-east-1';
/** The account of whoever comes with keys that moto has not issued. */
const accountId = '123456789012';

const role = `arn:aws:iam::${accountId}:role/cases`;

/** moto with nothing in it but a network. */
export interface EmptyMoto {
  readonly client: CloudFormationClient;
  /** What it has of what a case reads of its environment. */
  readonly lookUp: LookUp;
  /** Puts there what a case reads and does not make. */
  prepare(mutation: DeployableCase): Promise<void>;
}

/** Forgets all that was made: names of buckets are one space for all accounts, so a case of its own needs a moto of its own. */
export async function emptyMoto({ url }: MotoServer): Promise<EmptyMoto> {
  await told(fetch(`${url}/moto-api/reset`, { method: 'POST' }));
  const subnets = texts(await query(url, 'ec2', '2016-11-15', { Action: 'DescribeSubnets' }), 'subnetId');
  const [vpc] = texts(await query(url, 'ec2', '2016-11-15', { Action: 'DescribeVpcs' }), 'vpcId');
  const [group] = texts(await query(url, 'ec2', '2016-11-15', { Action: 'DescribeSecurityGroups' }), 'groupId');
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const client = new CloudFormationClient({ endpoint: url, region, credentials, maxAttempts: 1 });
  readErrors(client);
  return {
    client,
    lookUp({ name, type }) {
      if (type === 'List<AWS::EC2::Subnet::Id>') return subnets.slice(0, 2).join(',');
      // a zone each: SubnetA, SubnetB, ...
      const [, letter] = /^Subnet([A-F])$/.exec(name) ?? [];
      if (letter !== undefined) return subnets['ABCDEF'.indexOf(letter)];
      if (type === 'AWS::EC2::VPC::Id') return vpc;
      const others: Readonly<Record<string, string | undefined>> = { Group: group, Role: role };
      return others[name];
    },
    async prepare(mutation) {
      for (const { path, body } of worldOf(mutation, { accountId, region })) {
        if (path === '/objects') await putObject(url, new URL(String(body.url)).pathname, String(body.body));
        else if (body.kind === 'String' && !String(body.name).startsWith('/aws/')) {
          // the only stored values that moto reads are those of parameters; the images of AWS are there
          const parameter = { Name: body.name, Value: body.value, Type: 'String', Overwrite: true };
          await call(url, 'ssm', 'AmazonSSM.PutParameter', parameter);
        }
      }
      for (const [, bucket, key] of mutation.before.text.matchAll(/"S3Bucket":"([^"]+)","S3Key":"([^"]+)"/g)) {
        await putObject(url, `/${bucket}/${key}`, 'code');
      }
      if (mutation.before.text.includes('HostedZoneName')) await putZone(url);
      if (mutation.before.parameters.Role === role) await putRole(url);
      const { Cluster: clusterName } = mutation.before.parameters;
      const createCluster = 'AmazonEC2ContainerServiceV20141113.CreateCluster';
      if (clusterName !== undefined) await call(url, 'ecs', createCluster, { clusterName });
    },
  };
}

/** Errors of other services come in their own format, and internal ones as pages: a client cannot read them. */
function readErrors({ middlewareStack }: CloudFormationClient): void {
  const readable = async (response: { statusCode: number; body: AsyncIterable<Uint8Array> }): Promise<void> => {
    if (response.statusCode < 400) return;
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const body = text.startsWith('{') || response.statusCode >= 500 ? errorOf(text) : text;
    Object.assign(response, { body: Readable.from([Buffer.from(body)]) });
  };
  middlewareStack.add(
    (next) => async (given) => {
      const answer = await next(given);
      await readable(answer.response as Parameters<typeof readable>[0]);
      return answer;
    },
    { step: 'deserialize', priority: 'low' },
  );
}

/** @param text a JSON error of another service, or a page */
function errorOf(text: string): string {
  const { __type: code = 'InternalError', message = 'an internal error' } = text.startsWith('{')
    ? (JSON.parse(text) as { __type?: string; message?: string })
    : {};
  const words = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<ErrorResponse><Error><Code>${code}</Code><Message>${words}</Message></Error></ErrorResponse>`;
}

function signed(service: string): Record<string, string> {
  // moto reads of a signature whose it is, and for which service
  return { authorization: `AWS4-HMAC-SHA256 Credential=any/20260101/${region}/${service}/aws4_request` };
}

async function query(url: string, service: string, Version: string, parameters: Record<string, string>) {
  const body = new URLSearchParams({ ...parameters, Version });
  return told(fetch(url, { method: 'POST', headers: signed(service), body }));
}

/** The role that functions of the cases have. */
async function putRole(url: string): Promise<void> {
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] });
  await query(url, 'iam', '2010-05-08', { Action: 'CreateRole', RoleName: 'cases', AssumeRolePolicyDocument });
}

async function call(url: string, service: string, target: string, input: unknown): Promise<void> {
  const headers = { ...signed(service), 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  await told(fetch(url, { method: 'POST', headers, body: JSON.stringify(input) }));
}

/** The zone that records of the cases are in. */
async function putZone(url: string): Promise<void> {
  const body =
    '<CreateHostedZoneRequest><Name>example.com.</Name><CallerReference>cases</CallerReference></CreateHostedZoneRequest>';
  await told(fetch(`${url}/2013-04-01/hostedzone`, { method: 'POST', headers: signed('route53'), body }));
}

async function putObject(url: string, path: string, body: string): Promise<void> {
  const [, bucket] = path.split('/');
  await told(fetch(`${url}/${bucket}`, { method: 'PUT', headers: signed('s3') }));
  await told(fetch(`${url}${path}`, { method: 'PUT', headers: signed('s3'), body }));
}

async function told(answer: Promise<Response>): Promise<string> {
  const { ok, status, ...response } = await answer.then(async (got) => ({
    ok: got.ok,
    status: got.status,
    text: await got.text(),
  }));
  if (!ok) throw new Error(`moto: ${status} ${response.text}`);
  return response.text;
}

function texts(xml: string, element: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}>([^<]+)<`, 'g'))].map(([, text]) => text ?? '');
}
