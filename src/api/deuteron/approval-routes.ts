import type { FastifyInstance, FastifyRequest } from 'fastify';
import {
  type ApprovalCase,
  type ApprovalRequestState,
  type ApprovalTools,
  answerQuestion,
  askRequester,
  deploymentMissing,
  giveApproval,
  isAskedForOthers,
  listApprovalRequests,
  listStranded,
  openAnswers,
  readApproval,
  rejectPlan,
  requestStates,
  teamsAnsweredFor,
  useEmergency,
  withdrawApproval,
} from '../../deployments/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import { readEndDate } from '../../organization/index.ts';
import { answerPage, pageOfQuery } from './answer-page.ts';
import { caseSchema, requestSchema, shownCase, shownRequest } from './approval-schemas.ts';
import { asAudited } from './audited-route.ts';
import { authorisedOf, callerOf } from './caller.ts';
import { optionalBody } from './optional-body.ts';
import { endDateWrong } from './organization-routes.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { referenceOf } from './resource-routes.ts';
import { body, listOf, object, type PageQuery, query, text } from './schema-parts.ts';

interface ById {
  Params: { readonly id: string };
}
interface PlanBody {
  readonly plan: string;
  readonly reason?: string;
}

const idParameter = object({ id: text('of a deployment', 100) });
const plan = text('id of the plan that was seen; another one is not answered', 100);
const said = (description: string, maxLength = 2_000) =>
  ({ type: 'string', minLength: 1, maxLength, pattern: '\\S', description }) as const;
const answer = { 200: caseSchema, ...refusals };

