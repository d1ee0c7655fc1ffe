/** A way into inputs: names of members, and indexes of lists as digits. Never empty. Source: RFC 6901 */
export type Pointer = readonly string[];

/** `/database/size` as its parts; undefined for what is no pointer, and for the inputs as a whole. */
export function parsePointer(text: string): Pointer | undefined {
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined;
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function pointerText(pointer: Pointer): string {
  return pointer.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Whether one way leads through the place that the other one leads to, or to it. */
export function isWithin(inner: Pointer, outer: Pointer): boolean {
  return outer.length <= inner.length && outer.every((part, index) => inner[index] === part);
}
