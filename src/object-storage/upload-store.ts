import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import type { ObjectName } from './stored-object.ts';

type UploadTables = {
  multipart_upload: {
    id: string;
    bucket_name: string;
    key: string;
    headers: Record<string, string>;
    created_at: Date;
  };
  multipart_part: { upload_id: string; part_number: number; blob_id: string; size_bytes: number; etag: string };
};

export interface UploadPart {
  readonly partNumber: number;
  readonly blobId: string;
  readonly sizeBytes: number;
  readonly etag: string;
}

export async function uploadInsert(
  db: Db,
  upload: ObjectName & {
    readonly id: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly createdAt: Date;
  },
): Promise<void> {
  const { id, bucket, key, headers, createdAt } = upload;
  await db
    .withTables<UploadTables>()
    .insertInto('multipart_upload')
    .values({ id, bucket_name: bucket, key, headers: JSON.stringify(headers) as never, created_at: createdAt })
    .execute();
}

/** Until the transaction ends, nobody else completes or aborts this upload, or adds a part. */
export async function uploadLock(
  tx: Db,
  id: string,
  { bucket, key }: ObjectName,
): Promise<{ headers: Record<string, string> } | undefined> {
  return await tx
    .withTables<UploadTables>()
    .selectFrom('multipart_upload')
    .select('headers')
    .where('id', '=', id)
    .where('bucket_name', '=', bucket)
    .where('key', '=', key)
    .forUpdate()
    .executeTakeFirst();
}

export async function uploadDelete(tx: Db, id: string): Promise<void> {
  await tx.withTables<UploadTables>().deleteFrom('multipart_upload').where('id', '=', id).execute();
}

/** @returns the blob of the part that was replaced */
export async function uploadPartUpsert(tx: Db, uploadId: string, part: UploadPart): Promise<string | undefined> {
  const former = await tx
    .withTables<UploadTables>()
    .selectFrom('multipart_part')
    .select('blob_id')
    .where('upload_id', '=', uploadId)
    .where('part_number', '=', part.partNumber)
    .executeTakeFirst();
  const values = { blob_id: part.blobId, size_bytes: part.sizeBytes, etag: part.etag };
  await tx
    .withTables<UploadTables>()
    .insertInto('multipart_part')
    .values({ upload_id: uploadId, part_number: part.partNumber, ...values })
    .onConflict((conflict) => conflict.columns(['upload_id', 'part_number']).doUpdateSet(values))
    .execute();
  return former?.blob_id;
}

/** In the order of their numbers. */
export async function uploadParts(db: Db, uploadId: string): Promise<UploadPart[]> {
  const rows = await db
    .withTables<UploadTables>()
    .selectFrom('multipart_part')
    .select(['part_number as partNumber', 'blob_id as blobId', 'size_bytes as sizeBytes', 'etag'])
    .where('upload_id', '=', uploadId)
    .orderBy('part_number')
    .execute();
  return rows.map((row) => ({ ...row, sizeBytes: Number(row.sizeBytes) }));
}

/** Gives up some of the uploads that were begun before that moment and never completed. */
export async function uploadPrune(db: Db, before: Date, now: Date): Promise<void> {
  await sql`with abandoned as (
      select id from multipart_upload where created_at < ${before} limit 20 for update skip locked
    ), freed as (
      update blob set unlinked_at = ${now} where id in (
        select blob_id from multipart_part where upload_id in (select id from abandoned)
      )
    ) delete from multipart_upload where id in (select id from abandoned)`.execute(db);
}
