import { sql } from 'kysely';
import type { Db } from '../database.ts';

interface Line {
  readonly table: string;
  readonly line: string;
}

/** What a schema consists of, table by table, one line each: columns, constraints, indexes, triggers; then functions. */
export async function describeSchema(db: Db, schema = 'public'): Promise<string> {
  const lines = await sql<Line>`
    with own as (select oid, relname, relkind from pg_class where relnamespace = ${schema}::regnamespace)
    select * from (
      select own.relname as "table", 1 as part, a.attnum::text as rank, concat('  ', a.attname, ' ',
        format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' end,
        case when a.attidentity <> '' then ' identity' when d.adbin is not null
          then case when a.attgenerated = '' then ' default ' else ' generated as ' end || pg_get_expr(d.adbin, d.adrelid)
        end) as line
      from own join pg_attribute a on a.attrelid = own.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = own.oid and d.adnum = a.attnum
      where own.relkind in ('r', 'p', 'v', 'm')
      union all
      select own.relname, 2, pg_get_constraintdef(c.oid), concat('  ', pg_get_constraintdef(c.oid))
      from own join pg_constraint c on c.conrelid = own.oid where c.contype <> 'n'
      union all
      select own.relname, 3, i.relname, concat('  ', pg_get_indexdef(i.oid))
      from own join pg_index x on x.indrelid = own.oid join pg_class i on i.oid = x.indexrelid
      where not exists (select from pg_constraint c where c.conindid = i.oid and c.contype in ('p', 'u'))
      union all
      select own.relname, 4, t.tgname, concat('  ', pg_get_triggerdef(t.oid))
      from own join pg_trigger t on t.tgrelid = own.oid where not t.tgisinternal
      union all
      select own.relname, 5, '', concat('  as ', pg_get_viewdef(own.oid)) from own where own.relkind in ('v', 'm')
      union all
      select 'functions', 6, p.proname, pg_get_functiondef(p.oid)
      from pg_proc p where p.pronamespace = ${schema}::regnamespace and p.prokind in ('f', 'p')
    ) as everything
    order by part = 6, "table" collate "C", part, case when part = 1 then rank::integer end, rank collate "C"`.execute(
    db,
  );
  const tables = Map.groupBy(lines.rows, ({ table }) => table);
  return [...tables].map(([table, of]) => `${table}\n${of.map(({ line }) => line).join('\n')}\n`).join('\n');
}
