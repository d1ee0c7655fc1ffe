import type { Log } from '../../log/index.ts';
import type { CloudEngine } from '../engine/cloud-engine.ts';
import type { EngineWorld } from '../engine/engine-world.ts';
import type { CloudState } from '../state/cloud-state.ts';
import type { Caller } from '../wire/caller.ts';
import type { FormMembers } from '../wire/query-protocol.ts';
import type { Answer } from '../wire/service-error.ts';
import type { XmlMembers } from '../wire/xml.ts';

/** What every action works with. */
export interface CloudTools {
  readonly state: CloudState;
  readonly engine: CloudEngine;
  readonly world: EngineWorld;
  readonly log: Log;
}

export interface Call {
  readonly caller: Caller;
  readonly input: FormMembers;
  readonly requestId: string;
}

/** One action of the API. It has done its work when it resolves; the server answers after the next commit. */
export type Action = (tools: CloudTools, call: Call) => Promise<Answer<XmlMembers>>;

export type Actions = Readonly<Record<string, Action>>;
