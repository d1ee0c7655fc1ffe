import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from './testing/index.ts';

interface Line {
  readonly line: string;
}

test('the schema after all migrations is the one that was reviewed (npm run golden rewrites it)', async () => {
  const { db, close } = await testDatabase();
  const columns = await sql<Line>`
    select format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then ' not null' else '' end,
      coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')) as line
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname, a.attnum`.execute(db);
  const constraints = await sql<Line>`
    select format('%s: %s', conrelid::regclass, pg_get_constraintdef(oid)) as line
    from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n' order by 1`.execute(db);
  const indexes = await sql<Line>`
    select indexdef as line from pg_indexes where schemaname = 'public' and indexname not like '%_pkey' order by 1`.execute(
    db,
  );
  await close();
  const dump = [columns, constraints, indexes].map(({ rows }) => rows.map(({ line }) => line).join('\n')).join('\n\n');
  await expect(`${dump}\n`).toMatchFileSnapshot('golden/schema.txt');
});
