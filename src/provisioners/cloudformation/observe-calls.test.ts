import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { metricsText } from '../../telemetry/index.ts';
import { observeCalls } from './observe-calls.ts';

test('a call is measured by API and outcome', async () => {
  const credentials = { accessKeyId: 'A', secretAccessKey: 'B' };
  const client = new STSClient({ region: 'r', endpoint: 'http://127.0.0.1:1', credentials, maxAttempts: 1 });
  observeCalls(client, 'STS');
  const failed = await client.send(new GetCallerIdentityCommand({})).catch((error: Error) => error.name);
  client.destroy();
  const labels = `service="STS",api="GetCallerIdentity",outcome="${failed}"`;
  expect((await metricsText()).text).toContain(`deuteron_cloud_call_duration_seconds_count{${labels}} 1`);
});
