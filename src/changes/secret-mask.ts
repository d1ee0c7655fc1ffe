import {
  type EvaluatedValue,
  isEvaluatedList,
  isEvaluatedObject,
  isUnknown,
  UnknownValue,
} from '../cloudformation/index.ts';
import { type ChangeFinding, secretMask } from './finding.ts';

/** Properties whose values are secrets by their meaning. */
const secretNames =
  /password|passphrase|secret_?string|auth_?token|private_?key|api_?key$|credentials?$|client_?secret/i;

/** A secret shorter than this is only hidden where it is the whole value: in a text it would hide half the words. */
const partLengthMin = 4;

/** The findings without secrets: not in values, not in messages. */
export function maskFindings(findings: readonly ChangeFinding[], secrets: readonly string[]): readonly ChangeFinding[] {
  return findings.map((finding) => {
    const hidden = finding.path !== undefined && secretNames.test(finding.path);
    const own = hidden ? [finding.before, finding.after].filter((value) => typeof value === 'string') : [];
    const all = [...secrets, ...own].filter((secret) => secret !== '');
    return {
      ...finding,
      message: maskText(finding.message, all),
      ...(finding.before !== undefined && { before: hidden ? secretMask : maskValue(finding.before, all) }),
      ...(finding.after !== undefined && { after: hidden ? secretMask : maskValue(finding.after, all) }),
    };
  });
}

function maskText(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= partLengthMin)
    .reduce((masked, secret) => masked.replaceAll(secret, secretMask), text);
}

function maskValue(value: EvaluatedValue, secrets: readonly string[]): EvaluatedValue {
  if (isUnknown(value))
    return new UnknownValue(JSON.parse(maskText(JSON.stringify(value), secrets.map(asJson))), value.reads);
  if (isEvaluatedList(value)) return value.map((item) => maskValue(item, secrets));
  if (isEvaluatedObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        secretNames.test(name) ? secretMask : maskValue(member, secrets),
      ]),
    );
  }
  const text = String(value);
  if (secrets.includes(text)) return secretMask;
  return typeof value === 'string' ? maskText(value, secrets) : value;
}

function asJson(secret: string): string {
  return JSON.stringify(secret).slice(1, -1);
}
