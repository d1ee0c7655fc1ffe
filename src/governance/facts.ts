import { resourceKinds, rootUnit } from '../organization/index.ts';

/** Who asks, as rules see him. Shape of organization's `principalFacts`. */
export interface PrincipalFacts {
  readonly id: string;
  readonly name: string;
  readonly kind: 'person' | 'machine';
  /** Those whose membership counts now. */
  readonly teams: readonly TeamFacts[];
  readonly isAdministrator: boolean;
}

export interface TeamFacts {
  readonly name: string;
  /** `platform`, `application`, `enablement`, `security`, `data`, `leadership`, or a word of one's own. */
  readonly kind: string;
  /** Of the team's unit, root first. */
  readonly unitPath: readonly string[];
  readonly role: 'member' | 'lead';
}

/** What it is done to, as rules see it. Shape of organization's `resourceFacts`, and what else a door knows. */
export interface ResourceFacts {
  readonly arn: string;
  readonly kind: GovernedKind;
  /** Root first, never empty. Of a unit: down to itself. */
  readonly unitPath: readonly string[];
  /** Of an instance or a pipeline: the team that owns its service. Absent: an orphan. */
  readonly ownerTeam?: string;
  /** Absent: the owner answers for the data too. */
  readonly dataOwnerTeam?: string;
  /** Of an instance: the team that owns its environment. Of an environment its owner stands for this. */
  readonly environmentOwnerTeam?: string;
  readonly environmentClass?: string;
  /** Twelve digits each: where it is, or is to be, provisioned. */
  readonly accountIds?: readonly string[];
  /** ARN of the template that it was made from. Of a template its own stands for this. */
  readonly templateArn?: string;
  /** Of a team, in the words of TeamFacts. */
  readonly teamKind?: string;
  /** Of a principal: himself. Of a membership, which is a matter of its team, and of an offer: whose it is. */
  readonly subject?: SubjectFacts;
  readonly labels: Readonly<Record<string, string>>;
}

/** Somebody to whom something is done. */
export interface SubjectFacts {
  readonly id: string;
  readonly name: string;
  readonly kind: 'person' | 'machine';
  /** Names of those that he is in now. */
  readonly teams: readonly string[];
}

export function templateOf({ kind, arn, templateArn }: ResourceFacts): string | undefined {
  return kind === 'environment-template' || kind === 'service-template' ? arn : templateArn;
}

/** Organization's kinds of resources, what it is itself made of, and the installation as a whole. */
export const governedKinds = [...resourceKinds, 'unit', 'team', 'principal', 'installation'] as const;
export type GovernedKind = (typeof governedKinds)[number];

/** What is done to the installation as a whole, e.g. changing its settings. */
export const theInstallation: ResourceFacts = {
  arn: 'installation',
  kind: 'installation',
  unitPath: [rootUnit],
  labels: {},
};
