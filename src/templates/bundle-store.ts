import { sql } from 'kysely';
import type { Bundle } from '../bundles/index.ts';
import type { Db } from '../database/index.ts';

type BundleTables = {
  bundle: { digest: string; stored_at: Date };
  bundle_file: { digest: string; path: string; content: Uint8Array };
};

/** Stores a bundle under its digest; one that is there already is left as it is. */
export async function bundleInsert(tx: Db, bundle: Bundle, at: Date): Promise<void> {
  const tables = tx.withTables<BundleTables>();
  const inserted = await tables
    .insertInto('bundle')
    .values({ digest: bundle.digest, stored_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows !== 1n || bundle.files.size === 0) return;
  const rows = [...bundle.files].map(([path, content]) => ({ digest: bundle.digest, path, content }));
  for (let start = 0; start < rows.length; start += 200) {
    await tables
      .insertInto('bundle_file')
      .values(rows.slice(start, start + 200))
      .execute();
  }
}

export async function bundleFind(db: Db, digest: string): Promise<Bundle | undefined> {
  const rows = await db
    .withTables<BundleTables>()
    .selectFrom('bundle_file')
    .select(['path', 'content'])
    .where('digest', '=', digest)
    .orderBy('path')
    .execute();
  if (rows.length === 0) return undefined;
  return { digest, files: new Map(rows.map(({ path, content }) => [path, new Uint8Array(content)])) };
}

/** Deletes a bundle that no version has any more. One that is being given to a version just now stays. */
export async function bundleForget(tx: Db, digest: string): Promise<void> {
  await sql`delete from bundle where digest in (
    select digest from bundle where digest = ${digest}
      and not exists (select from template_version where bundle_digest = ${digest})
    for update skip locked
  )`.execute(tx);
}
