import type { StepContext, Workflow } from '../workflow.ts';

/**
 * Where the death of a process can fall: before a step does anything, in it (something it asked outside has answered and
 * it has not gone on), and after it (its work is done and not recorded).
 */
export const moments = ['before', 'in', 'after'] as const;

export interface KillPoint {
  /** Its name; `settled` for the end. */
  readonly step: string;
  readonly moment: (typeof moments)[number];
}

export function killPoints(flow: { readonly steps: readonly { readonly name: string }[] }): KillPoint[] {
  const steps = [...flow.steps.map(({ name }) => name), 'settled'];
  return steps.flatMap((step) => moments.map((moment) => ({ step, moment })));
}

export interface Holding {
  /** Where this work shall stand still; undefined: nowhere. */
  pointOf(workflowId: string): KillPoint | undefined;
  /** It stands there, for ever: the process may be killed now. */
  held(workflowId: string): void;
}

/**
 * Changes a workflow, in a process that exists only to be killed, so that its work stands still at points.
 * @param idOf the workflow's id in its state
 */
export function holdAtPoints<State extends object, Tools extends object>(
  flow: Workflow<State, Tools>,
  idOf: (state: State) => string,
  holding: Holding,
): void {
  for (const step of flow.steps) {
    const { do: work } = step;
    const held = (state: State, tools: Tools, context: StepContext) =>
      hold(step.name, idOf(state), holding, tools, (own) => work(state, own, context));
    Object.assign(step, { do: held });
  }
  const { settled } = flow;
  const held: typeof settled = (state, end, tools) =>
    hold('settled', idOf(state), holding, tools, (own) => settled(state, end, own));
  Object.assign(flow, { settled: held });
}

async function hold<Tools extends object, Value>(
  step: string,
  id: string,
  { pointOf, held }: Holding,
  tools: Tools,
  work: (tools: Tools) => Promise<Value>,
): Promise<Value> {
  const point = pointOf(id);
  if (point?.step !== step) return work(tools);
  const stand = (): Promise<never> => {
    held(id);
    return new Promise(() => undefined);
  };
  if (point.moment === 'before') return stand();
  await work(point.moment === 'in' ? standingAfterAnswer(tools, stand) : tools);
  return stand();
}

/** Tools whose first question that is answered later is never seen to be answered. Those of the database go on. */
export function standingAfterAnswer<Tools extends object>(tools: Tools, stand: () => Promise<never>): Tools {
  return new Proxy(tools, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (name === 'db') return value;
      if (typeof value === 'function') {
        return (...given: unknown[]) => {
          const answer: unknown = value.apply(target, given);
          return answer instanceof Promise ? answer.then(stand) : answer;
        };
      }
      return isPlainOrOwn(value) ? standingAfterAnswer(value, stand) : value;
    },
  });
}

/** What may be looked into: tools are objects of functions, one or two deep. */
function isPlainOrOwn(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
