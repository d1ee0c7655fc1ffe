import { characters } from './characters.ts';
import type { Evaluator } from './evaluator.ts';
import { indexed } from './iteration.ts';
import type { Call } from './signature.ts';
import { Dict, defined, fail, isInteger, isText, textOf, typeName, type Value } from './values.ts';

/** str.translate: each character by what the table has at its code: another, a text, or None to drop it. */
export function translated(text: string, table: Value, { meter }: Evaluator): string {
  let out = '';
  for (const character of characters(text)) {
    const piece = replacement(character, table);
    meter.step();
    meter.text(out.length + piece.length, piece.length);
    out += piece;
  }
  return out;
}

function replacement(character: string, table: Value): string {
  const code = character.codePointAt(0) ?? 0;
  const entry = entryOf(table, code);
  if (entry === undefined) return character;
  if (entry === null) return '';
  if (isText(entry)) return textOf(entry);
  if (!isInteger(entry)) return fail('character mapping must return integer, None or str');
  const wanted = Number(entry);
  return wanted >= 0 && wanted <= 0x10ffff
    ? String.fromCodePoint(wanted)
    : fail('character mapping must be in range(0x110000)');
}

function entryOf(table: Value, code: number): Value | undefined {
  if (table instanceof Dict) return table.get(BigInt(code));
  const items = indexed(table);
  if (!items) return fail(`'${typeName(defined(table))}' object is not subscriptable`);
  return code < items.length ? items.at(code) : undefined;
}

/** str.maketrans. */
export function translationTable(call: Call): Dict {
  const table = new Dict();
  if (!call.has('y')) {
    const mapping = call.value('x');
    if (!(mapping instanceof Dict)) {
      return fail('if you give only one argument to maketrans it must be a dict');
    }
    for (const [key, value] of mapping.entries()) table.set(codeOf(key), value);
    return table;
  }
  const [from, to] = [characters(call.text('x')), characters(call.text('y'))];
  if (from.length !== to.length) return fail('the first two maketrans arguments must have equal length');
  for (const [index, character] of from.entries()) table.set(codeOf(character), codeOf(to[index] as string));
  for (const character of characters(call.text('z', ''))) table.set(codeOf(character), null);
  return table;
}

function codeOf(key: Value): bigint {
  if (isInteger(key)) return BigInt(key);
  if (!isText(key)) return fail('keys in translate table must be strings or integers');
  const all = characters(textOf(key));
  return all.length === 1
    ? BigInt(all[0]?.codePointAt(0) ?? 0)
    : fail('string keys in translate table must be of length 1');
}
