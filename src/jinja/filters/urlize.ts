interface UrlizeRules {
  /** Characters of a link's text. */
  readonly limit: number | undefined;
  /** What a link to a web page has besides its address. */
  readonly attributes: string;
  /** More beginnings of addresses. */
  readonly schemes: readonly string[];
}

const word = '[\\p{L}\\p{N}_]';

const webAddress = new RegExp(
  `^(?:(?:https?://|www\\.)(?:(?:(?:${word}|[%-])+\\.)+)?(?:[a-z]{2,63}|xn--(?:${word}|%){2,59})` +
    `|(?:(?:${word}|[%-]){2,63}\\.)+(?:com|net|int|edu|gov|org|info|mil)` +
    `|https?://(?:\\p{Nd}{1,3}(?:\\.\\p{Nd}{1,3}){3}|\\[(?:[\\p{Nd}a-f]{0,4}:){2}(?:[\\p{Nd}a-f]{0,4}:?){1,6}\\]))` +
    '(?::\\p{Nd}{1,5})?(?:[/?#]\\S*)?$',
  'iu',
);

/** Turns the addresses in a text that has been escaped into links. */
export function urlized(text: string, rules: UrlizeRules): string {
  return text
    .split(/(\s+)/)
    .map((part) => linked(part, rules))
    .join('');
}

function linked(part: string, { limit, attributes, schemes }: UrlizeRules): string {
  const { head, middle, tail } = trimmed(part);
  const shown =
    limit !== undefined && middle.length > limit
      ? `${middle.slice(0, limit < 0 ? middle.length + limit : limit)}...`
      : middle;
  const link = (address: string, name: string, more: string) => `${head}<a href="${address}"${more}>${name}</a>${tail}`;
  if (webAddress.test(middle)) {
    return link(/^https?:\/\//.test(middle) ? middle : `https://${middle}`, shown, attributes);
  }
  if (middle.startsWith('mailto:') && isMailAddress(middle.slice(7))) return link(middle, middle.slice(7), '');
  if (!/^(?:www\.|@)|:/.test(middle) && isMailAddress(middle)) return link(`mailto:${middle}`, middle, '');
  const scheme = schemes.find((each) => middle !== each && middle.startsWith(each));
  return scheme === undefined ? head + middle + tail : link(middle, middle, attributes);
}

/** Parentheses and the like around an address do not belong to it; those that it opens itself do. */
function trimmed(part: string): { head: string; middle: string; tail: string } {
  const [head = ''] = /^(?:[(<]|&lt;)*/.exec(part) ?? [];
  let middle = part.slice(head.length);
  let end = middle.length;
  for (;;) {
    const last = middle[end - 1] ?? '';
    if (end > 0 && ')>.,\n'.includes(last)) end -= 1;
    else if (middle.slice(0, end).endsWith('&gt;')) end -= 4;
    else break;
  }
  let tail = middle.slice(end);
  middle = middle.slice(0, end);
  for (const [opener, closer] of [
    ['(', ')'],
    ['<', '>'],
    ['&lt;', '&gt;'],
  ] as const) {
    const opened = countOf(middle, opener);
    if (opened <= countOf(middle, closer)) continue;
    for (let moved = Math.min(opened, countOf(tail, closer)); moved > 0; moved -= 1) {
      const cut = tail.indexOf(closer) + closer.length;
      middle += tail.slice(0, cut);
      tail = tail.slice(cut);
    }
  }
  return { head, middle, tail };
}

function countOf(text: string, wanted: string): number {
  return text.split(wanted).length - 1;
}

/** `\S+@\w[\w.-]*\.\w+`, read from its end so that no text makes it slow. */
function isMailAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  const point = domain.lastIndexOf('.');
  const isName = (part: string) => new RegExp(`^${word}(?:${word}|[.-])*$`, 'u').test(part);
  return (
    at > 0 &&
    !/\s/.test(text) &&
    point > 0 &&
    isName(domain.slice(0, point)) &&
    new RegExp(`^${word}+$`, 'u').test(domain.slice(point + 1))
  );
}
