import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../database.ts';
import { startEmbeddedPostgres } from '../embedded-postgres.ts';
import { migrate } from '../migrate.ts';
import { templateDatabase } from './template-database.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the test server's maintenance database. */
    testServerUrl: string;
  }
}

/** Vitest's global setup: one server for the run, with one migrated database that every test file gets a copy of. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'deuteron-test-'));
  chmodSync(folder, 0o755); // from root the server runs as another user, who must pass it
  const server = await startEmbeddedPostgres({ folder, durable: false, connectionsMax: 400 });
  if (!server.ok) throw new Error(server.refusal.message);
  const template = await openDatabase({
    databaseUrl: await templateDatabase(server.value.url('postgres')),
    sessionsMax: 1,
  });
  if (!template.ok) throw new Error(template.refusal.message);
  const migrated = await migrate(template.value.db);
  if (!migrated.ok) throw new Error(migrated.refusal.message);
  await template.value.close();
  project.provide('testServerUrl', server.value.url('postgres'));
  return async () => {
    await server.value.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
