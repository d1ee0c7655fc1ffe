import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../clock/index.ts';
import { createCloudFormationProvisioner } from './cloudformation-provisioner.ts';

/** An AWS Config that knows two buckets, one of them on two pages. */
let config: Server;
let url: string;
const asked: { target: string; body: Record<string, string> }[] = [];
beforeAll(async () => {
  config = createServer(async (request, response) => {
    let text = '';
    for await (const piece of request) text += piece;
    const body = JSON.parse(text) as Record<string, string>;
    asked.push({ target: String(request.headers['x-amz-target']), body });
    const { status = 200, ...answer } = answerTo(body);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((listening) => config.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(config.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((closed) => config.close(closed)));

function answerTo({ ResourceId: id, NextToken: token }: Record<string, string>): {
  readonly status?: number;
  readonly [member: string]: unknown;
} {
  const result = (name: string, type: string) => ({
    EvaluationResultIdentifier: { EvaluationResultQualifier: { ConfigRuleName: name } },
    ComplianceType: type,
    ResultRecordedTime: 1_795_000_000,
    ...(type === 'NON_COMPLIANT' && { Annotation: 'it is public' }),
  });
  if (id === 'denied') return { status: 400, __type: 'AccessDeniedException', message: 'not authorized' };
  if (id === 'strange') return { status: 400, __type: 'InvalidParameterValueException', message: 'no such type' };
  if (id === 'good') return { EvaluationResults: [result('encrypted', 'COMPLIANT')] };
  if (id === 'bad' && !token) return { EvaluationResults: [result('encrypted', 'COMPLIANT')], NextToken: 'more' };
  return { EvaluationResults: id === 'bad' ? [result('not-public', 'NON_COMPLIANT')] : [] };
}

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const placement = { accountId: '111122223333', region: 'eu-central-1' };
const bucket = (physicalId: string, type = 'AWS::S3::Bucket') => ({
  logicalId: physicalId,
  physicalId,
  type,
  status: 'CREATE_COMPLETE',
});

test('each resource is asked for, on all pages; what no rule has looked at is said to be so', async () => {
  const provisioner = createCloudFormationProvisioner({ clock: systemClock, credentials, configEndpoint: url });
  const read = await provisioner.compliance?.(placement, [
    bucket('good'),
    bucket('bad'),
    bucket('other'),
    bucket('strange', 'Custom::X'),
  ]);
  expect(read).toMatchObject({
    ok: true,
    value: [
      { logicalId: 'good', compliance: 'compliant', rules: [{ name: 'encrypted', result: 'COMPLIANT' }] },
      {
        logicalId: 'bad',
        compliance: 'non-compliant',
        rules: [
          { name: 'encrypted', result: 'COMPLIANT' },
          { name: 'not-public', result: 'NON_COMPLIANT', annotation: 'it is public', at: new Date(1_795_000_000_000) },
        ],
      },
      { logicalId: 'other', compliance: 'not-evaluated', rules: [] },
      { logicalId: 'strange', compliance: 'not-evaluated', rules: [] },
    ],
  });
  expect(asked[0]).toEqual({
    target: 'StarlingDoveService.GetComplianceDetailsByResource',
    body: { ResourceType: 'AWS::S3::Bucket', ResourceId: 'good' },
  });
  provisioner.close();
});

test('what the account does not allow is refused, and names the call', async () => {
  const provisioner = createCloudFormationProvisioner({ clock: systemClock, credentials, configEndpoint: url });
  expect(await provisioner.compliance?.(placement, [bucket('denied')])).toMatchObject({
    ok: false,
    refusal: { code: 'provider-access-denied', message: expect.stringContaining('GetComplianceDetailsByResource') },
  });
  provisioner.close();
});

test('another cloud than AWS has none', async () => {
  const provisioner = createCloudFormationProvisioner({ clock: systemClock, credentials, endpoint: url });
  expect(await provisioner.compliance?.(placement, [bucket('good')])).toMatchObject({
    ok: false,
    refusal: { code: 'compliance-not-available' },
  });
  provisioner.close();
});
