import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Refusal, refuse } from '../../errors/index.ts';
import { silentLog } from '../../log/index.ts';
import { runWorkflow } from '../run-workflow.ts';
import type { Step, StepContext, Workflow } from '../workflow.ts';
import { killPoints, standingAfterAnswer } from './kill-points.ts';

/** A piece of work that was asked for and that nobody has begun. */
export interface PieceOfWork<State, Tools> {
  readonly workflowId: string;
  readonly state: State;
  readonly tools: Tools;
}

export interface WorkflowFixture<State, Tools> {
  /** Asks for a new one. @param name no other has it */
  ask(name: string): Promise<PieceOfWork<State, Tools>>;
  /** What people see of it when it is over, and each effect outside as often as it was had. */
  outcome(piece: PieceOfWork<State, Tools>): Promise<unknown>;
  /** The outcome of one that nothing disturbs. */
  readonly whole: unknown;
  /** The outcome of one that ends with `contractRefusal` at a step. */
  failed(step: string): unknown;
}

export const contractRefusal = {
  kind: 'conflict',
  code: 'contract-refused',
  message: 'The contract wants it so.',
  remedy: 'Nothing needs to be done.',
} as const satisfies Refusal;

const attempts = { unavailableMs: 0, throwsMax: 2, pauseMsMin: 1, pauseMsMax: 5 };

/**
 * What every workflow must hold: whichever step is done twice, fails, or dies before, in or after its work, it ends, and
 * nothing outside is had twice or is missing. Steps run here as in the engine, without its database: what was recorded is
 * not done again. Pieces of work run beside each other.
 */
export function workflowContract<State extends object, Tools extends object>(
  flow: Workflow<State, Tools>,
  fixture: () => WorkflowFixture<State, Tools>,
  title = flow.name,
): void {
  const names = [...flow.steps.map(({ name }) => name), 'settled'];

  async function run(name: string, disturb: (run: DisturbedRun<State, Tools>) => Promise<void>): Promise<unknown> {
    const piece = await fixture().ask(name);
    await disturb(new DisturbedRun(flow, piece));
    return fixture().outcome(piece);
  }

  describe.concurrent(`the workflow ${title}`, () => {
    test('undisturbed', async () => {
      expect(await run('whole', (piece) => piece.finish())).toEqual(fixture().whole);
    });

    test.each(names)('repeats %s: nothing comes twice', async (step) => {
      expect(await run(`twice-${step}`, (piece) => piece.finish({ [step]: twice }))).toEqual(fixture().whole);
    });

    test.each(flow.steps.map(({ name }) => name))('fails at %s: it ends, and says so', async (step) => {
      const refusing = async () => refuse(contractRefusal);
      expect(await run(`failed-${step}`, (piece) => piece.finish({ [step]: refusing }))).toEqual(
        fixture().failed(step),
      );
    });

    test.each(killPoints(flow))('stops $moment $step: the next worker goes on', async ({ step, moment }) => {
      const outcome = await run(`dead-${moment}-${step}`, async (piece) => {
        await piece.dieAt(step, moment);
        await piece.finish();
      });
      expect(outcome).toEqual(fixture().whole);
    });
  });
}

/** Carries a piece out, with nothing to disturb it. */
export async function carryOutPiece<State extends object, Tools extends object>(
  flow: Workflow<State, Tools>,
  piece: PieceOfWork<State, Tools>,
): Promise<void> {
  await new DisturbedRun(flow, piece).finish();
}

type Disturbance = (work: () => Promise<unknown>) => Promise<unknown>;

const twice: Disturbance = async (work) => {
  await work();
  return work();
};

/** One piece of work with what is recorded of it, which outlives its workers. */
class DisturbedRun<State extends object, Tools extends object> {
  readonly #flow: Workflow<State, Tools>;
  readonly #piece: PieceOfWork<State, Tools>;
  readonly #recorded = new Map<string, string>();

  constructor(flow: Workflow<State, Tools>, piece: PieceOfWork<State, Tools>) {
    this.#flow = flow;
    this.#piece = piece;
  }

  /** A worker that carries it to its end. @param disturbances by step */
  async finish(disturbances: Readonly<Record<string, Disturbance>> = {}): Promise<void> {
    await this.#work((step, work) => (disturbances[step] ?? ((as) => as()))(() => work(this.#piece.tools)));
  }

  /** A worker that comes to a point and does nothing more. What it had begun to write is taken back, as of the dead. */
  dieAt(step: string, moment: 'before' | 'in' | 'after'): Promise<void> {
    return new Promise((died, failed) => {
      const dead = new AbortController();
      const die = async (): Promise<never> => {
        dead.abort();
        died();
        throw new Error('the worker is dead');
      };
      this.#work(async (at, work) => {
        if (at !== step) return work(this.#piece.tools);
        if (moment === 'before') return die();
        await work(moment === 'in' ? standingAfterAnswer(this.#piece.tools, die) : this.#piece.tools);
        return die();
      }, dead.signal).then(() => failed(new Error(`the work ended and never came to ${step}`)), failed);
    });
  }

  /** @param dead when it is aborted, this worker never does anything again */
  async #work(
    doing: (step: string, work: (tools: Tools) => Promise<unknown>) => Promise<unknown>,
    dead?: AbortSignal,
  ): Promise<void> {
    const { workflowId, state, tools } = this.#piece;
    const { settled } = this.#flow;
    const done = (step: string, work: (tools: Tools) => Promise<unknown>) => doing(step, work) as Promise<never>;
    const flow: Workflow<State, Tools> = {
      ...this.#flow,
      steps: this.#flow.steps.map(
        (each): Step<State, Tools> => ({
          ...each,
          do: (own, _, context) => done(each.name, (given) => each.do(own, given, context)),
        }),
      ),
      settled: (own, end) => done('settled', (given) => settled(own, end, given)),
    };
    await runWorkflow(flow, state, tools, contextOf(workflowId, dead), this.#record, silentLog, attempts);
  }

  /** As the engine: JSON, kept when the work is done, and then given instead of doing it again. */
  readonly #record = async <Value>(name: string, work: () => Promise<Value>): Promise<Value> => {
    const known = this.#recorded.get(name);
    if (known !== undefined) return JSON.parse(known) as Value;
    const value = await work();
    this.#recorded.set(name, JSON.stringify(value));
    return value;
  };
}

function contextOf(workflowId: string, dead = new AbortController().signal): StepContext {
  const never = new Promise<never>(() => undefined);
  const goOn = async () => (dead.aborted ? never : undefined);
  return { workflowId, signal: new AbortController().signal, wait: (ms) => delay(ms).then(goOn), stillMine: goOn };
}
