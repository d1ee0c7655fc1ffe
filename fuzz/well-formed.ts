import { ok } from 'node:assert/strict';
import type { Finding } from '../src/bundles/index.ts';
import type { Refusal, SourcePosition } from '../src/errors/index.ts';

const kinds: ReadonlySet<string> = new Set(['invalid', 'missing', 'conflict', 'forbidden', 'limit', 'unavailable']);

/** A refusal as everybody may get it. @returns its code @param textOf the text of a file that positions are in; undefined where there is none */
export function expectRefusal(refusal: Refusal, textOf?: (file: string) => string | undefined): string {
  const { kind, code, message, remedy, position } = refusal;
  ok(kinds.has(kind), `the kind is ${kind}`);
  ok(/^[A-Za-z][A-Za-z-]+$/.test(code), `the code is ${code}`);
  ok(message.trim() !== '', `${code} has no message`);
  ok(remedy.trim() !== '', `${code} has no remedy`);
  ok(!/\[object |undefined\b.*undefined|\bat \S+\.ts:/.test(message), `${code} says ${message.slice(0, 500)}`);
  if (position) expectPosition(position, textOf?.(position.file));
  return code;
}

export function expectFinding(
  { severity, rule, message, remedy, position }: Finding,
  textOf: (file: string) => string | undefined,
): void {
  ok(severity === 'error' || severity === 'warning', `the severity is ${severity}`);
  expectRefusal({ kind: 'invalid', code: rule, message, remedy, position }, textOf);
}

/** Lines end as in any of the formats; a place may be just behind the end of its line, or of the file. */
export function expectPosition({ file, line, column }: SourcePosition, text: string | undefined): void {
  const where = `${file}:${line}:${column}`;
  ok(Number.isSafeInteger(line) && line >= 1, `${where} has no line`);
  ok(Number.isSafeInteger(column) && column >= 1, `${where} has no column`);
  if (text === undefined) return;
  const lines = text.split('\n');
  ok(
    line <= Math.max(lines.length, text.split(/\r\n|\r|\n/).length),
    `${where} is below the end of the file, which has ${lines.length} lines`,
  );
  const longest = Math.max((lines[line - 1] ?? '').length, (text.split(/\r\n|\r|\n/)[line - 1] ?? '').length);
  ok(column <= longest + 1, `${where} is behind the end of its line, which has ${longest} characters`);
}
