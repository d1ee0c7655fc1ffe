import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { Log } from '../log/index.ts';
import { isConnectionLoss } from './connection-loss.ts';
import type { Settlement, Step, StepContext, Workflow } from './workflow.ts';

/** Runs a piece of work once and for all: on a repetition after a crash, recorded work is not done again. */
export type Record = <Value>(name: string, work: () => Promise<Value>) => Promise<Value>;

export interface Attempts {
  /** How long a step that finds something `unavailable` is tried again. */
  readonly unavailableMs: number;
  /** How often a step that throws is tried again before its workflow gives up. */
  readonly throwsMax: number;
  readonly pauseMsMin: number;
  readonly pauseMsMax: number;
}

export const usualAttempts: Attempts = {
  unavailableMs: 30 * 60_000,
  throwsMax: 5,
  pauseMsMin: 200,
  pauseMsMax: 30_000,
};

/** The steps in order; at a refusal the undoing of the earlier ones, last first; then the end is recorded. */
export async function runWorkflow<State extends object, Tools>(
  flow: Workflow<State, Tools>,
  input: State,
  tools: Tools,
  context: StepContext,
  record: Record,
  log: Log,
  attempts: Attempts = usualAttempts,
): Promise<void> {
  let state = input;
  let settlement: Settlement = { ok: true };
  const done: Step<State, Tools>[] = [];

  for (const each of flow.steps) {
    const result = await record(each.name, () =>
      persist(each.name, () => each.do(state, tools, context), context, log, attempts),
    );
    if (!result.ok) {
      settlement = { ok: false, refusal: result.refusal, step: each.name };
      break;
    }
    state = { ...state, ...result.value };
    done.push(each);
  }

  if (!settlement.ok) {
    for (const each of done.reverse()) {
      const { undo } = each;
      if (!undo) continue;
      const name = `undo ${each.name}`;
      const undone = await record(name, () => persist(name, () => undo(state, tools, context), context, log, attempts));
      if (!undone.ok) log.error({ step: each.name, refusal: undone.refusal }, 'a step could not be undone');
    }
  }
  const end = settlement;
  await record('settled', async () => {
    await settleUnfinished(flow, state, end, tools, context, log, attempts);
    return null;
  });
}

/** Records the end, however long that takes: nothing may stay under way for ever. */
export async function settleUnfinished<State extends object, Tools>(
  flow: Workflow<State, Tools>,
  state: State,
  end: Settlement,
  tools: Tools,
  context: StepContext,
  log: Log,
  attempts: Attempts = usualAttempts,
): Promise<void> {
  const settle = () => flow.settled(state, end, tools).then(() => accept(null));
  await persist('settled', settle, context, log, { ...attempts, throwsMax: Number.POSITIVE_INFINITY });
}

/** What runs can go on with none of our lists of steps. */
export function brokenWorkflow(kind: string, isUnknownStep: boolean): { refusal: Refusal; step: string } {
  const step = 'unknown';
  if (!isUnknownStep) return { step, refusal: brokenStep(kind) };
  return {
    step,
    refusal: {
      kind: 'conflict',
      code: 'work-of-another-version',
      message: `The work "${kind}" was begun by a version of Deuteron whose steps this one does not know, and was ended where it stood.`,
      remedy: 'See what it had already done, then ask for it again.',
    },
  };
}

/** Tries again what is only unavailable for now, and what throws; the refusal it gives up with is safe to store. */
async function persist<Value>(
  name: string,
  work: () => Promise<Result<Value>>,
  context: StepContext,
  log: Log,
  attempts: Attempts,
): Promise<Result<Value>> {
  const since = Date.now();
  for (let attempt = 1, thrown = 0; ; attempt += 1) {
    let refusal: Refusal;
    try {
      const result = await work();
      if (result.ok) return result;
      refusal = storable(result.refusal);
      if (refusal.kind !== 'unavailable' || Date.now() - since > attempts.unavailableMs) return refuse(refusal);
      log.warn({ step: name, attempt, code: refusal.code, reason: refusal.message }, 'step is tried again');
    } catch (error) {
      if (!isConnectionLoss(error)) thrown += 1;
      log.error({ step: name, attempt, err: error }, 'step threw');
      if (thrown > attempts.throwsMax) return refuse(brokenStep(name));
    }
    await context.wait(pause(attempt, attempts));
  }
}

/** Doubles up to the maximum, with jitter, so that many who wait do not come back together. */
function pause(attempt: number, { pauseMsMin, pauseMsMax }: Attempts): number {
  const longest = Math.min(pauseMsMax, pauseMsMin * 2 ** Math.min(attempt - 1, 16));
  return longest / 2 + (Math.random() * longest) / 2;
}

function storable({ detail: _, ...refusal }: Refusal): Refusal {
  return refusal;
}

function brokenStep(name: string): Refusal<'step-broken'> {
  return {
    kind: 'unavailable',
    code: 'step-broken',
    message: `The step "${name}" failed by a fault of Deuteron itself.`,
    remedy: 'Try again. If it goes on, an administrator finds the fault in the log; please report it.',
  };
}
