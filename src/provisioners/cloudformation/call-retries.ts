import type { CloudFormationClientConfig } from '@aws-sdk/client-cloudformation';

type RetryStrategy = Extract<
  NonNullable<CloudFormationClientConfig['retryStrategy']>,
  { acquireInitialRetryToken: unknown }
>;
type RetryToken = Awaited<ReturnType<RetryStrategy['acquireInitialRetryToken']>>;
type RetryErrorInfo = Parameters<RetryStrategy['refreshRetryTokenForRetry']>[1];

/** What the SDK makes of an answer. A `CLIENT_ERROR` is final. */
export type CallFailure = RetryErrorInfo['errorType'];

export interface CallPatience {
  readonly attemptsMax: number;
  /** The first pause is at most so long; each further one may be twice as long. */
  readonly pauseMs: number;
  readonly pauseMsMax: number;
}

/** Under a minute in all: whoever called is told then, and comes back later. */
export const usualPatience: CallPatience = { attemptsMax: 7, pauseMs: 400, pauseMsMax: 15_000 };

/**
 * The pause after a failed attempt. Anywhere between nothing and its longest, so that many who were refused together do
 * not come back together; never shorter than the service asked for. @param attempt counted from 1
 * @param chance 0 <= chance < 1
 * @returns undefined when the answer is final
 */
export function retryPauseMs(
  failure: CallFailure,
  attempt: number,
  { attemptsMax, pauseMs, pauseMsMax }: CallPatience,
  chance: number,
): number | undefined {
  if (failure === 'CLIENT_ERROR' || attempt >= attemptsMax) return undefined;
  return Math.floor(chance * Math.min(pauseMsMax, pauseMs * 2 ** (attempt - 1)));
}

/** For the SDK's clients. */
export function callRetries(patience: CallPatience = usualPatience): RetryStrategy {
  const tokenOf = (attempts: number, pauseMs: number): RetryToken => ({
    getRetryCount: () => attempts,
    getRetryDelay: () => pauseMs,
  });
  return {
    acquireInitialRetryToken: async () => tokenOf(0, 0),
    async refreshRetryTokenForRetry(token, { errorType, retryAfterHint }) {
      const attempt = token.getRetryCount() + 1;
      const pauseMs = retryPauseMs(errorType, attempt, patience, Math.random());
      if (pauseMs === undefined) throw new Error('the answer is final');
      const askedForMs = retryAfterHint ? retryAfterHint.getTime() - Date.now() : 0;
      return tokenOf(attempt, Math.max(pauseMs, Math.min(askedForMs, patience.pauseMsMax)));
    },
    recordSuccess: () => undefined,
  };
}
