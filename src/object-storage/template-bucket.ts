import { createHash } from 'node:crypto';
import { PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';

/** A bucket that CloudFormation reads large templates from. */
export interface TemplateBucket {
  /** Stores a text under a key made from its content, and gives its URL. @refuses template-bucket-refused, template-bucket-away */
  put(text: string): Promise<Result<string, TemplateBucketRefusal>>;
  close(): void;
}

export type TemplateBucketRefusal = Refusal<'template-bucket-refused' | 'template-bucket-away'>;

export interface TemplateBucketOptions {
  readonly bucket: string;
  /** Where the bucket is. */
  readonly region: string;
  /** Absent: Amazon S3. */
  readonly endpoint?: string;
  /** Absent: as the AWS SDK finds them (environment, shared files, instance role). */
  readonly credentials?: S3ClientConfig['credentials'];
}

const prefix = 'deuteron/templates/';

/** Objects stay in the bucket: a lifecycle rule on `deuteron/templates/` may remove them after a day. */
export function createTemplateBucket(options: TemplateBucketOptions): TemplateBucket {
  const { bucket, region, endpoint, credentials } = options;
  const client = new S3Client({ region, credentials, endpoint, forcePathStyle: endpoint !== undefined });
  return {
    async put(text) {
      const key = `${prefix}${createHash('sha256').update(text).digest('hex')}`;
      try {
        await client.send(
          new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'text/plain; charset=utf-8' }),
        );
      } catch (error) {
        return { ok: false, refusal: bucketRefusal(bucket, error) };
      }
      return accept(templateUrl(options, key));
    },
    close: () => client.destroy(),
  };
}

/** CloudFormation takes the virtual-hosted form; a bucket with dots has no certificate of that form. */
export function templateUrl({ bucket, region, endpoint }: TemplateBucketOptions, key: string): string {
  if (endpoint !== undefined) return `${endpoint.replace(/\/$/, '')}/${bucket}/${key}`;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return bucket.includes('.')
    ? `https://s3.${region}.${domain}/${bucket}/${key}`
    : `https://${bucket}.s3.${region}.${domain}/${key}`;
}

function bucketRefusal(bucket: string, error: unknown): TemplateBucketRefusal {
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  const isFinal = (status >= 300 && status < 500 && status !== 429) || name === 'CredentialsProviderError';
  const said = `The template cannot be stored in the bucket ${bucket}: S3 answered ${name} (${message}).`;
  if (!isFinal) {
    return refuse({
      kind: 'unavailable',
      code: 'template-bucket-away',
      message: said,
      remedy: 'It is tried again; if it lasts, check the network between the server and S3.',
    }).refusal;
  }
  return refuse({
    kind: 'forbidden',
    code: 'template-bucket-refused',
    message: said,
    remedy: "Check --template-bucket, that it is in the server's region, and that the server may s3:PutObject there.",
  }).refusal;
}
