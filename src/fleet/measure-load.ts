import { sql } from 'kysely';
import type { Database, Db } from '../database/index.ts';
import { gauge, type Readings } from '../telemetry/index.ts';
import { nodesOf } from '../workflows/index.ts';

/**
 * What there is to do in the installation, and who does it, read from the database whenever somebody asks for the
 * metrics. Every process answers the same.
 * @returns how to stop that
 */
export function measureLoad({ db, sessions }: Pick<Database, 'db' | 'sessions'>): () => void {
  const stops = [
    // first, so that what the others ask for is not in it
    gauge(
      {
        name: 'deuteron_database_sessions',
        help: 'Sessions of this process, and who waits for one',
        labels: ['state'],
      },
      () => {
        const { open, idle, waiting } = sessions();
        return [
          [{ state: 'busy' }, open - idle],
          [{ state: 'idle' }, idle],
          [{ state: 'waiting' }, waiting],
        ] as const;
      },
    ),
    gauge({ name: 'deuteron_deployments', help: 'Deployments that are not over, by state', labels: ['state'] }, () =>
      counts(
        db,
        sql`select state as label, count(*) as count from deployment
          where state in ('queued', 'requested', 'planning', 'waiting', 'applying', 'deleting', 'cancelling')
          group by state`,
        'state',
      ),
    ),
    gauge(
      {
        name: 'deuteron_webhook_deliveries',
        help: 'Deliveries that wait, and those that failed and wait for somebody',
        labels: ['state'],
      },
      () =>
        counts(
          db,
          sql`select state as label, count(*) as count from webhook_delivery where state <> 'delivered' group by state`,
          'state',
        ),
    ),
    gauge({ name: 'deuteron_events_unpublished', help: 'Events that nobody can read yet' }, async () => {
      const { rows } = await sql<{ count: string }>`select count(*) from event where position is null`.execute(db);
      return [[{}, Number(rows[0]?.count)]] as const;
    }),
    gauge(
      { name: 'deuteron_workflow_nodes', help: 'Processes that joined, by whether they are there', labels: ['state'] },
      async () => {
        const nodes = await nodesOf(db);
        const states = nodes.map(({ hasStopped, isBuried, isConnected }) =>
          hasStopped || isBuried ? 'gone' : isConnected ? 'alive' : 'silent',
        );
        const of = (state: string) => states.filter((each) => each === state).length;
        return ['alive', 'silent'].map((state) => [{ state }, of(state)] as const);
      },
    ),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

async function counts<Label extends string>(
  db: Db,
  query: ReturnType<typeof sql>,
  label: Label,
): Promise<Readings<Label>> {
  const { rows } = await db.executeQuery(query.compile(db));
  return (rows as { label: string; count: string }[]).map(
    (row) => [{ [label]: row.label } as Record<Label, string>, Number(row.count)] as const,
  );
}
