import { TemplateText } from './template-text.ts';

/**
 * Records as JSON text: dates, maps, sets and texts of templates (these only by their hash) are marked by keys that begin with one `$`; keys of the data that begin with
 * `$` get one more, so that no template can be taken for a mark. The text goes into columns of type json, not jsonb,
 * which would refuse a NUL character in a template's string.
 */
export function encodeRecord(record: unknown): string {
  return JSON.stringify(record, function (this: Record<string, unknown>, key, value) {
    const original = this[key];
    if (original instanceof Date) return { $date: original.toISOString() };
    if (original instanceof Map) return { $map: [...original] };
    if (original instanceof Set) return { $set: [...original] };
    if (original instanceof TemplateText) return { $template: original.hash };
    return needsEscape(value) ? escapeKeys(value) : value;
  });
}

/** Hashes of all texts of templates in a record. */
export function templatesIn(record: unknown, found = new Map<string, TemplateText>()): Map<string, TemplateText> {
  if (record instanceof TemplateText) found.set(record.hash, record);
  else if (record instanceof Map) templatesIn([...record.values()], found);
  else if (typeof record === 'object' && record !== null) {
    for (const member of Object.values(record)) templatesIn(member, found);
  }
  return found;
}

/**
 * The inverse, on parsed JSON. Our own data, so its shape is taken on trust.
 * @param templates texts by hash
 */
export function decodeRecord<Value>(json: unknown, templates: ReadonlyMap<string, TemplateText> = new Map()): Value {
  return revive(json, templates) as Value;
}

function revive(value: unknown, templates: ReadonlyMap<string, TemplateText>): unknown {
  if (Array.isArray(value)) return value.map((item) => revive(item, templates));
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Record<string, unknown>;
  if (typeof members.$date === 'string') return new Date(members.$date);
  if (typeof members.$template === 'string') return templates.get(members.$template);
  if (Array.isArray(members.$map)) return new Map(members.$map.map(([key, item]) => [key, revive(item, templates)]));
  if (Array.isArray(members.$set)) return new Set(members.$set.map((item) => revive(item, templates)));
  return Object.fromEntries(
    Object.entries(members).map(([key, item]) => [key.startsWith('$$') ? key.slice(1) : key, revive(item, templates)]),
  );
}

function needsEscape(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).some((key) => key.startsWith('$'))
  );
}

function escapeKeys(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.startsWith('$') ? `$${key}` : key, item]));
}
