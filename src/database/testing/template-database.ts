import pg from 'pg';
import { openDatabase } from '../database.ts';
import { migrate } from '../migrate.ts';

export const templateName = 'deuteron_template';

/** The same server, another database. */
export function urlOfDatabase(serverUrl: string, name: string): string {
  return serverUrl.replace('/postgres?', `/${name}?`);
}

/** Makes the migrated database that test databases are copied from. */
export async function makeTemplateDatabase(serverUrl: string): Promise<void> {
  await maintain(serverUrl, `create database ${templateName}`);
  const opened = await openDatabase({ databaseUrl: urlOfDatabase(serverUrl, templateName), sessionsMax: 1 });
  if (!opened.ok) throw new Error(opened.refusal.message);
  const migrated = await migrate(opened.value.db);
  await opened.value.close();
  if (!migrated.ok) throw new Error(migrated.refusal.message);
}

export async function maintain(serverUrl: string, command: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(command);
  } finally {
    await client.end();
  }
}
