import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startTestApi } from '../src/api/testing/index.ts';

test('curl signs well enough for the native API', async () => {
  const api = await startTestApi();
  const { stdout } = await promisify(execFile)('curl', [
    '--silent',
    '--aws-sigv4',
    'aws:amz:us-east-1:deuteron',
    '--user',
    `${api.key.id}:${api.key.secret}`,
    `${api.url}/api/v1/events?after=0&limit=10`,
  ]);
  expect(JSON.parse(stdout)).toEqual({ events: [], next: 0, forgotten: 0 });
  await api.close();
});
