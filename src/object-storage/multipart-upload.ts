import { createHash } from 'node:crypto';
import { transact } from '../database/index.ts';
import { accept, type Result, refuse } from '../errors/index.ts';
import { newId } from '../identifiers/index.ts';
import { blobLink, blobUnlink } from './blob-store.ts';
import { checkObjectName, replaceObject } from './put-object.ts';
import { objectTooLarge, type ReceivedBlob } from './receive-blob.ts';
import type { ObjectName, ObjectStorageLimits, ObjectStorageTools, StoredObject } from './stored-object.ts';
import {
  type UploadPart,
  uploadDelete,
  uploadInsert,
  uploadLock,
  uploadParts,
  uploadPartUpsert,
} from './upload-store.ts';

/** Every part but the last. Source: Amazon S3 user guide, "Multipart upload limits". */
export const partBytesMin = 5 * 1024 * 1024;
export const partNumberMax = 10_000;

/** A part as the completing client lists it. */
export interface ListedPart {
  readonly partNumber: number;
  /** Without quotes. */
  readonly etag: string;
}

/** @returns the id of the upload @refuses BucketNotFound, ObjectKeyInvalid */
export async function startUpload(
  tools: ObjectStorageTools,
  object: ObjectName & { readonly headers: Readonly<Record<string, string>> },
): Promise<Result<string>> {
  const named = await checkObjectName(tools, object);
  if (!named.ok) return named;
  const id = newId();
  await uploadInsert(tools.db, { ...object, id, createdAt: tools.clock.now() });
  return accept(id);
}

/** Makes received bytes a part, in place of the former one of that number. @refuses UploadNotFound */
export async function putPart(
  { db, clock }: ObjectStorageTools,
  name: ObjectName,
  uploadId: string,
  partNumber: number,
  blob: ReceivedBlob<unknown>,
): Promise<Result<UploadPart>> {
  return await db.transaction().execute(async (tx) => {
    if (!(await uploadLock(tx, uploadId, name))) return uploadNotFound(uploadId);
    const part = { partNumber, blobId: blob.id, sizeBytes: blob.sizeBytes, etag: blob.md5 };
    await blobLink(tx, [blob.id]);
    const former = await uploadPartUpsert(tx, uploadId, part);
    if (former) await blobUnlink(tx, [former], clock.now());
    return accept(part);
  });
}

/** Makes the listed parts one object; nothing is copied. @refuses UploadNotFound, PartWrong, PartTooSmall, ObjectTooLarge */
export async function completeUpload(
  { db, clock, limits }: ObjectStorageTools,
  name: ObjectName & { readonly ownerTeam?: string },
  uploadId: string,
  listed: readonly ListedPart[],
): Promise<Result<StoredObject>> {
  return await transact(db, async (tx) => {
    const upload = await uploadLock(tx, uploadId, name);
    if (!upload) return uploadNotFound(uploadId);
    const stored = await uploadParts(tx, uploadId);
    const chosen = chooseParts(stored, listed, limits);
    if (!chosen.ok) return chosen;
    const parts = chosen.value;
    const row = {
      ...name,
      sizeBytes: totalBytes(parts),
      etag: multipartEtag(parts),
      headers: upload.headers,
      checksums: {},
      blobIds: parts.map(({ blobId }) => blobId),
      modifiedAt: clock.now(),
    };
    await uploadDelete(tx, uploadId);
    const left = stored.filter(({ blobId }) => !row.blobIds.includes(blobId)).map(({ blobId }) => blobId);
    await blobUnlink(tx, left, row.modifiedAt);
    await replaceObject(tx, row);
    return accept(row);
  });
}

/** @refuses UploadNotFound */
export async function abortUpload(
  { db, clock }: ObjectStorageTools,
  name: ObjectName,
  uploadId: string,
): Promise<Result<void>> {
  return await transact(db, async (tx) => {
    if (!(await uploadLock(tx, uploadId, name))) return uploadNotFound(uploadId);
    const parts = await uploadParts(tx, uploadId);
    await uploadDelete(tx, uploadId);
    await blobUnlink(
      tx,
      parts.map(({ blobId }) => blobId),
      clock.now(),
    );
    return accept(undefined);
  });
}

/** The stored parts that a client lists, in its order, which must be that of their numbers. */
export function chooseParts(
  stored: readonly UploadPart[],
  listed: readonly ListedPart[],
  limits: ObjectStorageLimits,
): Result<readonly UploadPart[]> {
  const byNumber = new Map(stored.map((part) => [part.partNumber, part]));
  const parts: UploadPart[] = [];
  for (const { partNumber, etag } of listed) {
    const part = byNumber.get(partNumber);
    if (!part || part.etag !== etag) return partWrong(`Part ${partNumber} with the ETag '${etag}' was not uploaded.`);
    if (partNumber <= (parts.at(-1)?.partNumber ?? 0)) return partWrong(`Part ${partNumber} is listed out of order.`);
    parts.push(part);
  }
  if (parts.length === 0) return partWrong('No part is listed.');
  const small = parts.slice(0, -1).find(({ sizeBytes }) => sizeBytes < partBytesMin);
  if (small) {
    return refuse({
      kind: 'invalid',
      code: 'PartTooSmall',
      message: `Part ${small.partNumber} has ${small.sizeBytes} bytes.`,
      remedy: `Let every part but the last have at least ${partBytesMin} bytes.`,
    });
  }
  return totalBytes(parts) > limits.objectBytesMax ? objectTooLarge(limits.objectBytesMax) : accept(parts);
}

function totalBytes(parts: readonly UploadPart[]): number {
  return parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Not the MD5 of the object, as clients know from S3. */
function multipartEtag(parts: readonly UploadPart[]): string {
  const hash = createHash('md5');
  for (const { etag } of parts) hash.update(etag, 'hex');
  return `${hash.digest('hex')}-${parts.length}`;
}

function partWrong(message: string) {
  return refuse({
    kind: 'invalid',
    code: 'PartWrong',
    message,
    remedy: 'List the parts as they were uploaded, by number.',
  });
}

function uploadNotFound(id: string) {
  return refuse({
    kind: 'missing',
    code: 'UploadNotFound',
    message: `There is no multipart upload '${id.slice(0, 100)}' of this object; it may have been completed or aborted.`,
    remedy: 'Begin a new upload.',
  });
}
