import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../embedded-postgres.ts';
import { isRunning } from '../running-process.ts';
import { makeTemplateDatabase } from './template-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the test server's maintenance database. */
    testServerUrl: string;
  }
}

/** Vitest's global setup: one server for the run, with one migrated database that every test file gets a copy of. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  removeAbandoned();
  const folder = mkdtempSync(join(tmpdir(), `deuteron-test-${process.pid}-`));
  chmodSync(folder, 0o755); // from root the server runs as another user, who must pass it
  const server = await startEmbeddedPostgres({ folder, durable: false, connectionsMax: 400 });
  if (!server.ok) throw new Error(server.refusal.message);
  await makeTemplateDatabase(server.value.url('postgres'));
  project.provide('testServerUrl', server.value.url('postgres'));
  return async () => {
    await server.value.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** The folders of runs that were killed; their servers ended with them. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^deuteron-test-(\d+)-/.exec(name)?.[1];
    if (pid && !isRunning(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}
