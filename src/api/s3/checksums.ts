import { accept, type Result, refuse } from '../../errors/index.ts';
import { type ChecksumAlgorithm, type Checksums, checksumAlgorithms } from '../../object-storage/index.ts';
import { headerValue, type RequestHead, type Trailers } from '../signature-v4/index.ts';

/** The algorithms whose checksums a request announces: in headers, or in trailers to come. */
export function announcedAlgorithms(head: RequestHead): ChecksumAlgorithm[] {
  const trailers = (headerValue(head, 'x-amz-trailer') ?? '').toLowerCase().split(/[\s,]+/);
  return checksumAlgorithms.filter((algorithm) => {
    const name = checksumHeader(algorithm);
    return headerValue(head, name) !== undefined || trailers.includes(name);
  });
}

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm}`;
}

/**
 * Compares what the client says of its body with what arrived.
 * @returns the client's checksums; those that we could not compute are taken as given
 * @refuses ChecksumWrong
 */
export function compareChecksums(
  head: RequestHead,
  trailers: Trailers,
  received: { readonly md5: string; readonly checksums: Checksums },
): Result<Checksums> {
  const contentMd5 = headerValue(head, 'content-md5');
  if (contentMd5 !== undefined && contentMd5 !== Buffer.from(received.md5, 'hex').toString('base64')) {
    return checksumWrong('Content-MD5');
  }
  const given: Partial<Record<ChecksumAlgorithm, string>> = {};
  for (const algorithm of announcedAlgorithms(head)) {
    const name = checksumHeader(algorithm);
    const value = headerValue(head, name) ?? trailers.get(name);
    const computed = received.checksums[algorithm];
    if (value === undefined || (computed !== undefined && computed !== value)) return checksumWrong(name);
    given[algorithm] = value;
  }
  return accept(given);
}

function checksumWrong(header: string) {
  return refuse({
    kind: 'invalid',
    code: 'ChecksumWrong',
    message: `The ${header} that came with the body is not that of the bytes that arrived.`,
    remedy: 'Send the request again; the body was changed on the way.',
  });
}
