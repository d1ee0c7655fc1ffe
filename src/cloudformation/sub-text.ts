/** A piece of the text of `Fn::Sub`: literal text, or the name between `${` and `}`. */
export type SubPart = { readonly text: string } | { readonly name: string };

const placeholder = /\$\{(!?)([^{}]*)\}/g;
const validName = /^\s*[A-Za-z0-9_]+(?:(?:::|\.)[A-Za-z0-9_.:]+)?\s*$/;

/**
 * Takes the text of `Fn::Sub` apart; undefined if a name has other characters than the service takes.
 * `${!Literal}` is the text `${Literal}`. Source: CloudFormation user guide, "Fn::Sub".
 */
export function subParts(text: string): readonly SubPart[] | undefined {
  const parts: SubPart[] = [];
  let end = 0;
  for (const match of text.matchAll(placeholder)) {
    const [whole, bang, name = ''] = match;
    if (match.index > end) parts.push({ text: text.slice(end, match.index) });
    if (bang) parts.push({ text: `\${${name}}` });
    else if (validName.test(name)) parts.push({ name: name.trim() });
    else return undefined;
    end = match.index + whole.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end) });
  return parts;
}

/** Names that a `Fn::Sub` reads from outside: all but those of its own mapping. */
export function subNames(argument: unknown): readonly string[] {
  const [text, mapping] = Array.isArray(argument) ? argument : [argument];
  if (typeof text !== 'string') return [];
  const own = new Set(typeof mapping === 'object' && mapping !== null ? Object.keys(mapping) : []);
  const names = (subParts(text) ?? []).flatMap((part) => ('name' in part && !own.has(part.name) ? [part.name] : []));
  return [...new Set(names)];
}
