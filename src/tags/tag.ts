import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';

export type Tags = Readonly<Record<string, string>>;

export type TagRefusal = Refusal<'tag-reserved' | 'tag-duplicate' | 'tag-limit' | 'tag-characters'>;

/** Source: AWS Proton user guide, "Proton resources and tagging". */
const tagsMax = 50;
const allowed = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Checks tags that somebody gives.
 * @refuses reserved keys (`aws:`), a key twice, characters that tags cannot have
 */
export function checkTags(
  given: readonly { readonly key: string; readonly value: string }[],
): Result<Tags, TagRefusal> {
  const reserved = checkTagKeys(given.map(({ key }) => key));
  if (!reserved.ok) return reserved;
  const tags = new Map<string, string>();
  for (const { key, value } of given) {
    if (tags.has(key))
      return no('tag-duplicate', `The tag key ${JSON.stringify(key)} is given twice.`, 'Give each key once.');
    if (!allowed.test(key) || !allowed.test(value)) {
      return no(
        'tag-characters',
        `The tag ${JSON.stringify(`${key}=${value}`)} has characters that tags cannot have.`,
        'Use letters, digits, spaces and _ . : / = + - @.',
      );
    }
    tags.set(key, value);
  }
  return accept(Object.fromEntries(tags));
}

/** @refuses keys that only Proton itself gives and takes */
export function checkTagKeys(keys: readonly string[]): Result<void, TagRefusal> {
  const reserved = keys.find((key) => key.toLowerCase().startsWith('aws:'));
  if (reserved === undefined) return accept(undefined);
  return no(
    'tag-reserved',
    `The tag key ${JSON.stringify(reserved)} begins with "aws:", which is reserved.`,
    'Choose another key.',
  );
}

/** @refuses more than 50 tags on one thing */
export function checkTagCount(tags: Tags): Result<Tags, TagRefusal> {
  const count = Object.keys(tags).length;
  return count <= tagsMax
    ? accept(tags)
    : no('tag-limit', `The resource would have ${count} tags; at most ${tagsMax} are possible.`, 'Remove tags first.');
}

function no<Code extends TagRefusal['code']>(code: Code, message: string, remedy: string) {
  return refuse({ kind: code === 'tag-limit' ? 'limit' : 'invalid', code, message, remedy });
}
