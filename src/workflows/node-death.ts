import type { WorkflowNode } from './node-store.ts';

export interface Patience {
  /** A process that has not beaten for so long is dead, even where its sessions are open: it may be frozen. */
  readonly silenceMsMax: number;
  /** One without a session has so long to come back: sessions are cut now and then. */
  readonly disconnectedMsMax: number;
}

export const usualPatience: Patience = { silenceMsMax: 10_000, disconnectedMsMax: 5_000 };

export interface Judge {
  readonly host: string;
  readonly isRunning: (pid: number) => boolean;
  /** For how long the judge itself has been in touch with the database without a gap. */
  readonly steadyMs: number;
}

/** Why a process counts as dead; undefined: it lives, or nobody can know yet. */
export type Death = 'buried' | 'stopped' | 'killed' | 'disconnected' | 'silent';

/** What was not to be reached itself does not call others silent: they may have had the same trouble. */
export function deathOf(
  { isBuried, hasStopped, isConnected, silentMs, host, pid }: WorkflowNode,
  judge: Judge,
  patience: Patience = usualPatience,
): Death | undefined {
  if (isBuried) return 'buried';
  if (hasStopped) return 'stopped';
  if (!isConnected && host === judge.host && !judge.isRunning(pid)) return 'killed';
  const silence = Math.min(silentMs, judge.steadyMs);
  if (!isConnected && silence >= patience.disconnectedMsMax) return 'disconnected';
  return silence >= patience.silenceMsMax ? 'silent' : undefined;
}
