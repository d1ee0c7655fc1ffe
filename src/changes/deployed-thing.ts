import type { Bundle, EnvironmentNames, ServiceNames } from '../bundles/index.ts';
import type { PseudoParameters } from '../cloudformation/index.ts';
import type { ChildTemplates } from './child-templates.ts';
import type { ResourceChange } from './compare-stacks.ts';
import type { FindingJson } from './comparison-json.ts';
import type { ChosenName } from './custom-names.ts';
import type { OutputReader } from './output-findings.ts';
import type { KnownVersion, Version } from './upgrade/upgrade-path.ts';
import type { ChangeFlag, InstanceVerdict } from './verdict.ts';

/** An environment, instance or pipeline as its last successful deployment left it. Plain data. */
export interface DeployedThing {
  readonly names: DeployedNames;
  readonly from: Version;
  /** Of that deployment, verbatim. */
  readonly spec: string;
  /** What was rendered for it, byte for byte. */
  readonly template: string;
  /** What its nested stacks are made of, by path below the folder of the part. Absent: it was not kept. */
  readonly children?: ChildTemplates;
  /** Of where it lies. */
  readonly pseudo: PseudoParameters;
  /** `name:major` of the environment that it lives in. */
  readonly environmentTemplate?: string;
  /** Who reads its outputs. */
  readonly outputReaders?: readonly OutputReader[];
  /** Of an environment: who lives in it. */
  readonly residents?: readonly EnvironmentResidents[];
  /** Exports that other stacks of its account and region import. */
  readonly importedNames?: readonly string[];
}

/** The instances of an environment that are deployed at one version. */
export interface EnvironmentResidents {
  /** One of them by name, and how many more. */
  readonly instances: string;
  /** `template major.minor`. */
  readonly version: string;
  /** Major versions of the environment's template that this version can live in. */
  readonly environmentMajors: readonly number[];
}

/** What a template of each part reads besides its own inputs, as it stands now. */
export type DeployedNames =
  | { readonly part: 'environment'; readonly environment: Omit<EnvironmentNames, 'outputs'> }
  | {
      readonly part: 'instance';
      readonly instance: string;
      readonly environment: EnvironmentNames;
      readonly service: ServiceNames;
    }
  | { readonly part: 'pipeline'; readonly service: ServiceNames; readonly instances: readonly PipelineInstance[] };

/** An instance as the pipeline of its service sees it. */
export interface PipelineInstance {
  readonly name: string;
  readonly from: Version;
  readonly spec: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly environment: EnvironmentNames;
}

/** The version that things are to be brought to. */
export interface VersionToReach {
  readonly number: Version;
  readonly bundle: Bundle;
  /** All versions of the template that are known, this one too. */
  readonly versions: readonly KnownVersion[];
  /** `name:major`; absent where they do not matter. */
  readonly compatibleEnvironments?: readonly string[];
}

/** Why something cannot be brought to a version. The code is that of the refusal. */
export interface Blocker {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** What bringing one thing to a version does. Plain data, without secrets. */
export type DeployedJudgement =
  | {
      readonly known: true;
      readonly verdict: InstanceVerdict;
      readonly flags: readonly ChangeFlag[];
      /** Those that change. */
      readonly resources: readonly ResourceChange[];
      /** How many do not. */
      readonly unchanged: number;
      /** Gravest first, as many as are told. */
      readonly findings: readonly FindingJson[];
      readonly findingsLeftOut: number;
      /** Names of upgrade steps that carry the inputs over. */
      readonly steps: readonly string[];
      readonly blocker?: Blocker;
      /** Names and exports that it has afterwards and did not have before. */
      readonly claims: readonly ChosenName[];
      /** The comparison was known: the same two stacks were compared before. */
      readonly wasKnown: boolean;
    }
  | { readonly known: false; readonly why: string };
