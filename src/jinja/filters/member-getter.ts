import type { Evaluator } from '../python/evaluator.ts';
import { isDigit } from '../python/letter-case.ts';
import { getItem } from '../python/members.ts';
import { isText, textOf, Undefined, type Value } from '../python/values.ts';

export type Getter = (value: Value) => Value;

/** Text is compared without case unless asked otherwise. */
export function ignoringCase(value: Value): Value {
  return isText(value) ? textOf(value).toLowerCase() : value;
}

/** The parts of `attribute='a.b.0'`. */
function partsOf(attribute: Value): readonly Value[] {
  if (attribute === null) return [];
  if (!isText(attribute)) return [attribute];
  return textOf(attribute)
    .split('.')
    .map((part) => (isDigit(part) && !/[^0-9]/.test(part) ? BigInt(part) : part));
}

/**
 * A way through items and attributes, as map, sort, sum and others take it.
 * @param usual stands for what does not exist on the way; null for nothing
 */
export function memberGetter(attribute: Value, evaluator: Evaluator, usual: Value = null): Getter {
  const parts = partsOf(attribute);
  return (value) =>
    parts.reduce((owner, part) => {
      const member = getItem(owner, part, evaluator);
      return member instanceof Undefined && usual !== null ? usual : member;
    }, value);
}

/** The key by which values are ordered, for several attributes with commas between them. */
export function sortKeyGetter(attribute: Value, evaluator: Evaluator, rule: Getter): Getter {
  const attributes: readonly Value[] = isText(attribute) ? textOf(attribute).split(',') : [attribute];
  const getters = attributes.map((each) => memberGetter(each, evaluator));
  return (value) => getters.map((get) => rule(get(value)));
}
