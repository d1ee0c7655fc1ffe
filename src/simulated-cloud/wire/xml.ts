/** What an answer of the query protocol is made of. A list becomes `<member>` elements, undefined is left out. */
export type XmlValue = string | number | boolean | Date | undefined | readonly XmlValue[] | XmlMembers;
export interface XmlMembers {
  readonly [name: string]: XmlValue;
}

/** One element with its content, without a declaration. */
export function xmlElement(name: string, value: XmlValue, attributes = ''): string {
  if (value === undefined) return '';
  return `<${name}${attributes}>${xmlContent(value)}</${name}>`;
}

function xmlContent(value: Exclude<XmlValue, undefined>): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((member: XmlValue) => xmlElement('member', member)).join('');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, member]) => xmlElement(name, member))
      .join('');
  }
  return escapeXml(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

/** XML 1.0 cannot carry most control characters at all, so they become the replacement character. */
function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replace(/[&<>"\r]/g, (character) => entities[character] ?? character);
}
