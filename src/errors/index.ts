/**
 * Errors: the shape of every "no" the system can say, and of every result that may be one.
 *
 * Lives here: Refusal, Result and how a refusal is written for a person.
 * Never here: a particular refusal (it lives beside the rule that says it), wire formats.
 */
export {
  accept,
  allAsOne,
  describeRefusal,
  placeOf,
  type Refusal,
  type RefusalKind,
  type Result,
  refuse,
  type SourcePosition,
} from './refusal.ts';
