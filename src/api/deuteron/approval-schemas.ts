import type {
  ApprovalCase,
  ApprovalQuestion,
  ApprovalRequest,
  Delegation,
  Emergency,
  EmergencyUse,
  OpenAnswer,
} from '../../deployments/index.ts';
import { deploymentStatus, describePlan, openAnswerNames, requestStates } from '../../deployments/index.ts';
import { text } from './schema-parts.ts';

const list = (items: object) => ({ type: 'array', items }) as const;
const names = (description: string) => ({ ...list({ type: 'string' }), description });

const wantedSchema = {
  type: 'object',
  required: ['approvers', 'count', 'noSelfApproval', 'reasons'],
  properties: {
    approvers: names('any of them will do: relations to what is changed, or team:<name>'),
    count: { type: 'integer', description: 'of how many people' },
    noSelfApproval: { type: 'boolean', description: 'who asked does not count' },
    expiryHours: { type: 'integer', description: 'an approval older than this counts no more' },
    reasons: list({
      type: 'object',
      required: ['rule', 'message'],
      properties: { rule: text('that wants it'), message: text('its words') },
    }),
  },
} as const;

export const requestSchema = {
  type: 'object',
  required: [
    'deploymentId',
    'targetArn',
    'planId',
    'changeClass',
    'waitsFor',
    'wanted',
    'state',
    'askedAt',
    'expiresAt',
  ],
  properties: {
    deploymentId: text('the deployment that waits'),
    targetArn: text('what it changes'),
    planId: text('of the plan that is to be approved; an answer names it'),
    operation: text('create, update or delete'),
    changeClass: text('of the plan'),
    waitsFor: text('for people: who must approve'),
    wanted: list(wantedSchema),
    state: { type: 'string', enum: requestStates },
    note: text('why it is in its state; of one that waits again, what has changed'),
    decisionId: text('deuteron why shows it'),
    askedAt: text('ISO 8601'),
    expiresAt: text('ISO 8601; then the deployment fails'),
  },
} as const;

const approvalSchema = {
  type: 'object',
  required: ['principal', 'planId', 'state', 'relations', 'onBehalfOf', 'givenAt', 'decisionId'],
  properties: {
    principal: text('who'),
    planId: text('what was seen'),
    state: { type: 'string', enum: ['given', 'rejected', 'withdrawn', 'void'] },
    relations: names('what he was to what is changed'),
    as: text('for people: as which of those who were asked'),
    onBehalfOf: names('in whose place'),
    reason: text('his words'),
    note: text('why it counts no more'),
    givenAt: text('ISO 8601'),
    decisionId: text('that let him answer'),
  },
} as const;

const questionSchema = {
  type: 'object',
  required: ['id', 'planId', 'question', 'askedBy', 'askedAt'],
  properties: {
    id: text('its id'),
    planId: text('what it is about'),
    question: text('the question', 2_000),
    askedBy: text('who'),
    askedAt: text('ISO 8601'),
    answer: text('the answer', 2_000),
    answeredBy: text('who'),
    answeredAt: text('ISO 8601'),
  },
} as const;

export const useSchema = {
  type: 'object',
  required: ['deploymentId', 'planId', 'emergencyId', 'targetArn', 'usedBy', 'reason', 'waitedFor', 'usedAt'],
  properties: {
    deploymentId: text('that went on'),
    planId: text('with this plan'),
    emergencyId: text('in this emergency'),
    targetArn: text('what it changed'),
    usedBy: text('who let it'),
    reason: text('his words'),
    waitedFor: text('whose approvals were wanted and not given'),
    usedAt: text('ISO 8601'),
  },
} as const;

export const caseSchema = {
  type: 'object',
  required: ['deployment', 'openAnswers', 'approvals', 'questions'],
  properties: {
    deployment: {
      type: 'object',
      required: ['id', 'state', 'status', 'targetArn'],
      properties: {
        id: text('its id'),
        state: text('where it stands'),
        status: text("Proton's word for it"),
        targetArn: text('what it changes'),
        message: text('for people'),
      },
    },
    request: requestSchema,
    plan: { type: 'object', additionalProperties: true, description: 'what is to be approved' },
    text: { type: 'string', description: 'the plan, for people' },
    openAnswers: {
      ...list({ type: 'string', enum: openAnswerNames }),
      description: 'what whoever reads this may answer now; empty: he is not asked, or it waits no more',
    },
    approvals: list(approvalSchema),
    questions: list(questionSchema),
    emergencyUse: useSchema,
  },
} as const;

export const delegationSchema = {
  type: 'object',
  required: ['id', 'from', 'to', 'madeBy', 'madeAt', 'until'],
  properties: {
    id: text('its id'),
    from: text('who is away'),
    to: text('who answers in his place'),
    reason: text('for people'),
    madeBy: text('who said so'),
    madeAt: text('ISO 8601'),
    until: text('ISO 8601'),
    endedBy: text('who ended it before'),
    endedAt: text('ISO 8601'),
  },
} as const;

export const emergencySchema = {
  type: 'object',
  required: ['id', 'unit', 'reason', 'hours', 'declaredBy', 'declaredAt', 'state'],
  properties: {
    id: text('its id'),
    unit: text('where, with all below'),
    reason: text('why'),
    hours: { type: 'integer', description: 'how long it is in force' },
    declaredBy: text('the first person'),
    declaredAt: text('ISO 8601'),
    secondedBy: text('the second one'),
    secondedAt: text('ISO 8601'),
    until: text('ISO 8601; once it is in force'),
    state: { type: 'string', enum: ['declared', 'in-force', 'ended'] },
    endedBy: text('who; deuteron: its time was over'),
    endedAt: text('ISO 8601'),
  },
} as const;

export function shownRequest({ plan, policies: _, ...request }: ApprovalRequest) {
  return { ...request, planId: plan.id, operation: plan.operation, changeClass: plan.changeClass };
}

export function shownCase(
  { deployment, request, approvals, questions, emergencyUse }: ApprovalCase,
  openAnswers: readonly OpenAnswer[],
) {
  const { id, standing, target, message } = deployment;
  return {
    deployment: {
      id,
      state: standing.state,
      status: deploymentStatus(deployment),
      targetArn: target.arn,
      message,
    },
    ...(request && { request: shownRequest(request), plan: request.plan, text: describePlan(request.plan) }),
    openAnswers,
    approvals: approvals.map(shownApproval),
    questions: questions.map(shownQuestion),
    ...(emergencyUse && { emergencyUse: shownUse(emergencyUse) }),
  };
}

function shownApproval({ id: _, deploymentId: __, principalId: ___, ...approval }: ApprovalCase['approvals'][number]) {
  return approval;
}

function shownQuestion({ deploymentId: _, targetArn: __, ...question }: ApprovalQuestion) {
  return question;
}

export function shownUse({ principalId: _, targetKind: __, ...use }: EmergencyUse) {
  return use;
}

export function shownDelegation({ fromId: _, toId: __, ...delegation }: Delegation) {
  return delegation;
}

export function shownEmergency({ declaredById: _, secondedById: __, ...emergency }: Emergency) {
  return emergency;
}
