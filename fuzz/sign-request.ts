import { createHash, createHmac } from 'node:crypto';

/**
 * Signature Version 4, once more and apart from the product's: a fuzzer that asked the product what is right would not
 * notice when it is wrong. Source: AWS IAM user guide, "Create a signed AWS API request".
 */
export interface RequestToSign {
  readonly method: string;
  /** Encoded as it is sent. */
  readonly path: string;
  /** Encoded as it is sent, without the question mark. */
  readonly query?: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly service: string;
  readonly region: string;
}

/** The headers with those that sign them. */
export function signedHeaders(request: RequestToSign, signer: Signer, now = new Date()): Record<string, string> {
  const timestamp = now.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${timestamp.slice(0, 8)}/${signer.region}/${signer.service}/aws4_request`;
  const payloadHash = request.headers['x-amz-content-sha256'] ?? hash(request.body);
  const headers: Record<string, string> = { ...request.headers, 'x-amz-date': timestamp };
  if (signer.service === 's3') headers['x-amz-content-sha256'] = payloadHash;
  const names = Object.keys(headers).sort();
  const canonical = [
    request.method,
    signer.service === 's3' ? request.path : request.path.split('/').map(encodeURIComponent).join('/'),
    (request.query ?? '')
      .split('&')
      .filter(Boolean)
      .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
      .sort()
      .join('&'),
    ...names.map((name) => `${name}:${headers[name]?.trim().replace(/\s+/g, ' ')}`),
    '',
    names.join(';'),
    payloadHash,
  ].join('\n');
  const key = [timestamp.slice(0, 8), signer.region, signer.service, 'aws4_request'].reduce<Buffer>(
    (secret, text) => createHmac('sha256', secret).update(text).digest(),
    Buffer.from(`AWS4${signer.secretAccessKey}`),
  );
  const signature = createHmac('sha256', key)
    .update(['AWS4-HMAC-SHA256', timestamp, scope, hash(canonical)].join('\n'))
    .digest('hex');
  const credential = `${signer.accessKeyId}/${scope}`;
  headers.authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return headers;
}

function hash(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
