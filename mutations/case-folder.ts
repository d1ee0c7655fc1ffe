import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Bump,
  ChangeFlag,
  InstanceVerdict,
  OutputReader,
  ResourceImpact,
  VersionClass,
} from '../src/changes/index.ts';
import type { JsonSchema } from './json-schema.ts';

/** One side of a case: a template with what feeds it. */
export interface CaseVersion {
  readonly template: string;
  readonly inputSchema: JsonSchema;
  readonly compatibleEnvironments?: readonly string[];
  /** Template parameter to input, where the names differ. */
  readonly parameterMap?: Readonly<Record<string, string>>;
  /** Files of the case that lie beside the template, by the path that they have there: its nested stacks. */
  readonly children?: Readonly<Record<string, string>>;
  /** Operations of an upgrade step, on inputs of the top level. */
  readonly migrations?: readonly Readonly<Record<string, unknown>>[];
}

/** What is right to say of a labelled change. */
export interface LabelledCase {
  readonly id: string;
  readonly instance: {
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly context: {
      readonly environment?: string;
      readonly environmentOutputs?: readonly string[];
      readonly outputReaders?: readonly OutputReader[];
      readonly importedExports?: readonly string[];
      readonly acknowledgedCapabilities?: readonly string[];
      readonly nested?: unknown;
    };
  };
  readonly labels: {
    readonly version: VersionClass;
    readonly minimumBump: Bump;
    readonly instance: InstanceVerdict;
    readonly resources: Readonly<Record<string, ResourceImpact>>;
    readonly flags: readonly ChangeFlag[];
  };
  readonly scoring: {
    /** False: the version is refused before anything is rendered, so its impacts are not counted. */
    readonly resources: boolean;
    readonly acceptResources?: Readonly<Record<string, readonly ResourceImpact[]>>;
    readonly acceptInstance?: readonly InstanceVerdict[];
  };
  /** Text of a file of the case. */
  read(file: string): string;
}

/** Two versions of a template. */
export interface MutationCase extends LabelledCase {
  readonly before: CaseVersion;
  readonly after: CaseVersion;
}

/** A plan of Terraform, as `terraform show -json` prints it. */
export interface PlanCase extends LabelledCase {
  /** The file of the plan. */
  readonly plan: string;
}

/** All changes of templates in a folder, by name. */
export function readCases(folder: string): readonly MutationCase[] {
  return readFolders(folder).filter((each) => 'before' in each);
}

/** All plans in a folder, by name. */
export function readPlanCases(folder: string): readonly PlanCase[] {
  return readFolders(folder).filter((each) => 'plan' in each);
}

function readFolders(folder: string): readonly (MutationCase | PlanCase)[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'case.json')))
    .sort()
    .map((name) => {
      const read = (file: string) => readFileSync(join(folder, name, file), 'utf8');
      return { ...(JSON.parse(read('case.json')) as Omit<MutationCase, 'read'> | Omit<PlanCase, 'read'>), read };
    });
}
