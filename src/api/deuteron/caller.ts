import type { CredentialAsker, Principal } from '../../organization/index.ts';
import type { AuthorisedRequest } from '../authorisation/index.ts';
import type { Credential } from './door-tools.ts';

/** Whom a handler answers. */
export function callerOf({ caller }: { readonly caller?: Principal }): Principal {
  if (!caller) throw new Error('a handler of the native API was reached without a signature');
  return caller;
}

/** What he may, decided before a handler begins: without it a list would show everything. */
export function authorisedOf({ authorised }: { readonly authorised?: AuthorisedRequest }): AuthorisedRequest {
  if (!authorised) throw new Error('a handler of the native API was reached before it was decided about');
  return authorised;
}

/** Who asks for a key or a token. */
export function askerOf(request: { readonly caller?: Principal; readonly credential?: Credential }): CredentialAsker {
  return { principal: callerOf(request), mayIssue: request.credential?.mayIssue ?? false };
}
