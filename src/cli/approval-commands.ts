import { Command, Option } from 'commander';
import { shortArn } from '../identifiers/index.ts';
import type { ApiRequest } from './api-client.ts';
import { type ApiFlags, apiCommand, askAndPrint, listed } from './api-flags.ts';
import { dayOrMoment, saying } from './given-values.ts';

interface Request {
  readonly deploymentId: string;
  readonly targetArn: string;
  readonly planId: string;
  readonly changeClass: string;
  readonly waitsFor: string;
  readonly wanted: readonly { readonly reasons: readonly { readonly message: string }[] }[];
  readonly state: string;
  readonly note?: string;
  readonly decisionId?: string;
  readonly askedAt: string;
  readonly expiresAt: string;
}

interface Case {
  readonly deployment: { readonly id: string; readonly state: string; readonly targetArn: string };
  readonly request?: Request;
  readonly text?: string;
  readonly openAnswers: readonly ('approve' | 'reject' | 'withdraw' | 'break-glass')[];
  readonly approvals: readonly {
    readonly principal: string;
    readonly state: string;
    readonly as: string;
    readonly onBehalfOf: readonly string[];
    readonly reason?: string;
    readonly note?: string;
    readonly givenAt: string;
  }[];
  readonly questions: readonly {
    readonly id: string;
    readonly question: string;
    readonly askedBy: string;
    readonly answer?: string;
    readonly answeredBy?: string;
  }[];
  readonly emergencyUse?: { readonly usedBy: string; readonly reason: string; readonly emergencyId: string };
}

const states = ['wanted', 'given', 'rejected', 'void', 'expired', 'lifted', 'denied', 'cancelled'] as const;

const path = (id: string, rest = '') => `/approvals/${encodeURIComponent(id)}${rest}`;
const minute = (time: string) => `${time.slice(0, 16)}Z`;

function askCase(flags: ApiFlags, request: ApiRequest, lines: (found: Case) => readonly string[]): Promise<void> {
  return askAndPrint(flags, request, lines, undefined, (refusal) =>
    refusal.code === 'deployment-missing'
      ? {
          ...refusal,
          remedy: 'deuteron approval list shows the deployments that wait, with --all also those that waited.',
        }
      : refusal,
  );
}

/** `deuteron approval ...`: deployments that wait for people, and what those answer. */
export function approvalCommands(): Command {
  const approval = new Command('approval').description('deployments that wait for people, and answers to their plans');

  approval.addCommand(
    apiCommand('list', 'deployments that wait, newest first')
      .addOption(new Option('--state <state>', 'as it stands now').choices([...states]).default('wanted'))
      .option('--all', 'whatever their state', false)
      .option('--resource <resource>', 'of this resource: its ARN, or e.g. environment/prod')
      .option('--next-token <token>', 'go on where the page before ended')
      .action(
        ({
          state,
          all,
          resource,
          nextToken,
          ...flags
        }: ApiFlags & Record<'state' | 'resource' | 'nextToken', string | undefined> & { readonly all: boolean }) =>
          askAndPrint<{ approvals: readonly Request[]; nextToken?: string }>(
            flags,
            { method: 'GET', path: '/approvals', query: { state: all ? undefined : state, resource, nextToken } },
            ({ approvals, nextToken: next }) =>
              listed(approvals, describeRequest, 'No deployment waits like that.', next),
          ),
      ),
  );

  approval.addCommand(
    apiCommand('orphans', 'deployments that wait for an approval that nobody could give')
      .option(
        '--on <day>',
        'as it will be at the end of this day, without those whose time ends until then',
        dayOrMoment,
      )
      .option('--left-by <principal>', 'only what this principal could have approved')
      .option('--next-token <token>', 'go on where the page before ended')
      .addHelpText('after', '\nExample:\n  deuteron approval orphans --left-by ana --on 2027-01-31\n')
      .action(
        ({ on, leftBy, nextToken, ...flags }: ApiFlags & Record<'on' | 'leftBy' | 'nextToken', string | undefined>) =>
          askAndPrint<{ approvals: readonly Request[]; nextToken?: string }>(
            flags,
            { method: 'GET', path: '/orphans/approvals', query: { on, leftBy, nextToken } },
            ({ approvals, nextToken: next }) => listed(approvals, describeRequest, 'There are none.', next),
          ),
      ),
  );

  approval.addCommand(
    apiCommand('show', 'the plan that waits, who must approve it, who did, and questions')
      .argument('<deployment>', 'its id')
      .addHelpText('after', '\nExample:\n  deuteron approval show 0d6c1c52-8d0f-4a3e-9c6b-2f1f8a1f7a55\n')
      .action((id: string, flags: ApiFlags) =>
        askCase(flags, { method: 'GET', path: path(id) }, (found) => [describeCase(found)]),
      ),
  );

  approval.addCommand(
    apiCommand('approve', 'approve this plan; when nobody else is wanted the deployment goes on')
      .argument('<deployment>', 'its id')
      .argument('<plan>', 'the id of the plan that you have seen: deuteron approval show')
      .option('--reason <text>', 'why; it is kept, with your name', saying)
      .addHelpText(
        'after',
        '\nA plan that is another one by then is not applied: it waits again, and your approval is void.\n',
      )
      .action((id: string, plan: string, { reason, ...flags }: ApiFlags & { readonly reason?: string }) =>
        askCase(flags, { method: 'POST', path: path(id, '/approve'), body: { plan, reason } }, afterAnswer),
      ),
  );

  approval.addCommand(
    apiCommand('reject', 'reject this plan: the deployment fails, and nothing is touched')
      .argument('<deployment>', 'its id')
      .argument('<plan>', 'the id of the plan that you have seen')
      .requiredOption('--reason <text>', 'why; whoever asked is told', saying)
      .action((id: string, plan: string, { reason, ...flags }: ApiFlags & { readonly reason: string }) =>
        askCase(flags, { method: 'POST', path: path(id, '/reject'), body: { plan, reason } }, afterAnswer),
      ),
  );

  approval.addCommand(
    apiCommand('withdraw', 'take back your own approval, until it is applied')
      .argument('<deployment>', 'its id')
      .action((id: string, flags: ApiFlags) =>
        askCase(flags, { method: 'POST', path: path(id, '/withdraw') }, afterAnswer),
      ),
  );

  approval.addCommand(
    apiCommand('ask', 'ask who requested the deployment; it goes on waiting')
      .argument('<deployment>', 'its id')
      .argument('<plan>', 'the id of the plan that you have seen')
      .argument('<question>', 'what you want to know')
      .action((id: string, plan: string, question: string, flags: ApiFlags) =>
        askCase(flags, { method: 'POST', path: path(id, '/questions'), body: { plan, question } }, ({ questions }) => [
          `Asked: ${questions.at(-1)?.id}`,
        ]),
      ),
  );

  approval.addCommand(
    apiCommand('answer', 'answer a question about a deployment of yours')
      .argument('<deployment>', 'its id')
      .argument('<question>', 'the id of the question')
      .argument('<answer>', 'what you answer')
      .action((id: string, question: string, answer: string, flags: ApiFlags) =>
        askCase(
          flags,
          {
            method: 'POST',
            path: path(id, `/questions/${encodeURIComponent(question)}/answer`),
            body: { answer },
          },
          () => ['Answered.'],
        ),
      ),
  );
  return approval;
}

