import { createHash } from 'node:crypto';
import { accept, type Result } from '../../errors/index.ts';
import { hmac, scopeText, sha256Hex } from './canonical-request.ts';
import { refuseSignature, type SignatureRefusal } from './signature-refusal.ts';
import { sameText, type VerifiedSignature } from './verify-signature.ts';

/** Headers that follow a body, by lower-case name; checksums mostly. */
export type Trailers = ReadonlyMap<string, string>;

/** A body as it arrives. What it returns at its end says whether the bytes it gave were the ones that were signed. */
export type Payload = AsyncGenerator<Uint8Array, Result<Trailers, SignatureRefusal>, undefined>;

const noTrailers: Trailers = new Map();
const unsignedPayload = 'UNSIGNED-PAYLOAD';
const chunkedPayloads = {
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { signed: false, trailers: true },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { signed: true, trailers: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { signed: true, trailers: true },
} as const;
type ChunkedPayload = keyof typeof chunkedPayloads;

const lineBytesMax = 4096;
const trailersMax = 10;

/**
 * The bytes of a body, freed of their chunk frames, and checked against what was signed.
 *
 * @param announced the x-amz-content-sha256 header: a hex SHA-256, UNSIGNED-PAYLOAD, or one of the STREAMING forms
 * @refuses PayloadHashWrong, PayloadMalformed, SignatureWrong (of a chunk), as the generator's last word
 */
export function openPayload(announced: string, body: AsyncIterable<Uint8Array>, signature: VerifiedSignature): Payload {
  if (announced === unsignedPayload) return plainPayload(body, undefined);
  if (/^[0-9a-f]{64}$/.test(announced)) return plainPayload(body, announced);
  if (Object.hasOwn(chunkedPayloads, announced)) {
    return chunkedPayload(new ByteReader(body), chunkedPayloads[announced as ChunkedPayload], signature);
  }
  return refusedPayload(announced);
}

// biome-ignore lint/correctness/useYield: a payload that is refused has no bytes.
async function* refusedPayload(announced: string): Payload {
  return refuseSignature(
    'PayloadMalformed',
    `The x-amz-content-sha256 header is '${announced}', which is not known here.`,
  );
}

async function* plainPayload(body: AsyncIterable<Uint8Array>, expected: string | undefined): Payload {
  const hash = createHash('sha256');
  for await (const bytes of body) {
    if (expected) hash.update(bytes);
    yield bytes;
  }
  if (expected && hash.digest('hex') !== expected) {
    return refuseSignature(
      'PayloadHashWrong',
      'The SHA-256 of the body is not the one of its x-amz-content-sha256 header.',
    );
  }
  return accept(noTrailers);
}

/**
 * `<hex size>[;chunk-signature=<hex>]\r\n<bytes>\r\n`, repeated; a chunk of size 0 ends the body, trailers follow it.
 * Source: Amazon S3 API reference, "Signature calculations for the Authorization header: transferring a payload in chunks".
 */
async function* chunkedPayload(
  reader: ByteReader,
  form: { readonly signed: boolean; readonly trailers: boolean },
  signature: VerifiedSignature,
): Payload {
  const chain = form.signed ? new SignatureChain(signature) : undefined;
  for (;;) {
    const line = await reader.line();
    const [, sizeText, chunkSignature] =
      /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line ?? '') ?? [];
    if (!sizeText) return malformed(`the chunk header '${line ?? ''}'`);
    const size = Number.parseInt(sizeText, 16);
    const hash = createHash('sha256');
    for await (const bytes of reader.take(size)) {
      if (chain) hash.update(bytes);
      yield bytes;
    }
    if (reader.ended && size > 0) return malformed('an end inside a chunk');
    if (chain && !chain.accepts('PAYLOAD', [sha256Hex(''), hash.digest('hex')], chunkSignature)) {
      return refuseSignature(
        'SignatureWrong',
        'The signature of a chunk of the body is not the one that was calculated.',
      );
    }
    if (size === 0) break;
    if ((await reader.line()) !== '') return malformed('a chunk longer than its header says');
  }
  return form.trailers ? readTrailers(reader, chain) : accept(noTrailers);
}

async function readTrailers(
  reader: ByteReader,
  chain: SignatureChain | undefined,
): Promise<Result<Trailers, SignatureRefusal>> {
  const trailers = new Map<string, string>();
  for (let line = await reader.line(); line; line = await reader.line()) {
    const colon = line.indexOf(':');
    if (colon < 1 || trailers.size >= trailersMax) return malformed(`the trailer '${line}'`);
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const given = trailers.get('x-amz-trailer-signature');
  trailers.delete('x-amz-trailer-signature');
  if (!chain) return accept(trailers);
  const canonical = [...trailers].map(([name, value]) => `${name}:${value}\n`).join('');
  if (chain.accepts('TRAILER', [sha256Hex(canonical)], given)) return accept(trailers);
  return refuseSignature('SignatureWrong', 'The signature of the trailers is not the one that was calculated.');
}

function malformed(what: string) {
  return refuseSignature('PayloadMalformed', `The chunked body is malformed: ${what}.`);
}

/** Each chunk's signature covers the one before it, the first that of the request. */
class SignatureChain {
  readonly #signature: VerifiedSignature;
  #previous: string;

  constructor(signature: VerifiedSignature) {
    this.#signature = signature;
    this.#previous = signature.value;
  }

  accepts(kind: 'PAYLOAD' | 'TRAILER', hashes: readonly string[], given: string | undefined): boolean {
    const { timestamp, scope, signingKey } = this.#signature;
    const text = [`AWS4-HMAC-SHA256-${kind}`, timestamp, scopeText(scope), this.#previous, ...hashes].join('\n');
    this.#previous = hmac(signingKey, text).toString('hex');
    return sameText(this.#previous, given ?? '');
  }
}

/** Reads lines and counted bytes from a stream, holding no more than one piece of it and one line. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();
  ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The text up to the next CR LF, without it; undefined at the end of the stream or for an endless line. */
  async line(): Promise<string | undefined> {
    let line = Buffer.alloc(0);
    while (line.length <= lineBytesMax && (await this.#fill())) {
      const end = this.#rest.indexOf(0x0a);
      const taken = end < 0 ? this.#rest.length : end + 1;
      line = Buffer.concat([line, this.#rest.subarray(0, taken)]);
      this.#rest = this.#rest.subarray(taken);
      if (end >= 0) return line.toString('utf8').replace(/\r?\n$/, '');
    }
    return line.length === 0 || line.length > lineBytesMax ? undefined : line.toString('utf8');
  }

  /** Exactly so many bytes, in pieces; fewer only when the stream ends, which `ended` then says. */
  async *take(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0 && (await this.#fill()); ) {
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0 && !this.ended) {
      const next = await this.#source.next();
      if (next.done) this.ended = true;
      else this.#rest = next.value;
    }
    return this.#rest.length > 0;
  }
}
