import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../api/testing/index.ts';
import {
  seedEnvironment,
  seedInstance,
  seedTag,
  seedVersion,
  testBundle,
} from '../fleet/preview/testing/fleet-world.ts';
import { versionPreviewCommand } from './version-preview-command.ts';

let api: TestApi;
let broken: Server;
const folder = mkdtempSync(join(tmpdir(), 'version-preview-'));
const queue = (properties: string) =>
  `Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {${properties}}\n`;
const bundleWith = (properties: string) => testBundle('service', { templates: { instance: queue(properties) } });

beforeAll(async () => {
  api = await startTestApi();
  const { db } = api;
  const network = { kind: 'environment', templateName: 'network', major: 1, minor: 0 } as const;
  await seedVersion(db, network, testBundle('environment', { templates: { environment: 'Resources: {}\n' } }));
  await seedEnvironment(db, { name: 'dev', templateName: 'network', version: [1, 0] });
  await seedEnvironment(db, { name: 'live', templateName: 'network', version: [1, 0] });
  const version = { kind: 'service', templateName: 'queue', major: 1 } as const;
  await seedVersion(db, { ...version, minor: 0 }, bundleWith('VisibilityTimeout: 30'), ['network:1']);
  await seedVersion(db, { ...version, minor: 1 }, bundleWith('VisibilityTimeout: 60'), ['network:1']);
  await seedVersion(db, { ...version, minor: 2 }, bundleWith('FifoQueue: true'), ['network:1']);
  await seedVersion(db, { ...version, minor: 3 }, bundleWith('DelaySeconds: {{ nowhere }}'), ['network:1']);
  const common = { templateName: 'queue', version: [1, 0], template: queue('VisibilityTimeout: 30') } as const;
  await seedInstance(db, { ...common, service: 'orders', name: 'dev', environment: 'dev' });
  await seedInstance(db, { ...common, service: 'orders', name: 'live', environment: 'live' });
  await seedInstance(db, { ...common, service: 'stock', name: 'live', environment: 'live', version: [1, 1] });
  await seedTag(db, 'service/orders', 'deuteron:owner', 'shop');
  for (const [path, content] of bundleWith('VisibilityTimeout: 30').files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  broken = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson', 'x-amzn-requestid': 'cut-off' });
    response.write('{"line":"begin","kind":"service","template":"queue","version":"1.1","of":2}\n');
    setTimeout(() => response.destroy(), 20);
  });
  await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ACCESS_KEY_ID', api.key.id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', api.key.secret);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  broken.close();
  await api.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  process.exitCode = 0;
  vi.restoreAllMocks();
});

async function preview(version: string, ...flags: readonly string[]) {
  const said: string[] = [];
  const hear = (text: unknown) => {
    said.push(String(text));
    return true;
  };
  vi.spyOn(console, 'log').mockImplementation(hear);
  vi.spyOn(console, 'error').mockImplementation(hear);
  vi.spyOn(process.stdout, 'write').mockImplementation(hear);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true); // how far it is
  const url = flags.includes('--endpoint-url') ? [] : ['--endpoint-url', api.url];
  await versionPreviewCommand().parseAsync(['node', 'preview', 'queue', version, ...url, ...flags]);
  vi.restoreAllMocks();
  return { text: said.join('\n'), exitCode: process.exitCode };
}

test('as text', async () => {
  const { text, exitCode } = await preview('1.1', '--all', '--group-by', 'environment', '--group-by', 'deployed');
  await expect(text).toMatchFileSnapshot('golden/version-preview.txt');
  expect(exitCode).toBe(0);
});

test('as Markdown', async () => {
  const { text, exitCode } = await preview('1.2', '--markdown');
  await expect(text).toMatchFileSnapshot('golden/version-preview.md');
  expect(exitCode).toBe(4);
});

test('as JSON, and as rows', async () => {
  const { text } = await preview('1.1', '--json', '--where', 'environment=live', '--where', 'deployed=1.0');
  expect(JSON.parse(text)).toMatchObject({
    template: 'queue',
    version: '1.1',
    things: [{ name: 'orders/live', outcome: 'in-place' }],
    summary: { total: 1 },
  });
  const rows = await preview('1.1', '--csv', '--where', 'tag:deuteron:owner=shop');
  expect(rows.text.match(/^in-place,orders\/(?:dev|live),/gm)).toHaveLength(2);
});

test('a bundle in a folder', async () => {
  const { text } = await preview('1.9', '--bundle', folder, '--json');
  expect(JSON.parse(text).summary.counts).toMatchObject({ 'no-change': 3 });
});

test('what fails has an exit code of its own, and so has what cannot be asked', async () => {
  expect(await preview('1.3')).toMatchObject({
    exitCode: 3,
    text: expect.stringContaining('3 fails: cannot be brought to it'),
  });
  expect(await preview('7.7')).toMatchObject({ exitCode: 2, text: expect.stringContaining('7.7') });
  const { port } = broken.address() as AddressInfo;
  expect(await preview('1.1', '--endpoint-url', `http://127.0.0.1:${port}`)).toMatchObject({
    exitCode: 2,
    text: "The server stopped telling before the preview was over. Ask again; the server's log may say why.",
  });
});
