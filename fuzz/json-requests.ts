import fc, { type Arbitrary } from 'fast-check';
import { oddTexts } from './odd-values.ts';
import { type InputSchema, inputOfSchema, type SchemaWords } from './schema-inputs.ts';
import { editedOnce } from './text-edits.ts';
import { jsonText, type Tree } from './tree.ts';
import { editedTree } from './tree-edits.ts';
import { jsonWords } from './words.ts';

/** What a door of JSON says of one of its routes. */
export interface JsonRoute {
  readonly method: string;
  /** With its parameters as `{name}`. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, InputSchema>>;
  readonly query: InputSchema;
  readonly body: InputSchema | undefined;
}

export interface JsonRequest {
  readonly method: string;
  /** From the slash on, without the query; places of ids that earlier answers have told are `{0}`, `{1}`. */
  readonly path: string;
  readonly query: string;
  readonly contentType: string | undefined;
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

const oddParts = [
  ...oddTexts.filter((text) => text.length < 2_000).map((text) => encodeURIComponent(text.toWellFormed())),
  ...['%', '%00', '%zz', '%ff', '%2F', '%2e%2e', '..', '.', '', ' '.trim(), '*', '__proto__', 'constructor'],
];
const headerNames = [
  'accept',
  'last-event-id',
  'idempotency-key',
  'if-match',
  'x-amz-date',
  'expect',
  'range',
  'cookie',
];
const headerValues = ['text/event-stream', '*/*', 'x', '', '-1', '5', '99999999999999999999', '"x"', '0'.repeat(500)];

/** Requests to the routes of a door: as it describes them, and after edits of path, query, headers and body. */
export function jsonRequests(routes: readonly JsonRoute[], words: SchemaWords): Arbitrary<JsonRequest> {
  return fc.constantFrom(...routes).chain((route) =>
    fc
      .record({
        method: rarely(
          fc.constant(route.method),
          fc.constantFrom('GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
        ),
        path: pathOf(route, words),
        query: queryOf(route, words),
        contentType: rarely(
          fc.constant(route.body ? 'application/json' : undefined),
          fc.constantFrom(
            'application/json',
            'text/plain',
            'application/json; charset=utf-16',
            'x',
            'multipart/form-data',
          ),
        ),
        body: bodyOf(route, words),
        headers: rarely(
          fc.constant<Record<string, string>>({}),
          fc.dictionary(fc.constantFrom(...headerNames), fc.constantFrom(...headerValues), {
            maxKeys: 2,
            noNullPrototype: true,
          }),
        ),
      })
      .map((request): JsonRequest => request),
  );
}

function rarely<Value>(usual: Arbitrary<Value>, odd: Arbitrary<Value>): Arbitrary<Value> {
  return fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: odd });
}

function pathOf({ path, parameters }: JsonRoute, words: SchemaWords): Arbitrary<string> {
  // without its first slash it is no path in HTTP's eyes: the surface `http` tries what is no request
  const parts = path
    .slice(1)
    .split('/')
    .map((part) => {
      const [, name] = /^\{(.+)\}$/.exec(part) ?? [];
      if (name === undefined) return rarely(fc.constant(part), fc.constantFrom(...oddParts));
      const texts = inputOfSchema(parameters[name] ?? { type: 'string' }, words, name).map((tree) =>
        encodeURIComponent(String(tree).toWellFormed()),
      );
      return fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom('{0}', '{1}', '{2}') },
        { weight: 2, arbitrary: texts },
        { weight: 1, arbitrary: fc.constantFrom(...oddParts) },
      );
    });
  return fc.tuple(...parts).map((all) => `/${all.join('/')}`);
}

function queryOf({ query }: JsonRoute, words: SchemaWords): Arbitrary<string> {
  const valid = inputOfSchema({ ...query, type: 'object', additionalProperties: query.properties ? false : {} }, words);
  const written = valid.map((tree) => queryText(tree));
  const names = Object.keys(query.properties ?? {});
  const odd = fc
    .tuple(fc.constantFrom(...names, '__proto__', 'a[]', 'limit', ''), fc.constantFrom(...oddParts))
    .map(([name, value]) => `${name}=${value}`);
  return fc.oneof(
    { weight: 4, arbitrary: written },
    { weight: 2, arbitrary: fc.tuple(written, odd).map((both) => both.filter(Boolean).join('&')) },
    { weight: 1, arbitrary: fc.array(odd, { maxLength: 4 }).map((all) => all.join('&')) },
  );
}

function queryText(tree: Tree): string {
  const { entries } = tree as { readonly entries: readonly (readonly [string, Tree])[] };
  return entries
    .flatMap(([name, value]) =>
      [value].flat().map((each) => `${encodeURIComponent(name)}=${encodeURIComponent(textOf(each as Tree))}`),
    )
    .join('&');
}

function textOf(tree: Tree): string {
  return typeof tree === 'object' ? jsonText(tree) : String(tree).toWellFormed();
}

function bodyOf({ body }: JsonRoute, words: SchemaWords): Arbitrary<string | undefined> {
  if (!body) return rarely(fc.constant(undefined), fc.constantFrom('{}', '', 'null', '[', '"x"'));
  const valid = inputOfSchema(body, words);
  return fc.oneof(
    { weight: 3, arbitrary: valid.map(jsonText) },
    { weight: 5, arbitrary: valid.chain((tree) => editedTree([tree])).map(jsonText) },
    { weight: 2, arbitrary: editedOnce(valid.map(jsonText), jsonWords) },
    { weight: 1, arbitrary: fc.constantFrom(undefined, '', 'null', '[]', '0', '"x"') },
  );
}

/** Ids in the answers of a door, the newest first, for requests to speak of. */
export class KnownIds {
  readonly #ids: string[] = [];
  readonly #max = 20;

  note(body: Buffer): void {
    for (const [, id] of body.toString().matchAll(/"(?:id|[a-z]+Id)":"([^"\\]{1,100})"/g)) {
      if (id === undefined || this.#ids.includes(id)) continue;
      this.#ids.unshift(id);
    }
    this.#ids.splice(this.#max);
  }

  /** The path with ids in their places; where none is known yet, with a word. */
  fill(path: string): string {
    return path.replace(/\{(\d)\}/g, (_, place: string) => encodeURIComponent(this.#ids[Number(place)] ?? 'unknown'));
  }
}
