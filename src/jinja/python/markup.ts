import type { Evaluator } from './evaluator.ts';
import { str } from './printing.ts';
import { Markup, type Value } from './values.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
};

/** HTML escaping as MarkupSafe does it. */
export function escapeText(text: string): string {
  return text.replace(/[&<>'"]/g, (character) => entities[character] as string);
}

/** The printed form, escaped; text that was escaped before stays as it is. */
export function escaped(value: Value, evaluator: Evaluator): string {
  if (value instanceof Markup) return value.text;
  const text = str(value, evaluator);
  evaluator.meter.text(text.length * 5);
  return escapeText(text);
}
