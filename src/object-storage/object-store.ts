import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import { type PlacementReach, rootUnit } from '../organization/index.ts';
import type { Checksums, ObjectName, StoredObject } from './stored-object.ts';

type ObjectTables = {
  bucket: { name: string; created_at: Date };
  stored_object: {
    bucket_name: string;
    key: string;
    size_bytes: number;
    etag: string;
    headers: Record<string, string>;
    checksums: Checksums;
    blob_ids: string[];
    modified_at: Date;
    owner_team: string | null;
  };
};

export type StoredObjectRow = StoredObject & { readonly blobIds: readonly string[] };

/** false when the bucket exists already. */
export async function bucketInsert(db: Db, name: string, createdAt: Date): Promise<boolean> {
  const inserted = await db
    .withTables<ObjectTables>()
    .insertInto('bucket')
    .values({ name, created_at: createdAt })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('name')
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function bucketExists(db: Db, name: string): Promise<boolean> {
  const found = await db
    .withTables<ObjectTables>()
    .selectFrom('bucket')
    .select('name')
    .where('name', '=', name)
    .executeTakeFirst();
  return found !== undefined;
}

export async function bucketList(db: Db): Promise<{ name: string; createdAt: Date }[]> {
  return await db
    .withTables<ObjectTables>()
    .selectFrom('bucket')
    .select(['name', 'created_at as createdAt'])
    .orderBy('name')
    .limit(1000)
    .execute();
}

export async function bucketDelete(db: Db, name: string): Promise<void> {
  await db.withTables<ObjectTables>().deleteFrom('bucket').where('name', '=', name).execute();
}

/** Until the transaction ends, other writers of the same object wait. */
export async function objectLock(tx: Db, { bucket, key }: ObjectName): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`object ${bucket}/${key}`}, 0))`.execute(tx);
}

export async function objectFind(db: Db, { bucket, key }: ObjectName): Promise<StoredObjectRow | undefined> {
  const row = await db
    .withTables<ObjectTables>()
    .selectFrom('stored_object')
    .selectAll()
    .where('bucket_name', '=', bucket)
    .where('key', '=', key)
    .executeTakeFirst();
  return row && storedObject(row);
}

export async function objectUpsert(tx: Db, object: StoredObjectRow): Promise<void> {
  const values = {
    size_bytes: object.sizeBytes,
    etag: object.etag,
    headers: JSON.stringify(object.headers) as never,
    checksums: JSON.stringify(object.checksums) as never,
    blob_ids: [...object.blobIds],
    modified_at: object.modifiedAt,
    owner_team: object.ownerTeam ?? null,
  };
  await tx
    .withTables<ObjectTables>()
    .insertInto('stored_object')
    .values({ bucket_name: object.bucket, key: object.key, ...values })
    .onConflict((conflict) => conflict.columns(['bucket_name', 'key']).doUpdateSet(values))
    .execute();
}

/** @returns the blobs of what was deleted */
export async function objectDelete(tx: Db, { bucket, key }: ObjectName): Promise<readonly string[]> {
  const deleted = await tx
    .withTables<ObjectTables>()
    .deleteFrom('stored_object')
    .where('bucket_name', '=', bucket)
    .where('key', '=', key)
    .returning('blob_ids')
    .executeTakeFirst();
  return deleted?.blob_ids ?? [];
}

export interface ObjectPageRequest {
  readonly prefix: string;
  readonly after: string;
  readonly limit: number;
  /** Only those of teams in these units or of these teams; what is nobody's is in the root. */
  readonly reach?: PlacementReach;
}

/** Objects whose keys begin with the prefix and come behind `after`, in the order of the keys' bytes. */
export async function objectPage(
  db: Db,
  bucket: string,
  { prefix, after, limit, reach }: ObjectPageRequest,
): Promise<StoredObject[]> {
  const rows = await db
    .withTables<ObjectTables>()
    .selectFrom('stored_object')
    .selectAll()
    .where('bucket_name', '=', bucket)
    .where('key', '>', after)
    .$if(prefix !== '', (query) => query.where('key', '>=', prefix).where('key', '<', lastKeyOf(prefix)))
    .$if(reach !== undefined, (query) => query.where(isOwnedWithin(reach!)))
    .orderBy('key')
    .limit(limit)
    .execute();
  return rows.map(storedObject);
}

function isOwnedWithin({ units, teams }: PlacementReach) {
  return sql<boolean>`coalesce(
    owner_team = any(${[...teams]}::text[]) or (select unit from team where name = owner_team) = any(${[...units]}::text[]),
    owner_team is null and ${rootUnit} = any(${[...units]}::text[]))`;
}

/** A text behind every key that begins with the prefix. */
export function lastKeyOf(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}

function storedObject(row: ObjectTables['stored_object']): StoredObjectRow {
  return {
    bucket: row.bucket_name,
    key: row.key,
    sizeBytes: Number(row.size_bytes),
    etag: row.etag,
    headers: row.headers,
    checksums: row.checksums,
    blobIds: row.blob_ids,
    modifiedAt: row.modified_at,
    ownerTeam: row.owner_team ?? undefined,
  };
}
