import type { SourcePosition } from '../errors/index.ts';
import { type Pointer, pointerText } from './json-pointer.ts';
import type { UpgradeExpression } from './upgrade-expression.ts';

/** One file `migrations/<from>-to-<to>.yaml`: how inputs of one version become inputs of another. */
export interface UpgradeStep {
  readonly file: string;
  readonly from: StepVersion;
  readonly to: StepVersion & { readonly minor: number };
  /** Of an instance, or of an environment. */
  readonly inputs: StepOps;
  readonly pipeline: StepOps;
  /** The path must deploy `to` before it goes on. */
  readonly stop: boolean;
  /** The author says that upgraded inputs render what they rendered before. */
  readonly pure: boolean;
}

/** Absent minor: every minor of the major. */
export interface StepVersion {
  readonly major: number;
  readonly minor?: number;
}

export interface StepOps {
  readonly up: readonly UpgradeOp[];
  /** Back again, for the way down; absent: there is none. */
  readonly down?: readonly UpgradeOp[];
}

interface Common {
  readonly position: SourcePosition;
  /** What it works on must be there; else an operation on what is absent is skipped. */
  readonly required: boolean;
}

export type ScalarType = 'string' | 'integer' | 'number' | 'boolean';

export type UpgradeOp = Common &
  (
    | { readonly op: 'rename' | 'move'; readonly from: Pointer; readonly to: Pointer }
    | { readonly op: 'default'; readonly at: Pointer; readonly value: unknown }
    | {
        readonly op: 'map';
        readonly at: Pointer;
        /** By the text of the old value: `"1"`, `"true"`. */
        readonly values: ReadonlyMap<string, unknown>;
        readonly otherwise: 'error' | 'keep' | { readonly value: unknown };
      }
    | {
        readonly op: 'split';
        readonly at: Pointer;
        readonly by: string;
        readonly into: readonly Pointer[];
        readonly types: readonly ScalarType[];
      }
    | { readonly op: 'join'; readonly from: readonly Pointer[]; readonly with: string; readonly to: Pointer }
    /** Absent `when`: always. */
    | { readonly op: 'drop'; readonly at: Pointer; readonly when?: UpgradeExpression }
    | { readonly op: 'compute'; readonly at: Pointer; readonly expression: UpgradeExpression }
    | { readonly op: 'ask'; readonly at: Pointer; readonly question: string; readonly role: string }
  );

export const noOps: StepOps = { up: [] };

/** `1.x to 2.0` */
export function stepName({ from, to }: Pick<UpgradeStep, 'from' | 'to'>): string {
  return `${from.major}.${from.minor ?? 'x'} to ${to.major}.${to.minor}`;
}

/** An operation as a person calls it, e.g. `rename /HealthPath to /HealthCheckPath`. */
export function describeOp(op: UpgradeOp): string {
  switch (op.op) {
    case 'rename':
    case 'move':
      return `${op.op} ${pointerText(op.from)} to ${pointerText(op.to)}`;
    case 'split':
      return `split ${pointerText(op.at)} into ${op.into.map(pointerText).join(', ')}`;
    case 'join':
      return `join ${op.from.map(pointerText).join(', ')} to ${pointerText(op.to)}`;
    default:
      return `${op.op} ${pointerText(op.at)}`;
  }
}
