import type { ProvisioningMethod, RenderPool } from '../../bundles/index.ts';
import type { StackAnalysis, StackChange } from '../../changes/index.ts';
import { type Refusal, refuse } from '../../errors/index.ts';
import type { Inspector } from '../../guard-rails/index.ts';
import type { Provisioner } from '../../provisioners/index.ts';
import type { DeploymentId } from '../deployment.ts';
import type { WhenPreviewed } from '../plans/preview-judgement.ts';
import type { GuardRail } from '../renderings/guard-rail.ts';
import type { Decide } from '../verdicts/verdict.ts';
import type { CarryOutTools } from './carry-out.ts';

export type Provisioners = Readonly<Partial<Record<ProvisioningMethod, Provisioner>>>;

/** What making a plan needs. */
export interface PlanningTools {
  readonly provisioners: Provisioners;
  readonly renderer: Pick<RenderPool, 'render'>;
  readonly analyse: (change: StackChange) => Promise<StackAnalysis>;
}

/** What the steps of a deployment need. */
export interface DeployTools extends CarryOutTools, PlanningTools {
  readonly previews: WhenPreviewed;
  readonly guardRails: readonly GuardRail[];
  readonly inspector: Inspector;
  readonly decide: Decide;
}

/** All else is in the tables of this room, where people can read it. */
export interface DeployState {
  readonly deploymentId: DeploymentId;
  /** Absent: the first. */
  readonly round?: number;
  /** It waits for people: the rest of this round does nothing. */
  readonly left?: boolean;
}

/** The provisioner behind a method that was planned with. */
export function provisionerOf(
  { provisioners }: Pick<DeployTools, 'provisioners'>,
  method: ProvisioningMethod,
): Provisioner {
  const provisioner = provisioners[method];
  if (!provisioner) throw new Error(`no provisioner for the method "${method}", which a deployment was planned with`);
  return provisioner;
}

const methodNames = { cloudformation: 'CloudFormation', terraform: 'Terraform', codebuild: 'CodeBuild' } as const;

/** Bundles of such a method can be registered and their specs are checked; nothing carries them out yet. */
export function methodNotAvailable(method: ProvisioningMethod): {
  ok: false;
  refusal: Refusal<'method-not-available'>;
} {
  return refuse({
    kind: 'invalid',
    code: 'method-not-available',
    message: `The template is provisioned by ${methodNames[method]}, which this installation cannot do yet.`,
    remedy: 'Use a template version whose manifest says rendering_engine: jinja and template_language: cloudformation.',
  });
}
