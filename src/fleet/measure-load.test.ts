import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../database/testing/index.ts';
import { metricsText } from '../telemetry/index.ts';
import { measureLoad } from './measure-load.ts';

test('what there is to do is read when it is asked for, and what cannot be read is left out', async () => {
  const database = await testDatabase();
  const stop = measureLoad(database);
  const arn = 'arn:aws:proton:us-east-1:111122223333:environment/dev';
  await sql`insert into deployment (id, target_kind, target_arn, target_created_at, environment_name, operation, state,
    created_at, modified_at) values ('d', 'environment', ${arn}, now(), 'dev', 'create', 'requested', now(), now())`.execute(
    database.db,
  );
  const { text } = await metricsText();
  expect(text).toContain('deuteron_deployments{state="requested"} 1');
  expect(text).toContain('deuteron_events_unpublished 1');
  expect(text).toContain('deuteron_workflow_nodes{state="alive"} 0');
  expect(text).toMatch(/deuteron_database_sessions\{state="busy"\} \d/);
  await database.close();
  const away = await metricsText();
  expect(away.text).not.toContain('deuteron_deployments{');
  expect(away.text).toContain('deuteron_process_cpu_seconds_total');
  stop();
  expect((await metricsText()).text).not.toContain('deuteron_workflow_nodes');
});