/** Deployments that wait for people, and what those answer. Who may not see a deployment is told that there is none. */
export function approvalRoutes(
  server: FastifyInstance,
  { installation, approvals: tools }: { readonly installation: Installation; readonly approvals: ApprovalTools },
): void {
  const { db } = tools;

  /** The case, for who may read what the deployment changes, or is asked in the place of somebody. */
  async function seen(request: FastifyRequest<ById>): Promise<Result<ApprovalCase>> {
    const { id } = request.params;
    const known = await readApproval(db, id);
    if (!known.ok) return known;
    const { deployment } = known.value;
    const readable = await authorisedOf(request).reads.records('deployment', [deployment], ({ target }) => target);
    const isSeen = readable.length > 0 || (await isAskedForOthers(tools, known.value, callerOf(request)));
    return isSeen ? known : deploymentMissing(id);
  }

  const shownTo = async (request: FastifyRequest, known: ApprovalCase) =>
    shownCase(known, await openAnswers(tools, known, callerOf(request)));

  /** Answers with the case as it is then. */
  async function act(request: FastifyRequest<ById>, verb: string, work: () => Promise<Result<unknown>>) {
    const { id } = request.params;
    const attempt = { verb: `deuteron:${verb}`, target: `deployment/${id}` };
    const done = await asAudited(db, request, attempt, async () => {
      const known = await seen(request);
      return known.ok ? work() : known;
    });
    if (!done.ok) return done;
    const known = await readApproval(db, id);
    return known.ok ? accept(await shownTo(request, known.value)) : known;
  }

  server.get<{ Querystring: PageQuery & { readonly state?: ApprovalRequestState; readonly resource?: string } }>(
    '/approvals',
    {
      schema: {
        summary: 'Deployments that wait for people, or waited, newest first',
        querystring: query({
          state: { type: 'string', enum: requestStates },
          resource: text('of this resource: its ARN, or e.g. environment/prod', 300),
        }),
        response: { 200: listOf('approvals', requestSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const { state, resource } = request.query;
      const reference = resource === undefined ? undefined : referenceOf(installation, resource);
      if (reference && !reference.ok) return sendRefusal(reply, reference.refusal);
      const own = await authorisedOf(request).reads.whole();
      const reach = own && { ...own, teams: [...own.teams, ...(await teamsAnsweredFor(tools, callerOf(request)))] };
      const filters = { state, targetArn: reference?.value.arn, reach };
      const page = answerPage(
        'approvals',
        await listApprovalRequests(db, filters, pageOfQuery(request.query)),
        shownRequest,
      );
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );

  server.get<{ Querystring: PageQuery & { readonly leftBy?: string; readonly on?: string } }>(
    '/orphans/approvals',
    {
      schema: {
        summary: 'Deployments that wait for an approval that nobody could give, now or at the end of a day to come',
        querystring: query({
          leftBy: text('only what this principal could have approved', 200),
          on: text('the day, as 2027-01-31, or a moment with its zone; absent: now', 100),
        }),
        response: { 200: listOf('approvals', requestSchema), ...refusals },
      },
    },
    async (request, reply) => {
      const { leftBy, on } = request.query;
      const now = tools.clock.now();
      const at = on === undefined ? now : readEndDate(on);
      if (!at) return sendRefusal(reply, endDateWrong(on ?? ''));
      const stranded = await listStranded(db, { leftBy }, { now, at }, pageOfQuery(request.query));
      if (!stranded.ok) return sendRefusal(reply, stranded.refusal);
      const { items } = stranded.value;
      const deployments = items.map(({ deployment }) => deployment);
      const readable = await authorisedOf(request).reads.records('deployment', deployments, ({ target }) => target);
      const seenIds = new Set(readable.map(({ id }) => id));
      const seenItems = items.filter(({ deployment }) => seenIds.has(deployment.id)).map((each) => each.request);
      const page = answerPage('approvals', accept({ ...stranded.value, items: seenItems }), shownRequest);
      return page.ok ? page.value : sendRefusal(reply, page.refusal);
    },
  );

  server.get<ById>(
    '/approvals/:id',
    {
      schema: {
        summary: 'A deployment that waits: its plan, who must approve it, who did, and questions',
        params: idParameter,
        response: answer,
      },
    },
    async (request, reply) => {
      const known = await seen(request);
      return known.ok ? shownTo(request, known.value) : sendRefusal(reply, known.refusal);
    },
  );

  server.post<ById & { Body: PlanBody }>(
    '/approvals/:id/approve',
    {
      schema: {
        summary: 'Approve this plan. When nobody else is wanted the deployment goes on, if its plan is still this one',
        params: idParameter,
        body: body({ plan, reason: said('why; optional') }, ['plan']),
        response: answer,
      },
    },
    async (request, reply) => {
      const { plan: planId, reason } = request.body;
      const asked = { deploymentId: request.params.id, planId, reason };
      const done = await act(request, 'ApprovePlan', () => giveApproval(tools, callerOf(request), asked));
      return done.ok ? done.value : sendRefusal(reply, done.refusal);
    },
  );

  server.post<ById & { Body: PlanBody & { readonly reason: string } }>(
    '/approvals/:id/reject',
    {
      schema: {
        summary: 'Reject this plan: the deployment fails with the reason, and nothing is touched',
        params: idParameter,
        body: body({ plan, reason: said('why') }, ['plan', 'reason']),
        response: answer,
      },
    },
    async (request, reply) => {
      const { plan: planId, reason } = request.body;
      const asked = { deploymentId: request.params.id, planId, reason };
      const done = await act(request, 'RejectPlan', () => rejectPlan(tools, callerOf(request), asked));
      return done.ok ? done.value : sendRefusal(reply, done.refusal);
    },
  );

  server.post<ById>(
    '/approvals/:id/withdraw',
    {
      ...optionalBody,
      schema: {
        summary: "Take back one's own approval, until it is applied",
        params: idParameter,
        body: body({}),
        response: answer,
      },
    },
    async (request, reply) => {
      const done = await act(request, 'WithdrawApproval', () =>
        withdrawApproval(tools, callerOf(request), request.params.id),
      );
      return done.ok ? done.value : sendRefusal(reply, done.refusal);
    },
  );

  server.post<ById & { Body: { readonly plan: string; readonly question: string } }>(
    '/approvals/:id/questions',
    {
      schema: {
        summary: 'Ask who requested the deployment; it goes on waiting',
        params: idParameter,
        body: body({ plan, question: said('the question') }, ['plan', 'question']),
        response: answer,
      },
    },
    async (request, reply) => {
      const { plan: planId, question } = request.body;
      const asked = { deploymentId: request.params.id, planId, question };
      const done = await act(request, 'AskRequester', () => askRequester(tools, callerOf(request), asked));
      return done.ok ? done.value : sendRefusal(reply, done.refusal);
    },
  );

  server.post<{ Params: { readonly id: string; readonly question: string }; Body: { readonly answer: string } }>(
    '/approvals/:id/questions/:question/answer',
    {
      schema: {
        summary: 'Answer a question: for who requested the deployment, and for owners of what it changes',
        params: object({ id: text('of a deployment', 100), question: text('of a question', 100) }),
        body: body({ answer: said('the answer') }, ['answer']),
        response: answer,
      },
    },
    async (request, reply) => {
      const { id: deploymentId, question: questionId } = request.params;
      const given = { deploymentId, questionId, answer: request.body.answer };
      const done = await act(request, 'AnswerQuestion', () => answerQuestion(tools, callerOf(request), given));
      return done.ok ? done.value : sendRefusal(reply, done.refusal);
    },
  );

  server.post<ById & { Body: PlanBody & { readonly reason: string } }>(
    '/approvals/:id/break-glass',
    {
      schema: {
        summary:
          'In an emergency that is in force: let this plan go on without the approvals that are wanted. What is forbidden stays forbidden',
        params: idParameter,
        body: body({ plan, reason: said('why; it is kept, and told to everybody who subscribed') }, ['plan', 'reason']),
        response: answer,
      },
    },
    async (request, reply) => {
      const { plan: planId, reason } = request.body;
      const asked = { deploymentId: request.params.id, planId, reason };
      const done = await act(request, 'UseEmergency', () => useEmergency(tools, callerOf(request), asked));
      return done.ok ? done.value : sendRefusal(reply, done.refusal);
    },
  );
}
