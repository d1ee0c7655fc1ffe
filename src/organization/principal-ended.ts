import { type Refusal, type RefusalKind, type Result, refuse } from '../errors/index.ts';
import type { KnownPrincipal } from './principal.ts';

/** @param kind `forbidden` where he himself asks */
export function principalEnded(
  { name, endsAt }: KnownPrincipal,
  kind: RefusalKind = 'conflict',
): Result<never, Refusal<'principal-ended'>> & { readonly ok: false } {
  return refuse({
    kind,
    code: 'principal-ended',
    message: `'${name}' has ended${endsAt ? `, on ${endsAt.toISOString()}` : ''}: nothing of ${name} counts any more.`,
    remedy: `An administrator can bring back who ended: deuteron principal reinstate ${name}.`,
  });
}
