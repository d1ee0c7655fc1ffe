import {
  handoverStates,
  membershipRoles,
  ownerships,
  principalStates,
  resourceKinds,
} from '../../organization/index.ts';

import { body, object, text } from './schema-parts.ts';

const nullable = (description: string) => ({ type: ['string', 'null'], maxLength: 100, description }) as const;

export const nameParameter = object({ name: text('of a unit, a team or a principal', 200) });

export const labels = {
  type: 'object',
  maxProperties: 50,
  additionalProperties: { type: 'string', maxLength: 255 },
  description: 'keys and values by which people choose',
} as const;

export const unitSchema = {
  type: 'object',
  required: ['name', 'labels'],
  properties: {
    name: text('unique in the organization'),
    parent: text('the unit above; absent only of the root, organization'),
    description: text('for people'),
    labels,
  },
} as const;

export const teamSchema = {
  type: 'object',
  required: ['name', 'unit', 'kind', 'labels'],
  properties: {
    name: text('unique in the organization'),
    unit: text('the unit that it is in'),
    kind: text('platform, application, enablement, security, data, or a word of its own'),
    description: text('for people'),
    labels,
  },
} as const;

export const principalSchema = {
  type: 'object',
  required: ['id', 'name', 'kind'],
  properties: { id: text('its id'), name: text('its name'), kind: { type: 'string', enum: ['person', 'machine'] } },
} as const;

export const knownPrincipalSchema = {
  type: 'object',
  required: [...principalSchema.required, 'state'],
  properties: {
    ...principalSchema.properties,
    state: { type: 'string', enum: principalStates, description: 'leaving: with an end to come' },
    until: text('the last day, or the moment from which on nothing of his counts; absent: without end'),
  },
} as const;

export const membershipSchema = {
  type: 'object',
  required: ['team', 'principal', 'role', 'since', 'active'],
  properties: {
    team: text('its name'),
    principal: text('its name'),
    role: { type: 'string', enum: membershipRoles },
    since: text('ISO 8601'),
    until: text('the last day, or the moment of its end; absent: without end'),
    active: { type: 'boolean', description: 'whether it counts now' },
  },
} as const;

export const resourceSchema = {
  type: 'object',
  required: ['arn', 'kind', 'unitPath', 'labels'],
  properties: {
    arn: text('its ARN'),
    kind: { type: 'string', enum: resourceKinds },
    unitPath: { type: 'array', items: { type: 'string' }, description: 'from the root to the unit that it is in' },
    ownerTeam: text('who answers for it; absent: nobody'),
    dataOwnerTeam: text('who answers for the data in it'),
    environmentClass: text('of an environment, and of what runs in it'),
    labels,
  },
} as const;

export const placementBody = body(
  {
    resource: text('its ARN, or the part behind the account, e.g. environment/prod', 300),
    unit: nullable('null: where the whole is that it is a part of, or the root'),
    owner: nullable('a team; null: nobody'),
    dataOwner: nullable('a team; null: nobody'),
    environmentClass: nullable('of an environment: sandbox, test, production, or a word of its own; null: none'),
    labels,
  },
  ['resource'],
);

export const orphanSchema = {
  type: 'object',
  required: ['arn', 'kind', 'unitPath', 'ownership', 'reason'],
  properties: {
    arn: text('its ARN'),
    kind: { type: 'string', enum: resourceKinds },
    unitPath: { type: 'array', items: { type: 'string' }, description: 'from the root to the unit that it is in' },
    ownership: { type: 'string', enum: ownerships, description: 'of what nobody is left' },
    reason: { type: 'string', enum: ['no-owner', 'team-empty'] },
    team: text('the team in which nobody is, or machines alone'),
    lastMember: text('who was the last in it to go'),
    leftAt: text('when; ISO 8601'),
  },
} as const;

export const handoverSchema = {
  type: 'object',
  required: ['id', 'resource', 'ownership', 'toTeam', 'state', 'offeredBy', 'offeredAt', 'expiresAt'],
  properties: {
    id: text('its id'),
    resource: text('an ARN'),
    ownership: { type: 'string', enum: ownerships },
    fromTeam: text('who owns it; absent: nobody did'),
    toTeam: text('who is asked to own it'),
    unit: text('where it moves with its owner; absent: it stays'),
    note: text('of who offered it'),
    state: { type: 'string', enum: handoverStates },
    offeredBy: text('a principal'),
    offeredAt: text('ISO 8601'),
    expiresAt: text('ISO 8601'),
    answeredBy: text('a principal'),
    answeredAt: text('ISO 8601'),
    answerNote: text('of who answered'),
  },
} as const;

export const planSchema = {
  type: 'object',
  required: ['changes', 'left', 'hash', 'text'],
  properties: {
    changes: {
      type: 'array',
      items: object({
        sign: { type: 'string', enum: ['+', '~', '-'], description: 'added, changed, removed' },
        text: text('what, for people'),
      }),
    },
    left: { type: 'array', items: { type: 'string' }, description: 'not in the file, and stays unless it is pruned' },
    hash: text('of what will be done; give it to apply, so that this and nothing else is applied'),
    text: { type: 'string', description: 'all of it, for people' },
  },
} as const;
