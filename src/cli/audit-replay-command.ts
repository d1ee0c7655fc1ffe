import type { Command } from 'commander';
import { type ApiFlags, apiCommand, followServer } from './api-flags.ts';
import { begin } from './given-values.ts';
import { printRefusal } from './print-refusal.ts';

interface Replayed {
  readonly id: string;
  readonly at: string;
  readonly principal: string;
  readonly verb: string;
  readonly resource: string;
  readonly verdict: string;
  readonly same: boolean;
  readonly is?: { readonly verdict: string };
}

interface ReplayFlags extends ApiFlags {
  readonly since?: string;
  readonly principal?: string;
  readonly verb?: string;
}

/** `deuteron audit replay`: decides again what was decided. */
export function auditReplayCommand(): Command {
  return apiCommand(
    'replay',
    'decide again what was decided, by the rules and facts of then; exit code 1 when one differs',
  )
    .option('--since <time>', 'from then on: a day, as 2026-11-01, or a moment with its zone', begin)
    .option('--principal <name>', 'what this principal asked for')
    .option('--verb <verb>', 'only this, e.g. environment:update')
    .action(async ({ endpointUrl, json, since, principal, verb }: ReplayFlags) => {
      const query = { since, principal, verb };
      const lines = await followServer<Replayed>(endpointUrl, { method: 'GET', path: '/decisions/replay', query });
      if (!lines.ok) return printRefusal(lines.refusal, { json });
      let same = 0;
      let different = 0;
      for await (const replayed of lines.value) {
        if (replayed.same) same += 1;
        else different += 1;
        if (json) console.log(JSON.stringify(replayed));
        else if (!replayed.same) console.log(describeDifference(replayed));
      }
      if (!json) console.log(`${same + different} decisions: ${same} the same, ${different} different.`);
      if (different > 0) process.exitCode = 1;
    });
}

function describeDifference({ id, at, principal, verb, resource, verdict, is }: Replayed): string {
  return `${at}  ${principal}  ${verb}  ${resource}  was ${verdict}, is ${is?.verdict ?? 'unknown'}  ${id}`;
}
