import { changeClasses, changeFlags, instanceVerdicts } from '../../changes/index.ts';
import type { WhenPreviewed } from '../../deployments/index.ts';

const text = (description: string, maxLength?: number) =>
  ({ type: 'string', description, ...(maxLength && { maxLength }) }) as const;
const count = (description: string) => ({ type: 'integer', minimum: 0, maximum: 2 ** 31 - 1, description }) as const;

/** The members that the bodies have in common, and those of some operations. */
export interface ChangeBody {
  readonly operation: 'create' | 'update' | 'delete';
  readonly previews: WhenPreviewed | 'never';
  readonly spec?: string;
  readonly majorVersion?: number;
  readonly minorVersion?: number;
}

const common = {
  spec: text('YAML, as for the operation itself', 51_200),
  minorVersion: count('absent: the recommended one'),
  previews: {
    type: 'string',
    enum: ['when-needed', 'always', 'never'],
    default: 'when-needed',
    description: 'when to ask the provider besides: it takes a few seconds',
  },
} as const;
const major = { majorVersion: count('of the template') } as const;
const deploymentType = {
  type: 'string',
  enum: ['CURRENT_VERSION', 'MINOR_VERSION', 'MAJOR_VERSION'],
  description: 'absent: what the version that is named means',
} as const;
const name = (description: string) => ({ type: 'string', minLength: 1, maxLength: 100, description }) as const;
const arn = (description: string) => ({ type: 'string', minLength: 1, maxLength: 2048, description }) as const;
const rights = {
  protonServiceRoleArn: arn('role that CloudFormation stacks are made with'),
  codebuildRoleArn: arn('role of CodeBuild provisioning'),
  componentRoleArn: arn('role of components'),
} as const;

/** A body whose operation says which of the members it needs, and which go with it. */
const changeBody = (
  properties: Readonly<Record<string, object>>,
  operations: Readonly<Record<string, { readonly needs?: readonly string[]; readonly takes?: readonly string[] }>>,
) => ({
  type: 'object',
  required: ['operation'],
  additionalProperties: false,
  properties: {
    operation: { type: 'string', enum: Object.keys(operations) },
    previews: common.previews,
    ...properties,
  },
  allOf: Object.entries(operations).map(([operation, { needs = [], takes = [] }]) => ({
    if: { properties: { operation: { const: operation } } },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
    then: {
      required: needs,
      propertyNames: { enum: ['operation', 'previews', ...needs, ...takes] },
    },
  })),
});

export const environmentBody = changeBody(
  { ...common, ...major, ...rights, deploymentType, templateName: name('with create: the environment template') },
  {
    create: { needs: ['templateName', 'majorVersion', 'spec'], takes: ['minorVersion', ...Object.keys(rights)] },
    update: { takes: ['majorVersion', 'minorVersion', 'spec', 'deploymentType', ...Object.keys(rights)] },
    delete: {},
  },
);

export const instanceBody = changeBody(
  { ...common, ...major, deploymentType },
  {
    create: { needs: ['spec'], takes: ['majorVersion', 'minorVersion'] },
    update: { takes: ['majorVersion', 'minorVersion', 'spec', 'deploymentType'] },
    delete: {},
  },
);

export const pipelineBody = {
  type: 'object',
  additionalProperties: false,
  properties: { ...common, ...major, deploymentType },
} as const;

const repository = {
  branchName: name('with create: of the repository'),
  repositoryConnectionArn: arn('with create: of the connection to the repository'),
  repositoryId: name('with create: owner/name'),
} as const;

export const serviceBody = changeBody(
  { ...common, ...major, ...repository, templateName: name('with create: the service template') },
  {
    create: { needs: ['templateName', 'majorVersion', 'spec'], takes: ['minorVersion', ...Object.keys(repository)] },
    update: { needs: ['spec'] },
    delete: {},
  },
);

export function nameParameters(...names: readonly string[]) {
  return {
    type: 'object',
    required: names,
    properties: Object.fromEntries(names.map((each) => [each, { type: 'string', minLength: 1, maxLength: 100 }])),
  } as const;
}

const open = { type: 'object', additionalProperties: true } as const;
const placement = {
  type: 'object',
  properties: { accountId: text('twelve digits'), region: text('e.g. us-east-1'), roleArn: text('as whom') },
} as const;

const planSchema = {
  ...open,
  required: ['id', 'operation', 'targetArn', 'changeClass', 'verdict', 'flags', 'targets', 'irreversible', 'notes'],
  properties: {
    id: text('the hash of all that would be applied, and of what it would be applied to'),
    operation: { type: 'string', enum: ['create', 'update', 'delete'] },
    targetArn: text('of what is changed'),
    changeClass: { type: 'string', enum: changeClasses, description: 'the graver of analysis and provider' },
    verdict: { type: 'string', enum: [...instanceVerdicts, 'unknown'], description: 'of the analysis' },
    flags: { type: 'array', items: { type: 'string', enum: changeFlags } },
    irreversible: { type: 'array', items: { type: 'string' }, description: 'what no later change brings back' },
    notes: { type: 'array', items: { type: 'string' } },
    targets: {
      type: 'array',
      description: 'each account and region, in order',
      items: {
        type: 'object',
        properties: {
          placement,
          analysis: { ...open, description: 'what happens there, said without the provider: resources and findings' },
          preview: { ...open, description: 'what the provider says; absent: it was not asked' },
          disagreements: { type: 'array', items: { type: 'string' } },
        },
      },
    },
  },
} as const;

const advice = {
  type: 'object',
  required: ['verdict', 'asks', 'rules'],
  description:
    'what would become of it, if whoever reads it now asked for it: no part of the plan, and nothing is kept',
  properties: {
    verdict: {
      type: 'string',
      enum: ['allow', 'needs-approvals', 'deny', 'refused'],
      description: 'applied at once, waits for people, denied by rules, refused for what the message says',
    },
    asks: text('name of whose request is judged'),
    waitsFor: text('for people: who would have to approve'),
    message: text('why, in the words of the rules'),
    rules: { type: 'array', items: { type: 'string' }, description: 'names of those that would decide' },
  },
} as const;

export const planAnswer = {
  type: 'object',
  required: ['plan', 'text', 'markdown'],
  properties: { plan: planSchema, advice, text: text('for a terminal'), markdown: text('for a pull request') },
} as const;

export const plansAnswer = {
  type: 'object',
  required: ['plans', 'notes'],
  properties: {
    plans: { type: 'array', items: planAnswer, description: 'in the order in which they are carried out' },
    notes: { type: 'array', items: { type: 'string' }, description: 'how it is made, and what is not planned' },
  },
} as const;

export const applyAnswer = {
  type: 'object',
  properties: {
    deployment: {
      type: 'object',
      description: 'absent: nothing was to be provisioned, and it is done',
      properties: {
        id: text('its id'),
        status: text("Proton's word for how it stands"),
        targetArn: text('what it changes'),
        createdAt: text('ISO 8601'),
      },
    },
    advice,
  },
} as const;
