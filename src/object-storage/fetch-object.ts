import { GetObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { accept, type Result, refuse } from '../errors/index.ts';
import { openObject } from './read-object.ts';
import { objectTooLarge } from './receive-blob.ts';
import type { ObjectName, ObjectStorageRefusal, ObjectStorageTools } from './stored-object.ts';

/** Where bundles lie that were not uploaded to us: S3 itself, or anything that speaks its protocol. */
export interface S3Source {
  get(name: ObjectName, bytesMax: number): Promise<Result<Uint8Array, ObjectStorageRefusal>>;
  close(): void;
}

export interface S3SourceOptions {
  /** Absent: Amazon S3. */
  readonly endpoint?: string;
  readonly region: string;
  /** Absent: as the AWS SDK finds them (environment, shared files, instance role). */
  readonly credentials?: S3ClientConfig['credentials'];
}

export type FetchObject = (name: ObjectName) => Promise<Result<Uint8Array>>;

/**
 * Reads a whole object: from our own store, else from the configured S3.
 * @refuses ObjectNotFound, BucketNotFound, ObjectTooLarge, ObjectForbidden, ObjectSourceUnavailable
 */
export function createFetchObject(tools: ObjectStorageTools, source: S3Source | undefined): FetchObject {
  const { objectBytesMax } = tools.limits;
  return async (name) => {
    const own = await openObject(tools, name);
    if (own.ok) {
      const bytes = await collect(own.value.read(0, own.value.object.sizeBytes), objectBytesMax);
      return bytes ? accept(bytes) : objectTooLarge(objectBytesMax);
    }
    return source ? await source.get(name, objectBytesMax) : own;
  };
}

export function createS3Source({ endpoint, region, credentials }: S3SourceOptions): S3Source {
  const client = new S3Client({
    region,
    credentials,
    endpoint,
    forcePathStyle: endpoint !== undefined,
    followRegionRedirects: true,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
  });
  return {
    get: (name, bytesMax) => getFromS3(client, name, bytesMax),
    close: () => client.destroy(),
  };
}

async function getFromS3(
  client: S3Client,
  name: ObjectName,
  bytesMax: number,
): Promise<Result<Uint8Array, ObjectStorageRefusal>> {
  try {
    const { Body, ContentLength } = await client.send(new GetObjectCommand({ Bucket: name.bucket, Key: name.key }));
    if (!Body) return accept(new Uint8Array());
    const body = Body as AsyncIterable<Uint8Array> & { destroy?: () => void };
    const bytes = (ContentLength ?? 0) > bytesMax ? undefined : await collect(body, bytesMax);
    if (bytes) return accept(bytes);
    body.destroy?.();
    return objectTooLarge(bytesMax);
  } catch (error) {
    return sourceRefusal(name, error);
  }
}

/** undefined when there are more bytes than allowed. */
async function collect(pieces: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Uint8Array | undefined> {
  const collected: Uint8Array[] = [];
  let total = 0;
  for await (const piece of pieces) {
    total += piece.length;
    if (total > bytesMax) return undefined;
    collected.push(piece);
  }
  return new Uint8Array(Buffer.concat(collected));
}

/** What the provider said, in our words. Exported for its test. */
export function sourceRefusal({ bucket, key }: ObjectName, error: unknown) {
  const {
    name = '',
    message = '',
    $metadata,
  } = error as {
    name?: string;
    message?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  const said = `s3://${bucket}/${key}: S3 answered ${name}${message ? ` (${message})` : ''}.`;
  if (name === 'NoSuchBucket') {
    return refuse({
      kind: 'missing',
      code: 'BucketNotFound',
      message: said,
      remedy: 'Check the name of the bucket, and that the server is configured with the S3 endpoint that has it.',
    });
  }
  if (status === 404) {
    return refuse({
      kind: 'missing',
      code: 'ObjectNotFound',
      message: said,
      remedy: 'Check the key, or upload the bundle.',
    });
  }
  if (status === 401 || status === 403 || name === 'CredentialsProviderError') {
    return refuse({
      kind: 'forbidden',
      code: 'ObjectForbidden',
      message: said,
      remedy: "Let the server's role read the object (s3:GetObject), or upload the bundle to this server.",
    });
  }
  return refuse({
    kind: 'unavailable',
    code: 'ObjectSourceUnavailable',
    message: said,
    remedy: 'Try again; if it lasts, check the configured S3 endpoint and the network between the server and it.',
  });
}
