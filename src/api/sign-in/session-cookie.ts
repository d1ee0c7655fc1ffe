import { headerValue, type RequestHead } from '../signature-v4/index.ts';

/** A name with __Host- is taken by browsers only over https, and from no other host. */
const nameOf = (cookie: 'session' | 'sign-in', isSecure: boolean) => `${isSecure ? '__Host-' : ''}deuteron-${cookie}`;

/** Not readable by scripts; not sent with what other sites make a browser send, save when it goes to a page here. */
export function cookieSet(
  cookie: 'session' | 'sign-in',
  value: string,
  { isSecure, maxAgeSeconds }: { readonly isSecure: boolean; readonly maxAgeSeconds: number },
): string {
  const secure = isSecure ? '; Secure' : '';
  return `${nameOf(cookie, isSecure)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
}

/** undefined also where it came twice: one of the two is somebody else's. */
export function cookieIn(head: RequestHead, cookie: 'session' | 'sign-in', isSecure: boolean): string | undefined {
  const name = nameOf(cookie, isSecure);
  const values = (headerValue(head, 'cookie') ?? '').split(/[;,]/).flatMap((pair) => {
    const equals = pair.indexOf('=');
    return pair.slice(0, equals).trim() === name ? [pair.slice(equals + 1).trim()] : [];
  });
  return values.length === 1 ? values[0] : undefined;
}

/** The session that a browser shows; undefined where there can be none. */
export function sessionIn(head: RequestHead, publicUrl: string): string | undefined {
  const text = cookieIn(head, 'session', isSecureUrl(publicUrl));
  return text && /^dtrs_[A-Za-z0-9]{43}$/.test(text) ? text : undefined;
}

export function isSecureUrl(url: string): boolean {
  return new URL(url).protocol === 'https:';
}
