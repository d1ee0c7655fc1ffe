import type { Refusal, Result } from '../errors/index.ts';

/** What a step may ask of the engine while it runs. */
export interface StepContext {
  readonly workflowId: string;
  /** Aborted when this process is about to stop: end what you wait for. */
  readonly signal: AbortSignal;
  /**
   * Waits. When the process stops meanwhile it never returns: the step is run again, from its beginning, by the next
   * process. Wait only where running again does no harm.
   */
  wait(ms: number): Promise<void>;
  /**
   * To be called right before something that others see and that cannot be taken back. It never returns when this
   * process was declared dead meanwhile (it was frozen, or cut off) and others have its work.
   */
  stillMine(): Promise<void>;
}

type Work<State, Tools> = (state: State, tools: Tools, context: StepContext) => Promise<Result<Partial<State>>>;
type Undo<State, Tools> = (state: State, tools: Tools, context: StepContext) => Promise<Result<unknown>>;

/** `do` may run again after a crash and must be idempotent; what it returns is added to the state and recorded. */
export interface Step<State, Tools> {
  readonly name: string;
  readonly do: Work<State, Tools>;
  /** Takes back what `do` did, when a later step refuses. */
  readonly undo?: Undo<State, Tools>;
  /** Why there is nothing to take back. */
  readonly noUndo?: string;
}

type StepBody<State, Tools> =
  | { readonly do: Work<State, Tools>; readonly undo: Undo<State, Tools> }
  | { readonly do: Work<State, Tools>; readonly noUndo: string };

/** A step undoes what it did, or says why it need not: there is no third choice. */
export function step<State, Tools>(name: string, body: StepBody<State, Tools>): Step<State, Tools> {
  return { name, ...body };
}

export type Settlement =
  | { readonly ok: true }
  | { readonly ok: false; readonly refusal: Refusal; readonly step: string };

/**
 * A fixed list of steps that must finish or be undone. What runs is stored with the names of its steps, in their order:
 * whoever changes the list gives it the next revision, and keeps the former one for what was begun with it.
 */
export interface Workflow<State, Tools> {
  readonly name: string;
  /** From 1. */
  readonly revision: number;
  /** Lists that work may still run by, which was begun before an upgrade of Deuteron. */
  readonly former: readonly Workflow<State, Tools>[];
  readonly steps: readonly Step<State, Tools>[];
  /** Always the last thing that happens, after the steps or their undoing: records the end. Idempotent like a step. */
  readonly settled: (state: State, settlement: Settlement, tools: Tools) => Promise<void>;
  /** What every line that is logged meanwhile carries, beside the workflow's id. */
  readonly facts: (state: State) => object;
}

export function workflow<State extends object, Tools>(
  name: string,
  steps: readonly Step<State, Tools>[],
  {
    settled,
    revision = 1,
    former = [],
    facts = () => ({}),
  }: { settled: Workflow<State, Tools>['settled'] } & Partial<
    Pick<Workflow<State, Tools>, 'revision' | 'former' | 'facts'>
  >,
): Workflow<State, Tools> {
  const names = new Set(steps.map((each) => each.name));
  if (names.size !== steps.length) throw new Error(`two steps of the workflow ${name} have one name`);
  const flow = { name, revision, former, steps, settled, facts };
  const kinds = new Set([flow, ...former].map(kindOf));
  if (kinds.size !== former.length + 1) throw new Error(`two revisions of the workflow ${name} have one number`);
  return flow;
}

/**
 * Under which name running work is stored. A process of an older version does not know the kinds of a newer one, and
 * leaves them alone.
 */
export function kindOf({ name, revision }: Pick<Workflow<never, never>, 'name' | 'revision'>): string {
  return revision === 1 ? name : `${name}.${revision}`;
}
