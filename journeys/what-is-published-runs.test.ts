import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildPackage, dataFiles } from '../build/build-package.ts';
import { emptyTestDatabase } from '../src/database/testing/index.ts';

const root = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  bin: { deuteron: string };
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
};

let folder: string;
let dist: string;
/** The package as it is installed: what it builds to, its manifest, and the modules around it. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deuteron-package-'));
  dist = join(folder, 'dist');
  buildPackage({ folder: dist, isChecked: false });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const command = () => join(folder, manifest.bin.deuteron);

async function run(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [command(), ...args], { cwd: root });
  return stdout;
}

/** Runs a command that stays up, and gives what it says when it is ready. */
async function started(...args: string[]): Promise<{ process: ChildProcess; ready: Record<string, string> }> {
  const child = spawn(process.execPath, [command(), ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', (text) => said.push(String(text)));
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const entry = line.startsWith('{') ? (JSON.parse(line) as Record<string, string>) : {};
    if (entry.msg?.endsWith('ready')) return { process: child, ready: entry };
  }
  throw new Error(`it ended before it was ready:\n${said.join('\n')}`);
}

async function stopped(child: ChildProcess): Promise<number | null> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await exit;
  return code as number | null;
}

test('everything that code reads at run time is in the package, and nothing that belongs to tests', () => {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' });
  expect(files).toEqual(expect.arrayContaining(dataFiles()));
  expect(dataFiles().filter((path) => path.endsWith('.sql')).length).toBeGreaterThan(10);
  expect(files.filter((path) => /\.test\.|(?:^|\/)(?:testing|golden)\/|\.ts$/.test(path))).toEqual([]);
});

test('code imports nothing but what is installed with the package', () => {
  const installed = new Set([...Object.keys(manifest.dependencies), ...builtinModules.map((name) => `node:${name}`)]);
  const imported = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js'))
    .flatMap((path) => {
      const text = readFileSync(join(dist, path), 'utf8');
      return [...text.matchAll(/^(?:import|export)\b[^'";]*?from\s*'([^'.][^']*)'|\bimport\('([^'.][^']*)'\)/gm)];
    })
    .map(([, name, dynamic]) => name ?? dynamic ?? '');
  const packages = imported.map((name) => (name.startsWith('@') ? name.split('/', 2).join('/') : packageOf(name)));
  expect(packages.length).toBeGreaterThan(50);
  expect([...new Set(packages)].filter((name) => !installed.has(name))).toEqual([]);
});

function packageOf(name: string): string {
  return name.startsWith('node:') ? name : (name.split('/')[0] ?? name);
}

test('bundles are checked and rendered', async () => {
  expect(await run('check', 'examples/worker/v1', '--kind', 'service')).toContain('0 errors');
  const rendered = await run(
    'render',
    'examples/worker/v1',
    '--kind',
    'service',
    '--spec',
    'examples/specs/orders.yaml',
  );
  expect(rendered).toContain('AWS::');
});

test('threads that render find their code', async () => {
  const script = `
    import { makeBundle, RenderPool } from './dist/bundles/index.js';
    const manifest = 'infrastructure:\\n  templates:\\n    - {file: a.yaml, rendering_engine: jinja, template_language: cloudformation}\\n';
    const files = { 'infrastructure/manifest.yaml': manifest, 'infrastructure/a.yaml': 'Name: {{ environment.name }}' };
    const bundle = makeBundle(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));
    const pool = new RenderPool();
    const rendered = await pool.render(bundle, 'environment', { environment: { name: 'dev', inputs: {} } });
    await pool.close();
    console.log(JSON.stringify(rendered));
  `;
  const program = join(folder, 'render.js');
  writeFileSync(program, script);
  const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: folder });
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, value: { text: 'Name: dev' } });
});

test('a server and its simulated cloud come up on an empty database, and end when they are asked to', async () => {
  const database = await emptyTestDatabase();
  const where = ['--database-url', database.url, '--data-folder', join(folder, 'data')];
  const server = await started('server', ...where, '--port', '0', '--cloud-port', '0');
  expect((await fetch(`${server.ready.url}/ready`)).status).toBe(200);
  expect((await fetch(`${server.ready.cloudUrl}/_simulated`)).status).toBe(200);
  expect(await stopped(server.process)).toBe(0);
  const cloud = await started('cloud', ...where, '--port', '0');
  expect((await fetch(`${cloud.ready.url}/_simulated`)).status).toBe(200);
  expect(await stopped(cloud.process)).toBe(0);
  await database.close();
});
