import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

/**
 * The rooms by floor, top first. A room imports only from floors below its own, or from rooms beside it that stand
 * further right, and only through their index.ts. Source: ARCHITECTURE.md.
 */
const floors = [
  ['cli', 'api'],
  ['fleet', 'doctor'],
  ['services', 'environments', 'templates'],
  ['deployments', 'guard-rails', 'governance', 'provisioners', 'changes'],
  ['bundles', 'jinja', 'simulated-cloud', 'cloudformation'],
  ['accounts', 'identity', 'object-storage', 'organization', 'tags'],
  [
    'workflows',
    'events',
    'audit',
    'idempotency',
    'database',
    'log',
    'telemetry',
    'yaml-source',
    'identifiers',
    'threads',
    'clock',
    'errors',
  ],
];
const order = floors.flat();

const source = resolve(import.meta.dirname);

interface Import {
  readonly from: string;
  readonly to: string;
}

function files(): string[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => path.replaceAll('\\', '/'));
}

function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.includes('/testing/');
}

function importsOf(path: string): Import[] {
  const text = readFileSync(join(source, path), 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?\bfrom\s*'(\.[^']+)'|import\(\s*'(\.[^']+)'\s*\)/g,
  );
  return [...found].map((match) => ({
    from: path,
    to: relative(source, resolve(source, dirname(path), match[1] ?? match[2] ?? '')),
  }));
}

function room(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : '';
}

const waysOut = `
The usual ways out of a wrong arrow:
- declare what you need where you are (as deployments/target.ts does), let the other room fulfil it, introduce them in wiring.ts
- move the thing both need to a room further down
- ask "is it in use?" of the database by a foreign key, and turn its answer into a refusal`;

test('every room has a floor', () => {
  const rooms = new Set(files().map(room));
  rooms.delete('');
  expect([...rooms].filter((name) => !order.includes(name))).toEqual([]);
});

test('ARCHITECTURE.md shows every room on its floor', () => {
  const shown: string[][] = [];
  const text = readFileSync(join(source, '..', 'ARCHITECTURE.md'), 'utf8');
  const table = text.slice(text.indexOf('| floor | room |'), text.indexOf('\n\n*Pure* means'));
  for (const [, floor, rooms = ''] of table.matchAll(/^\| ?(\w*) \| (`[^|]*) \|/gm)) {
    if (floor) shown.push([]);
    shown.at(-1)?.push(...[...rooms.matchAll(/`([a-z-]+)\/`/g)].map((match) => match[1] ?? ''));
  }
  const sorted = (each: readonly string[][]) =>
    each.filter((rooms) => rooms.length > 0).map((rooms) => rooms.toSorted());
  expect(sorted(shown)).toEqual(sorted(floors));
});

test('arrows run downwards, and only to the front door of a room', () => {
  const wrong = files()
    .filter((path) => room(path) !== '')
    .flatMap(importsOf)
    .filter(({ from, to }) => room(from) !== room(to) && room(to) !== '')
    .flatMap(({ from, to }) => {
      if (isTest(from)) return []; // a test may set up its world with any room
      if (order.indexOf(room(to)) <= order.indexOf(room(from))) return [`${from} -> ${to}: an arrow upwards`];
      if (to !== `${room(to)}/index.ts`) return [`${from} -> ${to}: not through ${room(to)}/index.ts`];
      return [];
    });
  expect(wrong, waysOut).toEqual([]);
});

test('nothing of the product imports from a test', () => {
  const wrong = files()
    .filter((path) => !isTest(path))
    .flatMap(importsOf)
    .filter(({ to }) => isTest(to));
  expect(wrong).toEqual([]);
});

test('no file is named by having no name', () => {
  const nameless = /(^|\/)(utils?|helpers?|common|shared|lib|misc)(\/|\.ts$)/;
  expect(files().filter((path) => nameless.test(path))).toEqual([]);
});

test('every room says what lives there at its front door', () => {
  const without = order
    .filter((name) => files().includes(`${name}/index.ts`))
    .filter((name) => !readFileSync(join(source, name, 'index.ts'), 'utf8').startsWith('/**'));
  expect(without).toEqual([]);
});
