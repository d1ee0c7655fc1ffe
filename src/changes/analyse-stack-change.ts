import type { PseudoParameters } from '../cloudformation/index.ts';
import type { Result } from '../errors/index.ts';
import { type ChangeClass, changeClassOf } from './change-class.ts';
import type { ChildTemplates } from './child-templates.ts';
import { nothing } from './compare-nested.ts';
import { compareStacks, type ResourceChange, type StackState } from './compare-stacks.ts';
import type { FindingJson } from './comparison-json.ts';
import { findingJson } from './describe-changes.ts';
import type { ChangeFinding } from './finding.ts';
import { toldJudgement } from './judge-instance.ts';
import { placeInStack, renderedFile } from './place-in-stack.ts';
import { stackState } from './stack-state.ts';
import type { ChangeFlag, InstanceVerdict } from './verdict.ts';

/** One side of a change: what the provider got, or shall get. */
export interface RenderedStack {
  readonly template: string;
  /** Values in it that are never shown. */
  readonly secrets: readonly string[];
  /** Templates of its nested stacks. Absent: they were not kept. */
  readonly children?: ChildTemplates;
  /** Where these lie in the bundle. */
  readonly folder?: string;
}

/** Plain data, so that it can be sent to a thread. */
export interface StackChange {
  /** Absent: nothing is there; all is new. */
  readonly before?: RenderedStack;
  /** Absent: all is deleted. */
  readonly after?: RenderedStack;
  readonly pseudo: PseudoParameters;
}

/** What a change does in one account and region, or why that cannot be said. Plain data. */
export type StackAnalysis =
  | {
      readonly known: true;
      readonly changeClass: ChangeClass;
      readonly verdict: InstanceVerdict;
      readonly flags: readonly ChangeFlag[];
      /** Those that change. */
      readonly resources: readonly ResourceChange[];
      /** How many do not. */
      readonly unchanged: number;
      /** Gravest first. */
      readonly findings: readonly FindingJson[];
    }
  | { readonly known: false; readonly why: string };

/** Compares what is there with what shall be, without a cloud call. */
export function analyseStackChange({ before, after, pseudo }: StackChange): StackAnalysis {
  const was = before && stateOfStack(before, 'what is deployed', pseudo);
  const is = after && stateOfStack(after, renderedFile, pseudo);
  if (was && !was.ok) return { known: false, why: `What is deployed cannot be evaluated: ${was.refusal.message}` };
  if (is && !is.ok) return { known: false, why: `What was rendered cannot be evaluated: ${is.refusal.message}` };
  if (!was && !is) return judged([], []);
  const compared = compareStacks(was?.value ?? nothing(is!.value), is?.value ?? nothing(was!.value));
  const isNoise = !was ? noiseOfCreation : !is ? noiseOfDeletion : undefined;
  const found = compared.findings.filter(({ code }) => !isNoise?.has(code));
  return judged(found, compared.resources, is?.value);
}

/** A rendered stack evaluated as it is, or would be, deployed. */
export function stateOfStack(
  { template: text, ...stack }: RenderedStack,
  file: string,
  pseudo: PseudoParameters,
): Result<StackState> {
  return stackState({ ...stack, text, file, pseudo, tellsUnseen: true });
}

/** Where all is new, that it is new needs no finding each. */
const noiseOfCreation: ReadonlySet<string> = new Set(['R-ADD', 'R-CAP', 'I-OUT-ADD']);
/** What is deleted has no outputs any more; that goes without saying. */
const noiseOfDeletion: ReadonlySet<string> = new Set(['I-OUT-REMOVE', 'R-NARROW']);

function judged(found: readonly ChangeFinding[], all: readonly ResourceChange[], is?: StackState): StackAnalysis {
  const { findings, ...told } = toldJudgement(found, all);
  const own = changeClassOf(findings);
  return {
    known: true,
    changeClass: own === 'none' && told.resources.length > 0 ? 'compatible' : own,
    ...told,
    findings: findings.map((finding) => placed(findingJson(finding), is)),
  };
}

/** With the line that it speaks of; what is not there any more has none. */
function placed({ position: _, ...finding }: FindingJson, is: StackState | undefined): FindingJson {
  const { logicalId, path } = finding;
  const place = is && logicalId !== undefined ? placeInStack(is, logicalId, path) : undefined;
  return { ...finding, ...place };
}
