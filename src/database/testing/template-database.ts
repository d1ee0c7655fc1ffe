import pg from 'pg';

export const templateName = 'deuteron_template';

/** The same server, another database. */
export function urlOfDatabase(serverUrl: string, name: string): string {
  return serverUrl.replace('/postgres?', `/${name}?`);
}

/** Makes the database that test databases are copied from. */
export async function templateDatabase(serverUrl: string): Promise<string> {
  await maintain(serverUrl, `create database ${templateName}`);
  return urlOfDatabase(serverUrl, templateName);
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
