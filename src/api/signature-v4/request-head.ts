import type { IncomingMessage } from 'node:http';

/** A request without its body, exactly as it came over the wire: signatures cover these very characters. */
export interface RequestHead {
  readonly method: string;
  /** Path and query, not decoded. */
  readonly url: string;
  /** Names in lower case; a header that came twice is here twice. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** @param url the URL as sent, where a router has rewritten that of the message */
export function requestHead(message: IncomingMessage, url: string): RequestHead {
  const headers: [string, string][] = [];
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    headers.push([message.rawHeaders[index]!.toLowerCase(), utf8Value(message.rawHeaders[index + 1]!)]);
  }
  return { method: message.method ?? 'GET', url, headers };
}

/** Node reads header bytes as Latin-1, while clients send and sign UTF-8. */
function utf8Value(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8');
}

/** The value of a header, several joined by commas; undefined when absent. */
export function headerValue(head: RequestHead, name: string): string | undefined {
  const values = head.headers.filter(([header]) => header === name).map(([, value]) => value);
  return values.length > 0 ? values.join(',') : undefined;
}

export interface UrlParts {
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
}

/** Path as sent and query decoded; undefined when the query's percent signs are malformed. A plus sign stays one. */
export function urlParts(url: string): UrlParts | undefined {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const queryText = mark < 0 ? '' : url.slice(mark + 1);
  try {
    const query = queryText
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const equals = pair.indexOf('=');
        const [name, value] = equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
        return [decodeURIComponent(name), decodeURIComponent(value)] as const;
      });
    return { path, query };
  } catch {
    return undefined;
  }
}
