import { accept, type Result } from '../errors/index.ts';
import type { PlacementReach } from '../organization/index.ts';
import { bucketExists, lastKeyOf, objectPage } from './object-store.ts';
import { bucketNotFound, type ObjectStorageTools, type StoredObject } from './stored-object.ts';

export interface ListObjectsRequest {
  readonly bucket: string;
  readonly prefix: string;
  /** Keys that have it behind the prefix are shown once, as the part up to and with it. */
  readonly delimiter: string;
  /** Only what comes behind this text. */
  readonly after: string;
  readonly entriesMax: number;
  /** What may be shown; absent: all. */
  readonly reach?: PlacementReach;
}

export interface ListedObjects {
  readonly objects: readonly StoredObject[];
  readonly commonPrefixes: readonly string[];
  /** Where the next page begins; absent at the end. */
  readonly next?: string;
}

const pageRows = 1000;

/** @refuses BucketNotFound */
export async function listObjects(
  { db }: ObjectStorageTools,
  request: ListObjectsRequest,
): Promise<Result<ListedObjects>> {
  const { bucket, prefix, delimiter, entriesMax, reach } = request;
  if (!(await bucketExists(db, bucket))) return bucketNotFound(bucket);
  const objects: StoredObject[] = [];
  const commonPrefixes: string[] = [];
  let position = request.after;
  for (;;) {
    const rows = await objectPage(db, bucket, { prefix, after: position, limit: pageRows, reach });
    for (const row of rows) {
      const common = commonPrefix(row.key, prefix, delimiter);
      if (common !== undefined && common === commonPrefixes.at(-1)) continue;
      if (objects.length + commonPrefixes.length === entriesMax)
        return accept({ objects, commonPrefixes, next: position });
      if (common === undefined) objects.push(row);
      else commonPrefixes.push(common);
      position = common === undefined ? row.key : lastKeyOf(common);
    }
    if (rows.length < pageRows) return accept({ objects, commonPrefixes });
  }
}

/** The part of a key up to the first delimiter behind the prefix; undefined when there is none. */
export function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  if (delimiter === '') return undefined;
  const end = key.indexOf(delimiter, prefix.length);
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}
