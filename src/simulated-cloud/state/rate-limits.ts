/** So many calls an account may make in a region; more are answered with `Throttling`. */
export interface RateLimit {
  /** Absent: all actions together. */
  readonly action?: string;
  readonly accountId?: string;
  readonly perSecond: number;
  /** Calls that may come at once after a pause. */
  readonly burst: number;
}

export interface RatedCall {
  readonly action: string;
  readonly accountId: string;
  readonly region: string;
}

/** Token buckets, in real time: clients are throttled by how fast they really call. */
export class RateLimiter {
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  /** Takes a token of every limit that the call is under. @returns whether there was one everywhere */
  admits(limits: readonly RateLimit[], call: RatedCall, nowMs: number): boolean {
    const buckets = limits.flatMap((limit, index) =>
      isUnder(limit, call) ? [this.#bucket(limit, index, call, nowMs)] : [],
    );
    if (buckets.some(({ tokens }) => tokens < 1)) return false;
    for (const bucket of buckets) bucket.tokens--;
    return true;
  }

  #bucket({ perSecond, burst }: RateLimit, index: number, { accountId, region }: RatedCall, nowMs: number) {
    const key = `${index}/${accountId}/${region}`;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, atMs: nowMs };
    bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1000) * perSecond);
    bucket.atMs = nowMs;
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** Other limits hold from now on. */
  clear(): void {
    this.#buckets.clear();
  }
}

function isUnder(limit: RateLimit, { action, accountId }: RatedCall): boolean {
  return (limit.action ?? action) === action && (limit.accountId ?? accountId) === accountId;
}
