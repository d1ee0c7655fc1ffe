/** Databases for tests: a migrated copy for each test file. */
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../database.ts';
import { maintain, templateName, urlOfDatabase } from './template-database.ts';

export { describeSchema } from './describe-schema.ts';

/** A fresh, migrated database of its own; `close` drops it. */
export async function testDatabase(): Promise<Database> {
  return cloneOf(templateName);
}

/** A fresh database without any table. */
export async function emptyTestDatabase(): Promise<Database> {
  return cloneOf('template0');
}

async function cloneOf(template: string): Promise<Database> {
  const serverUrl = inject('testServerUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await maintain(serverUrl, `create database ${name} template ${template}`);
  const opened = await openDatabase({ databaseUrl: urlOfDatabase(serverUrl, name), sessionsMax: 10 });
  if (!opened.ok) throw new Error(opened.refusal.message);
  const close = async () => {
    await opened.value.close();
    await maintain(serverUrl, `drop database if exists ${name} with (force)`);
  };
  return { ...opened.value, close };
}
