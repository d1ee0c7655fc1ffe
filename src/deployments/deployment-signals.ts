import { listen } from '../database/index.ts';
import type { StepContext } from '../workflows/index.ts';
import type { DeploymentStateName } from './deployment.ts';

/** Every move of a deployment is told here when it commits: `<state> <id>`. */
export const deploymentChannel = 'deployment_moved';

export interface DeploymentWatch {
  /** Until one of the watched moves (or has moved since the last wait), or the time is over. */
  wait(ms: number, context: StepContext): Promise<void>;
  close(): void;
}

/** Wakes whoever waits for deployments to move. Signals may be lost: look again after the time is over. */
export interface DeploymentSignals {
  /** @param into of which states; absent: of all */
  watch(ids: readonly string[], into?: (state: DeploymentStateName) => boolean): DeploymentWatch;
  /** Calls `heard` for every move into this state, and once after moves may have been missed. */
  onState(state: string, heard: () => void): void;
  close(): Promise<void>;
}

export async function listenToDeployments(databaseUrl: string): Promise<DeploymentSignals> {
  const watchers = new Map<string, Set<(state: string | undefined) => void>>();
  const listeners: { state: string; heard: () => void }[] = [];

  const listener = await listen(databaseUrl, deploymentChannel, (payload) => {
    const [state, id = ''] = payload?.split(' ') ?? [];
    const awake = state === undefined ? [...watchers.values()] : [watchers.get(id) ?? []];
    for (const wake of awake.flatMap((each) => [...each])) wake(state);
    for (const each of listeners) if (state === undefined || each.state === state) each.heard();
  });

  function watch(ids: readonly string[], into: (state: DeploymentStateName) => boolean = () => true): DeploymentWatch {
    let moved = false;
    let resume = () => {};
    const wake = (state: string | undefined) => {
      if (state !== undefined && !into(state as DeploymentStateName)) return;
      moved = true;
      resume();
    };
    for (const id of ids) watchers.set(id, (watchers.get(id) ?? new Set()).add(wake));
    return {
      async wait(ms, context) {
        const woken = new Promise<void>((resolve) => {
          resume = resolve;
        });
        if (!moved) await Promise.race([woken, context.wait(ms)]);
        moved = false;
        if (context.signal.aborted) await context.wait(0); // this process ends: the next one goes on
      },
      close() {
        for (const id of ids) {
          const all = watchers.get(id);
          all?.delete(wake);
          if (all?.size === 0) watchers.delete(id);
        }
      },
    };
  }

  return {
    watch,
    onState(state, heard) {
      listeners.push({ state, heard });
    },
    close: () => listener.close(),
  };
}
