import { sql } from 'kysely';
import { createWorker } from '../demo/example-estate.ts';
import type { Platform } from '../demo/platform.ts';
import type { Db } from '../src/database/index.ts';
import type { Work } from './await-work.ts';

/**
 * To create services and look after their deployments, in the database and not through the API: that the server answers
 * whoever waits is no part of what a deployment costs.
 */
export function workersIn(platform: Platform, db: Db): Work {
  return {
    start: (name) => createWorker(platform, name),
    async underWay() {
      const { rows } = await sql<{ name: string; status: string; message: string | null }>`
        select service_name as name, deployment_status as status, deployment_status_message as message
        from service_instance where deployment_status in ('IN_PROGRESS', 'FAILED')`.execute(db);
      const failed = rows.find(({ status }) => status === 'FAILED');
      if (failed) throw new Error(`${failed.name}: ${failed.message}`);
      return new Set(rows.map(({ name }) => name));
    },
  };
}
