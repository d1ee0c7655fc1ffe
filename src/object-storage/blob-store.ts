import { sql } from 'kysely';
import type { Db } from '../database/index.ts';

type BlobTables = {
  blob: { id: string; size_bytes: number; unlinked_at: Date | null };
  blob_chunk: { blob_id: string; chunk_index: number; bytes: Buffer };
};

/** A blob that nothing refers to yet. */
export async function blobInsert(db: Db, id: string, now: Date): Promise<void> {
  await db.withTables<BlobTables>().insertInto('blob').values({ id, size_bytes: 0, unlinked_at: now }).execute();
}

export async function blobAppend(db: Db, id: string, chunkIndex: number, bytes: Buffer): Promise<void> {
  await sql`with chunk as (
      insert into blob_chunk (blob_id, chunk_index, bytes) values (${id}, ${chunkIndex}, ${bytes}) returning blob_id
    ) update blob set size_bytes = size_bytes + ${bytes.length} from chunk where blob.id = chunk.blob_id`.execute(db);
}

export async function blobDelete(db: Db, id: string): Promise<void> {
  await db.withTables<BlobTables>().deleteFrom('blob').where('id', '=', id).execute();
}

/** From now on something refers to these blobs. false when one of them is gone. */
export async function blobLink(tx: Db, ids: readonly string[]): Promise<boolean> {
  const linked = await tx
    .withTables<BlobTables>()
    .updateTable('blob')
    .set({ unlinked_at: null })
    .where('id', 'in', [...ids])
    .returning('id')
    .execute();
  return linked.length === ids.length;
}

/** Nothing refers to these blobs any more. Readers under way may still finish: they are deleted later. */
export async function blobUnlink(tx: Db, ids: readonly string[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .withTables<BlobTables>()
    .updateTable('blob')
    .set({ unlinked_at: now })
    .where('id', 'in', [...ids])
    .execute();
}

/** Deletes some of the blobs that nothing has referred to since before that moment: a bounded piece of work. */
export async function blobPrune(db: Db, before: Date): Promise<void> {
  await sql`delete from blob where id in (
    select id from blob where unlinked_at < ${before} order by unlinked_at limit 20 for update skip locked
  )`.execute(db);
}

/** All bytes stored. */
export async function blobTotalBytes(db: Db): Promise<number> {
  const { rows } = await sql<{ total: string }>`select coalesce(sum(size_bytes), 0) as total from blob`.execute(db);
  return Number(rows[0]?.total ?? 0);
}

export async function blobChunkFind(db: Db, id: string, chunkIndex: number): Promise<Buffer | undefined> {
  const row = await db
    .withTables<BlobTables>()
    .selectFrom('blob_chunk')
    .select('bytes')
    .where('blob_id', '=', id)
    .where('chunk_index', '=', chunkIndex)
    .executeTakeFirst();
  return row?.bytes;
}

/** Sizes in the order of the ids. */
export async function blobSizes(db: Db, ids: readonly string[]): Promise<number[]> {
  const rows = await db
    .withTables<BlobTables>()
    .selectFrom('blob')
    .select(['id', 'size_bytes'])
    .where('id', 'in', [...ids])
    .execute();
  const sizes = new Map(rows.map((row) => [row.id, Number(row.size_bytes)]));
  return ids.map((id) => sizes.get(id) ?? 0);
}