function describeRequest({ deploymentId, targetArn, changeClass, waitsFor, state, expiresAt }: Request): string {
  const stands = state === 'wanted' ? `waits until ${minute(expiresAt)} for approval by ${waitsFor}` : state;
  return `${deploymentId}  ${shortArn(targetArn)}  ${changeClass}  ${stands}`;
}

function describeCase({ deployment, request, text, openAnswers, approvals, questions, emergencyUse }: Case): string {
  if (!request) return `The deployment ${deployment.id} waits for nobody: it is ${deployment.state}.`;
  const isOpen = request.state === 'wanted';
  const lines = [
    ...(text ? [text, ''] : []),
    isOpen
      ? `The deployment waits for approval by ${request.waitsFor}, until ${minute(request.expiresAt)}.`
      : `The deployment waits no more (${request.state}): it is ${deployment.state}.`,
    ...(request.note ? [request.note] : []),
    ...new Set(request.wanted.flatMap(({ reasons }) => reasons.map(({ message }) => `  ${message}`))),
  ];
  for (const { principal, state, as, onBehalfOf, reason, note, givenAt } of approvals) {
    const instead = onBehalfOf.length > 0 ? ` for ${onBehalfOf.join(', ')}` : '';
    const said = [reason && `"${reason}"`, note].filter(Boolean).map((each) => `  ${each}`);
    lines.push(`${minute(givenAt)}  ${state} by ${principal}${instead}${as && ` as ${as}`}${said.join('')}`);
  }
  for (const { id, question, askedBy, answer, answeredBy } of questions) {
    lines.push(`${askedBy} asks: ${question}`);
    lines.push(
      answer ? `  ${answeredBy}: ${answer}` : `  answer: deuteron approval answer ${deployment.id} ${id} "..."`,
    );
  }
  if (emergencyUse)
    lines.push(`Glass broken by ${emergencyUse.usedBy}, emergency ${emergencyUse.emergencyId}: ${emergencyUse.reason}`);
  if (request.decisionId) lines.push('', `Why: deuteron why ${request.decisionId}`);
  if (isOpen) {
    const named = `${deployment.id} ${request.planId}`;
    const commands = {
      approve: `Approve: deuteron approval approve ${named}`,
      reject: `Reject: deuteron approval reject ${named} --reason "..."`,
      withdraw: `Take your approval back: deuteron approval withdraw ${deployment.id}`,
      'break-glass': `In the emergency that is in force: deuteron break-glass use ${named} --reason "..."`,
    };
    lines.push(...openAnswers.map((each) => commands[each]));
    if (openAnswers.length === 0) lines.push(`You are not asked. Who is: ${request.waitsFor}.`);
  }
  return lines.join('\n');
}

function afterAnswer({ deployment, request }: Case): readonly string[] {
  const stands =
    request?.state === 'wanted'
      ? `It waits for approval by ${request.waitsFor}.`
      : request?.state === 'given'
        ? 'Nobody else is wanted: it goes on.'
        : `It is ${deployment.state}.`;
  return [`The deployment ${deployment.id} of ${shortArn(deployment.targetArn)}: ${stands}`];
}
