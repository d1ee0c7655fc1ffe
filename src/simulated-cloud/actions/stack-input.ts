import type { Tag } from '../state/stack.ts';
import { type FormMembers, formFlag, formStructures, formText, formTexts } from '../wire/query-protocol.ts';
import { type Answer, answer, constraintError, validationError } from '../wire/service-error.ts';
import type { Call } from './action.ts';

/** What a request says about a stack, members as the API names them. Absent members stay undefined. */
export interface StackInput {
  readonly stackName: string;
  readonly templateBody?: string;
  readonly templateUrl?: string;
  readonly usePreviousTemplate: boolean;
  readonly parameters: readonly ParameterInput[];
  readonly tags?: readonly Tag[];
  readonly capabilities: readonly string[];
  readonly notificationArns?: readonly string[];
  readonly roleArn?: string;
  readonly token?: string;
}

export interface ParameterInput {
  readonly key: string;
  readonly value?: string;
  readonly usePreviousValue: boolean;
}

const namePattern = /^[a-zA-Z][-a-zA-Z0-9]*$/;
const tokenPattern = /^[a-zA-Z0-9][-a-zA-Z0-9]*$/;
const tagsMax = 50;

/** Reads and checks the members that all requests about a stack share. */
export function readStackInput(input: FormMembers): Answer<StackInput> {
  const named = readStackName(input);
  if (!named.ok) return named;
  const token = readToken(input);
  if (!token.ok) return token;
  const tags = formStructures(input, 'Tags')?.map((tag) => ({
    key: formText(tag, 'Key') ?? '',
    value: formText(tag, 'Value') ?? '',
  }));
  const wrong = tags && tagsProblem(tags);
  if (wrong) return validationError(wrong);
  return answer({
    stackName: named.value,
    templateBody: formText(input, 'TemplateBody'),
    templateUrl: formText(input, 'TemplateURL'),
    usePreviousTemplate: formFlag(input, 'UsePreviousTemplate') ?? false,
    parameters: (formStructures(input, 'Parameters') ?? []).map((parameter) => ({
      key: formText(parameter, 'ParameterKey') ?? '',
      value: formText(parameter, 'ParameterValue'),
      usePreviousValue: formFlag(parameter, 'UsePreviousValue') ?? false,
    })),
    tags,
    capabilities: formTexts(input, 'Capabilities') ?? [],
    notificationArns: formTexts(input, 'NotificationARNs'),
    roleArn: formText(input, 'RoleARN'),
    token: token.value,
  });
}

export function readStackName(input: FormMembers, member = 'StackName'): Answer<string> {
  const name = formText(input, member);
  const shown = member.charAt(0).toLowerCase() + member.slice(1);
  if (name === undefined || name === '') return constraintError(shown, null, 'not be null');
  if (name.length > 1024) return constraintError(shown, name, 'have length less than or equal to 1024');
  return answer(name);
}

/** The name of a stack that does not exist yet. */
export function newNameProblem(name: string): ReturnType<typeof constraintError> | undefined {
  if (name.length > 128) return constraintError('stackName', name, 'have length less than or equal to 128');
  if (namePattern.test(name)) return undefined;
  return constraintError('stackName', name, 'satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*');
}

export function readToken(input: FormMembers, member = 'ClientRequestToken'): Answer<string | undefined> {
  const token = formText(input, member);
  const shown = member.charAt(0).toLowerCase() + member.slice(1);
  if (token === undefined) return answer(undefined);
  if (token.length > 128) return constraintError(shown, token, 'have length less than or equal to 128');
  if (tokenPattern.test(token)) return answer(token);
  return constraintError(shown, token, 'satisfy regular expression pattern: [a-zA-Z0-9][-a-zA-Z0-9]*');
}

function tagsProblem(tags: readonly Tag[]): string | undefined {
  if (tags.length > tagsMax) return `The number of tags exceeds the maximum allowed limit of ${tagsMax}.`;
  const keys = new Set(tags.map(({ key }) => key));
  if (keys.size < tags.length) return 'Duplicate tag keys found. Please note that Tag keys are case insensitive.';
  const reserved = tags.find(({ key }) => /^aws:/i.test(key));
  return reserved ? `aws: prefixed tag key names are not allowed for external use.` : undefined;
}

/** Requests that name the same things are the same request, whatever their order on the wire. */
export function inputOf({ input }: Call): FormMembers {
  const { Action: _, Version: __, ClientRequestToken: ___, ClientToken: ____, ...rest } = input;
  return rest;
}
