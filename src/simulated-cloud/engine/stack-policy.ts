/**
 * Stack policies: which resources an update may touch, and how. Nothing is allowed that no statement allows, and a denial
 * wins. Only updates ask; a stack without a policy allows everything.
 * Source: user guide, "Prevent updates to stack resources".
 */
export type StackPolicy = readonly PolicyStatement[];

export interface PolicyStatement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Choice;
  readonly resources: Choice;
  /** Of the type of the resource; absent: any. */
  readonly types?: { readonly patterns: readonly string[]; readonly wildcards: boolean };
}

/** What the patterns fit, or what they do not fit. */
interface Choice {
  readonly patterns: readonly string[];
  readonly inverted: boolean;
}

export type PolicyAction = 'Update:Modify' | 'Update:Replace' | 'Update:Delete';

export const policyBytesMax = 16_384;

/** @returns undefined for a text that is no stack policy */
export function parseStackPolicy(text: string): StackPolicy | undefined {
  const document = parsed(text);
  if (!isObject(document)) return undefined;
  const given = document.Statement;
  const statements = Array.isArray(given) ? given : given === undefined ? [] : [given];
  const read = statements.map(readStatement);
  return read.every((statement) => statement !== undefined) ? read : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Document = { readonly [key: string]: unknown };

function isObject(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readStatement(given: unknown): PolicyStatement | undefined {
  if (!isObject(given) || given.Principal !== '*') return undefined;
  const { Effect: effect } = given;
  const actions = readChoice(given, 'Action', /^Update:(Modify|Replace|Delete|\*)$/);
  const resources = readChoice(given, 'Resource', /^(\*|LogicalResourceId\/.+)$/);
  const types = readTypes(given.Condition);
  if ((effect !== 'Allow' && effect !== 'Deny') || !actions || !resources || types === 'wrong') return undefined;
  return { effect, actions, resources, types };
}

function readChoice(given: Document, name: string, form: RegExp): Choice | undefined {
  const inverted = given[name] === undefined;
  const patterns = texts(inverted ? given[`Not${name}`] : given[name]);
  const isRight = patterns !== undefined && patterns.length > 0 && patterns.every((pattern) => form.test(pattern));
  return isRight ? { patterns, inverted } : undefined;
}

function readTypes(condition: unknown): PolicyStatement['types'] | 'wrong' {
  if (condition === undefined) return undefined;
  if (!isObject(condition)) return 'wrong';
  const [[operator, test] = [], ...more] = Object.entries(condition);
  const patterns = isObject(test) ? texts(test.ResourceType) : undefined;
  if (more.length > 0 || !patterns || (operator !== 'StringEquals' && operator !== 'StringLike')) return 'wrong';
  return { patterns, wildcards: operator === 'StringLike' };
}

function texts(value: unknown): readonly string[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  return list.every((item) => typeof item === 'string') ? list : undefined;
}

/** Why the policy does not let an update do this; undefined: it does. */
export function policyDenial(
  policy: StackPolicy,
  action: PolicyAction,
  { logicalId, type }: { readonly logicalId: string; readonly type: string },
): string | undefined {
  const resource = `LogicalResourceId/${logicalId}`;
  const fits = (statement: PolicyStatement) =>
    chosen(statement.actions, action) && chosen(statement.resources, resource) && fitsType(statement, type);
  const denying = policy.findIndex((statement) => statement.effect === 'Deny' && fits(statement));
  if (denying >= 0) {
    return `Action denied by stack policy: Statement [#${denying + 1}] does not allow [${action}] for resource [${resource}]`;
  }
  if (policy.some((statement) => statement.effect === 'Allow' && fits(statement))) return undefined;
  return 'Action not allowed by stack policy';
}

function chosen({ patterns, inverted }: Choice, text: string): boolean {
  return patterns.some((pattern) => fitsPattern(pattern, text)) !== inverted;
}

function fitsType({ types }: PolicyStatement, type: string): boolean {
  if (!types) return true;
  return types.patterns.some((pattern) => (types.wildcards ? fitsPattern(pattern, type) : pattern === type));
}

/** `*` stands for any text, `?` for one character. Without backtracking: a policy comes from outside. */
function fitsPattern(pattern: string, text: string): boolean {
  let [at, star, mark] = [0, -1, 0];
  let index = 0;
  while (index < text.length) {
    if (at < pattern.length && pattern[at] === '*') {
      star = at++;
      mark = index;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++mark;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
