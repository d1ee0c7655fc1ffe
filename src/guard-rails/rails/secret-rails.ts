import type { CheckedStack, Problem, TemplateRail } from '../guard-rail.ts';
import { textsIn } from '../property-reading.ts';

/** Names of what is secret, as the last step of a path; what tells of a secret without being one is none. */
const secretName =
  /(?:password|passwd|passphrase|secret|secret_?string|token|api_?key|access_?key|private_?key|credentials?)$/i;
const namesOfReferences = /(?:arn|id|name|length|policy|ttl|url|path|file|manage\w*|rotation\w*|servicetoken)$/i;

/** Forms that nothing else has. Sources: the documentation of each. */
const secretForms: readonly (readonly [RegExp, string])[] = [
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, 'an access key of AWS'],
  [/-----BEGIN (?:[A-Z]{1,12} )?PRIVATE KEY-----/, 'a private key'],
  [/\bgh[pousr]_[A-Za-z0-9]{36}\b/, 'a token of GitHub'],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,72}\b/, 'a token of Slack'],
  [/:\/\/[^\s:/@]{1,64}:[^\s:/@{]{1,64}@/, 'a password in a URL'],
];

function isReference(text: string): boolean {
  return text === '' || text.includes('{{resolve:') || /^arn:/.test(text) || /^(?:true|false)$/i.test(text);
}

/** `Environment/Variables/DB_PASSWORD`, `.../Environment/3/Value` beside its Name. */
function plaintextIn({ logicalId, type, properties }: CheckedStack['resources'][number]): readonly Problem[] {
  const texts = [...textsIn(properties)];
  const named = new Map(
    texts
      .filter(({ path }) => /\/(?:Name|Key)$/.test(path))
      .map(({ path, text }) => [path.replace(/(?:Name|Key)$/, 'Value'), text]),
  );
  return texts.flatMap(({ path: property, text }): Problem[] => {
    const form = secretForms.find(([pattern]) => pattern.test(text.slice(0, 20_000)));
    if (form) return [{ logicalId, type, property, message: `There stands ${form[1]} in plain text.` }];
    const name = named.get(property) ?? property.split('/').at(-1) ?? '';
    if (!secretName.test(name) || namesOfReferences.test(name) || isReference(text)) return [];
    if (type === 'AWS::SecretsManager::Secret' && /GenerateSecretString/.test(property)) return [];
    return [{ logicalId, type, property, message: `${name} stands there in plain text.` }];
  });
}

function defaultsOfSecrets({ parameters }: CheckedStack): readonly Problem[] {
  return parameters
    .filter(({ noEcho, default: value }) => noEcho && value !== undefined && !isReference(value))
    .map(({ name }) => ({
      property: `Parameters/${name}`,
      message: `The parameter ${name} is secret, and its default stands there in plain text.`,
    }));
}

export const secretRails: readonly TemplateRail[] = [
  {
    id: 'no-plaintext-secrets',
    looksAt: 'template',
    about: 'Passwords, tokens and keys do not stand in what is rendered.',
    remedy: 'Keep it in Secrets Manager or Systems Manager, and refer to it: {{resolve:secretsmanager:...}}.',
    parameters: {},
    warnsByDefault: true,
    check: (stack) => [...stack.resources.flatMap(plaintextIn), ...defaultsOfSecrets(stack)],
  },
];
