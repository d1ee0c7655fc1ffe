import {
  checkStackTemplate,
  dynamicReferencesIn,
  forbiddenSecureReferences,
  missingCapabilities,
  type ParameterValues,
  requiredCapabilities,
  type StackTemplate,
} from '../../cloudformation/index.ts';
import {
  parametersOf,
  processedTemplate,
  type StackGoal,
  type StackIdentity,
  stackGoal,
  type Understood,
  writtenTemplate,
} from '../engine/stack-goal.ts';
import type { Place } from '../state/place.ts';
import type { StackDefinition, StackParameter } from '../state/stack.ts';
import { storedValue } from '../state/stored-values.ts';
import { TemplateText } from '../state/template-text.ts';
import { type Answer, answer, constraintError, serviceError, validationError } from '../wire/service-error.ts';
import type { CloudTools } from './action.ts';
import { fetchTemplate } from './fetch-template.ts';
import type { ParameterInput, StackInput } from './stack-input.ts';
import { parameterValue } from './system-parameters.ts';

const inlineBytesMax = 51_200;

/**
 * Makes a definition of what was sent, and checks everything that the service checks before it begins.
 * @param previous of an update: what is left out is taken from there
 */
export async function understandDefinition(
  tools: CloudTools,
  stack: StackIdentity,
  input: StackInput,
  previous?: StackDefinition,
): Promise<Answer<Understood>> {
  const text = await templateOf(tools, input, previous);
  if (!text.ok) return text;
  const written = writtenTemplate(text.value.body);
  if (!written.ok) return validationError(written.refusal.message);
  const given = givenParameters(written.value, input.parameters, previous);
  if (!given.ok) return given;
  const definition: StackDefinition = {
    template: text.value,
    description: written.value.description,
    parameters: withSystemValues(tools, stack, written.value, given.value),
    tags: input.tags ?? previous?.tags ?? [],
    capabilities: input.capabilities,
    notificationArns: input.notificationArns ?? previous?.notificationArns ?? [],
    roleArn: input.roleArn ?? previous?.roleArn,
  };
  const parameters = parametersOf(written.value, definition.parameters);
  if (!parameters.ok) return validationError(parameters.refusal.message);
  const template = checkedTemplate(text.value.body, stack.region, parameters.value);
  if (!template.ok) return template;
  const required = requiredCapabilities(template.value);
  const missing = missingCapabilities(required, input.capabilities);
  if (missing.length > 0) {
    const message = `Requires capabilities : [${missing.join(', ')}]`;
    return serviceError('InsufficientCapabilitiesException', message);
  }
  const goal = stackGoal(definition, stack);
  if (!goal.ok) return validationError(goal.refusal.message);
  const problem = referencesProblem(tools, stack, goal.value);
  return problem === undefined ? answer({ definition, goal: goal.value }) : validationError(problem);
}

/** The text of the template that a request means. */
export async function templateOf(
  { state }: CloudTools,
  input: Pick<StackInput, 'templateBody' | 'templateUrl' | 'usePreviousTemplate'>,
  previous?: StackDefinition,
): Promise<Answer<TemplateText>> {
  const { templateBody, templateUrl, usePreviousTemplate } = input;
  if (templateBody !== undefined && templateUrl !== undefined) {
    return validationError('Both TemplateBody and TemplateURL cannot be provided.');
  }
  if (usePreviousTemplate) {
    if (previous && templateBody === undefined && templateUrl === undefined) return answer(previous.template);
    return validationError('UsePreviousTemplate cannot be used together with another template, or for a new stack.');
  }
  if (templateUrl !== undefined) return fetchTemplate(state, templateUrl);
  if (templateBody === undefined || templateBody === '') {
    return validationError('Either Template URL or Template Body must be specified.');
  }
  if (Buffer.byteLength(templateBody) > inlineBytesMax) {
    const shown = `${templateBody.slice(0, 100)}...`;
    return constraintError('templateBody', shown, `have length less than or equal to ${inlineBytesMax}`);
  }
  return answer(new TemplateText(templateBody));
}

/** A template in which every type, reference and attribute exists, as the service works on it. */
export function checkedTemplate(body: string, region: string, parameters?: ParameterValues): Answer<StackTemplate> {
  const template = processedTemplate(body, region, parameters);
  if (!template.ok) return validationError(template.refusal.message);
  const [problem] = checkStackTemplate(template.value);
  if (problem) return validationError(problem.message);
  return answer(template.value);
}

function givenParameters(
  template: StackTemplate,
  inputs: readonly ParameterInput[],
  previous: StackDefinition | undefined,
): Answer<StackParameter[]> {
  const before = new Map(previous?.parameters.map((parameter) => [parameter.key, parameter.value]));
  const given: StackParameter[] = [];
  for (const { key, value, usePreviousValue } of inputs) {
    const used = usePreviousValue ? before.get(key) : value;
    if (usePreviousValue && value) {
      return validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and also a value.`,
      );
    }
    if (usePreviousValue && used === undefined) {
      return validationError(
        `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
      );
    }
    if (given.some((other) => other.key === key)) {
      return validationError(`Duplicate parameter keys in the request: [${key}]`);
    }
    given.push({ key, value: used ?? '', noEcho: template.parameters.get(key)?.noEcho ?? false });
  }
  const defaults = [...template.parameters.values()]
    .filter(({ name }) => !given.some(({ key }) => key === name))
    .flatMap(({ name, default: value, noEcho }) => (value === undefined ? [] : [{ key: name, value, noEcho }]));
  return answer([...given, ...defaults]);
}

/** Parameters of an SSM type are read from the parameter store now; the operation keeps what was read. */
function withSystemValues(
  { state }: CloudTools,
  place: Place,
  template: StackTemplate,
  parameters: readonly StackParameter[],
): StackParameter[] {
  return parameters.map((parameter) => {
    const type = template.parameters.get(parameter.key)?.type ?? '';
    if (!type.startsWith('AWS::SSM::Parameter::Value<')) return parameter;
    return { ...parameter, resolvedValue: parameterValue(state.storedValues, place, parameter.value) };
  });
}

/** Source: user guide, "Get values stored in other services using dynamic references". */
const dynamicReferencesMax = 60;

/** Plain references are resolved, and secure ones looked at, before anything begins; the rest when its turn comes. */
function referencesProblem({ state }: CloudTools, place: Place, { evaluated }: StackGoal): string | undefined {
  const texts = [...evaluated.resources.values()].map(({ properties }) => JSON.stringify(properties));
  const references = texts.flatMap((text) => dynamicReferencesIn(text));
  if (references.length > dynamicReferencesMax) {
    return `Template format error: Number of dynamic references, ${references.length}, is greater than maximum allowed, ${dynamicReferencesMax}`;
  }
  const forbidden = [...evaluated.resources.values()].flatMap(({ type, properties }) =>
    forbiddenSecureReferences(type, properties),
  );
  if (forbidden.length > 0) return `SSM Secure reference is not supported in: [${forbidden.join(',')}]`;
  for (const reference of references.filter(({ service }) => service === 'ssm')) {
    const resolved = storedValue(state.storedValues, place, reference);
    if ('reason' in resolved) return resolved.reason;
  }
  return undefined;
}
