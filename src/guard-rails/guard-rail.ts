import type { ResourceChange } from '../changes/index.ts';
import type { DeletionPolicy, EvaluatedObject, ParameterDeclaration } from '../cloudformation/index.ts';
import type { ParameterRule, Parameters } from './parameter-rule.ts';

/** What a finding does to a deployment, mildest first. */
export const effects = ['off', 'warn', 'block'] as const;
export type Effect = (typeof effects)[number];

export function stricter(one: Effect, other: Effect): Effect {
  return effects.indexOf(one) >= effects.indexOf(other) ? one : other;
}

interface RailHead {
  /** A stable word: settings, exceptions and findings name it. */
  readonly id: string;
  /** What it wants, in one sentence. */
  readonly about: string;
  readonly remedy: string;
  readonly parameters: Readonly<Record<string, ParameterRule>>;
  /** Whether it warns where nobody has said anything. */
  readonly warnsByDefault: boolean;
  /**
   * Whether deletions are held against it beside changes, or nothing else is. Absent: changes alone. What a template looks
   * like must never keep anybody from getting rid of it: only a rail about what a deletion takes away looks at one.
   */
  readonly deletions?: 'too' | 'only';
}

/** Looks at what was rendered, in one account and region. */
export interface TemplateRail extends RailHead {
  readonly looksAt: 'template';
  /** What nobody can look into is what it is about. */
  readonly looksForUnseen?: true;
  readonly check: (stack: CheckedStack, parameters: Parameters) => readonly Problem[];
}

/** Looks at what a change does. */
export interface PlanRail extends RailHead {
  readonly looksAt: 'plan';
  readonly check: (change: CheckedChange, parameters: Parameters) => readonly Problem[];
}

/** Is looked at by another program. */
export interface ExternalRail extends RailHead {
  readonly looksAt: 'external';
}

export type Rail = TemplateRail | PlanRail | ExternalRail;

/** What is held against guard rails: a creation or an update, or a deletion. */
export type Inspection = 'change' | 'deletion';

/** What a server does not know might be about a change; of a deletion it says nothing. */
export function isHeldAgainst(rail: Pick<Rail, 'deletions'> | undefined, inspection: Inspection): boolean {
  return inspection === 'change' ? rail?.deletions !== 'only' : rail?.deletions !== undefined;
}

/** An evaluated template, where it goes: of a stack, or of one that is nested in it. */
export interface CheckedStack {
  readonly resources: readonly CheckedResource[];
  readonly parameters: readonly ParameterDeclaration[];
  /** Names of transforms whose result nobody knows before it is deployed. */
  readonly macros: readonly string[];
  /** Nested stacks that nobody can look into, by logical id, each with why. */
  readonly unseen: ReadonlyMap<string, string>;
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
  /** Keys of tags that the provider puts on everything in the stack. */
  readonly tagKeys: readonly string[];
  readonly now: Date;
}

export interface CheckedResource {
  readonly logicalId: string;
  readonly type: string;
  /** Numbers and booleans as their schema says. */
  readonly properties: EvaluatedObject;
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: DeletionPolicy;
}

/** What a change does in one account and region. */
export interface CheckedChange {
  readonly accountId: string;
  readonly region: string;
  /** Why it is not known; absent: it is. */
  readonly unknown?: string;
  readonly resources: readonly ResourceChange[];
  /** Logical ids of what leaves a snapshot of its content behind. */
  readonly snapshots?: ReadonlySet<string>;
}

/** What a rail says no to. */
export interface Problem {
  /** Logical path of the nested stack that it is in, e.g. `Network/Subnets`. Absent: it is in the outermost. */
  readonly stack?: string;
  readonly logicalId?: string;
  readonly type?: string;
  /** `/` between names, from the properties on. */
  readonly property?: string;
  /** Of the rendered template, from 1; absent: that of the property. */
  readonly line?: number;
  /** Never holds a value that may be secret. */
  readonly message: string;
  /** It cannot be known before it is deployed whether this is one. */
  readonly isUnknown?: true;
  /** Absent: that of the rail. */
  readonly remedy?: string;
}

/** What a rail says of a nested stack that nobody can look into. */
export function unseenStack(why: string): string {
  return `The nested stack is not looked into: ${why}.`;
}
