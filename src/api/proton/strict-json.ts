import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';

export type JsonRefusal = Refusal<'JsonMalformed'>;

/** Deeper than any input of the API model, and than any honest client's. */
const depthMax = 64;

/**
 * Reads a JSON object from a body, and refuses what different readers would read differently.
 * @refuses JsonMalformed: bytes that are no UTF-8, bad syntax, nesting deeper than 64, a key twice in one object, the
 * key `__proto__`, half a surrogate pair, or a value that is no object
 */
export function parseStrictJson(bytes: Uint8Array): Result<Readonly<Record<string, unknown>>, JsonRefusal> {
  const text = decodeUtf8(bytes);
  if (text === undefined) return malformed('The body is not valid UTF-8.');
  const value = parse(text);
  if (value === undefined) return malformed('The body is not valid JSON.');
  const fault = structureFault(text);
  if (fault) return malformed(fault);
  if (!isObject(value)) return malformed('The body is not a JSON object.');
  return accept(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** undefined for bad syntax. V8 reads without recursion, so that depth alone does no harm here. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Looks at the brackets and strings of a text that JSON.parse has accepted. */
function structureFault(text: string): string | undefined {
  /** The keys seen in each object that is open; undefined for an array. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = stringEnd(text, at);
      const fault = stringFault(text.slice(at, end), isKey(text, end) ? open.at(-1) : undefined);
      if (fault) return fault;
      at = end - 1;
    }
    if (open.length > depthMax) return `The body is nested deeper than ${depthMax}.`;
  }
  return undefined;
}

/** Where the string that starts here ends: behind its closing quote. */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isKey(text: string, behind: number): boolean {
  let at = behind;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at += 1;
  return text[at] === ':';
}

/** @param keys the keys of the same object so far, when the string is a key */
function stringFault(quoted: string, keys: Set<string> | undefined): string | undefined {
  const value = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  if (!value.isWellFormed()) return 'A string of the body has half of a surrogate pair.';
  if (!keys) return undefined;
  if (value === '__proto__') return "The body has the key '__proto__'.";
  if (keys.has(value)) return `The body has the key '${value.slice(0, 100)}' twice in one object.`;
  keys.add(value);
  return undefined;
}

function malformed(message: string) {
  return refuse({
    kind: 'invalid',
    code: 'JsonMalformed',
    message,
    remedy: 'Send one JSON object, as the AWS SDKs do.',
  });
}
