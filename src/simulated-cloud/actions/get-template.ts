import {
  type ResourceDeclaration,
  requiredCapabilities,
  resourceSchema,
  type StackTemplate,
} from '../../cloudformation/index.ts';
import { parametersOf, processedTemplate, writtenTemplate } from '../engine/stack-goal.ts';
import type { StackDefinition } from '../state/stack.ts';
import { formText } from '../wire/query-protocol.ts';
import { type Answer, answer, serviceError, validationError } from '../wire/service-error.ts';
import type { XmlMembers } from '../wire/xml.ts';
import type { Action, Call, CloudTools } from './action.ts';
import { noStackWithId } from './describe-stacks.ts';
import { findStack } from './find-stack.ts';
import { checkedTemplate, templateOf } from './stack-definition.ts';

export const getTemplate: Action = async (tools, call) => {
  const definition = await definitionAsked(tools, call);
  if (!definition.ok) return definition;
  const { body: original } = definition.value.template;
  const processed = formText(call.input, 'TemplateStage') === 'Processed';
  const body = processed ? processedText(definition.value, call.caller.region) : original;
  // An old defect of the real service: everything beyond ASCII comes back as a question mark.
  const shown = tools.state.settings.garblesTemplates ? body.replace(/[^\u0000-\u007f]/gu, '?') : body;
  return answer({ TemplateBody: shown, StagesAvailable: ['Original', 'Processed'] });
};

/** The original where nothing was transformed. */
function processedText({ template: { body }, parameters }: StackDefinition, region: string): string {
  const written = writtenTemplate(body);
  if (!written.ok || written.value.transforms.length === 0) return body;
  const values = parametersOf(written.value, parameters);
  const processed = values.ok ? processedTemplate(body, region, values.value) : values;
  return processed.ok ? JSON.stringify(processed.value.body, null, 2) : body;
}

/** Of a change set where one is named, else of the stack. */
async function definitionAsked(tools: CloudTools, call: Call): Promise<Answer<StackDefinition>> {
  const name = formText(call.input, 'StackName');
  const changeSetName = formText(call.input, 'ChangeSetName');
  if (!name) return validationError('StackName must be specified.');
  const stack = await findStack(tools, call.caller, name);
  if (!stack) return noStackWithId(name);
  if (!changeSetName) return answer(stack.definition);
  const changeSets = [...(await tools.state.changeSets(stack)).values()];
  const changeSet = changeSets.find((candidate) => candidate.name === changeSetName || candidate.id === changeSetName);
  if (changeSet) return answer(changeSet.definition);
  return serviceError('ChangeSetNotFound', `ChangeSet [${changeSetName}] does not exist`, 404);
}

export const validateTemplate: Action = async (tools, call) => {
  const template = await sentTemplate(tools, call);
  if (!template.ok) return template;
  const { capabilities, reason } = requiredCapabilities(template.value);
  return answer({
    Parameters: [...template.value.parameters.values()].map((parameter) => ({
      ParameterKey: parameter.name,
      DefaultValue: parameter.default,
      NoEcho: parameter.noEcho,
      Description: parameter.description,
    })),
    Description: template.value.description,
    Capabilities: capabilities,
    CapabilitiesReason: reason,
    DeclaredTransforms: template.value.transforms,
  });
};

async function sentTemplate(tools: CloudTools, { input }: Call): Promise<Answer<StackTemplate>> {
  const text = await templateOf(tools, {
    templateBody: formText(input, 'TemplateBody'),
    templateUrl: formText(input, 'TemplateURL'),
    usePreviousTemplate: false,
  });
  return text.ok ? summarised(text.value.body) : text;
}

export const getTemplateSummary: Action = async (tools, call) => {
  const template = await summarisedTemplate(tools, call);
  if (!template.ok) return template;
  const { parameters, resources, description, transforms, metadata } = template.value;
  const { capabilities, reason } = requiredCapabilities(template.value);
  return answer({
    Parameters: [...parameters.values()].map(
      (parameter): XmlMembers => ({
        ParameterKey: parameter.name,
        DefaultValue: parameter.default,
        ParameterType: parameter.type,
        NoEcho: parameter.noEcho,
        Description: parameter.description,
        ParameterConstraints: { AllowedValues: parameter.allowedValues },
      }),
    ),
    Description: description,
    Capabilities: capabilities,
    CapabilitiesReason: reason,
    ResourceTypes: [...new Set([...resources.values()].map(({ type }) => type))],
    Version: '2010-09-09',
    Metadata: metadata && JSON.stringify(metadata),
    DeclaredTransforms: transforms,
    ResourceIdentifierSummaries: identifierViews(resources.values()),
  });
};

/** What each type is identified by when it is imported. */
function identifierViews(resources: Iterable<ResourceDeclaration>): XmlMembers[] {
  const byType = Map.groupBy(resources, ({ type }) => type);
  return [...byType].map(([type, declared]) => ({
    ResourceType: type,
    LogicalResourceIds: declared.map(({ logicalId }) => logicalId),
    ResourceIdentifiers: resourceSchema(type)?.primaryIdentifier ?? [],
  }));
}

async function summarisedTemplate(tools: CloudTools, call: Call): Promise<Answer<StackTemplate>> {
  const name = formText(call.input, 'StackName');
  if (!name) return sentTemplate(tools, call);
  const stack = await findStack(tools, call.caller, name);
  return stack ? summarised(stack.definition.template.body) : noStackWithId(name);
}

/** As written: what a transform will make is not counted. */
function summarised(body: string): Answer<StackTemplate> {
  const written = writtenTemplate(body);
  if (!written.ok) return validationError(written.refusal.message);
  if (written.value.transforms.length > 0) return answer(written.value);
  return checkedTemplate(body, '');
}
