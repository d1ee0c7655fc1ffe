/** An XML element, or a text in one. undefined children are left out. */
export type XmlChild = string | undefined | readonly XmlChild[];

/** `<name>children</name>`, where the children are elements already. Texts go through `text` first. */
export function element(name: string, ...children: readonly XmlChild[]): string {
  return `<${name}>${join(children)}</${name}>`;
}

/** An element with a text in it; undefined for an absent value, so that the element is left out. */
export function textElement(name: string, value: string | number | boolean | undefined): string | undefined {
  return value === undefined ? undefined : element(name, escapeText(String(value)));
}

export function xmlDocument(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}`;
}

function join(children: readonly XmlChild[]): string {
  return children
    .map((child) => (typeof child === 'string' || child === undefined ? (child ?? '') : join(child)))
    .join('');
}

/** Control characters as references, as S3 writes them: a client that minds asks for `encoding-type=url`. */
function escapeText(text: string): string {
  return text.replace(/[&<>"\u0000-\u001f]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`);
}
