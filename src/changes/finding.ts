import type { EvaluatedValue } from '../cloudformation/index.ts';
import type { SourcePosition } from '../errors/index.ts';
import type { ChangeFlag, InstanceVerdict, VersionClass } from './verdict.ts';

/** Codes of docs/change-analysis.md: I is the interface, R resources, D data. */
export const ruleCodes = {
  'I-ADD-REQ': 'a required input was added',
  'I-REQ': 'an optional input became required',
  'I-REMOVE': 'an input was removed',
  'I-TYPE': 'the type of an input was changed or narrowed',
  'I-ENUM-NARROW': 'allowed values of an input were withdrawn',
  'I-BOUND-TIGHT': 'a bound of an input was tightened',
  'I-SCHEMA': 'the schema became wider or got new optional inputs',
  'I-DEFAULT': 'the default of an input was changed',
  'I-INPUTS': 'the stored inputs do not fit the new schema',
  'I-OUT-ADD': 'an output was added',
  'I-OUT-REMOVE': 'an output was removed',
  'I-OUT-TYPE': 'an output gives a value of another kind',
  'I-ENV': 'a compatible environment was withdrawn',
  'I-NAMESPACE': 'a name is read that the environment does not offer',
  'R-ADD': 'a resource is added',
  'R-REMOVE': 'a resource is removed',
  'R-REMOVE-LINK': 'a link is removed',
  'R-REMOVE-OBS': 'an observer or a revision is removed',
  'R-RETAIN': 'a resource leaves the template and stays in the cloud',
  'R-LOGICAL': 'a logical id was renamed: remove and add',
  'R-MOVED': 'the same resource is kept under another address, or is taken over',
  'R-UPD-NOINT': 'updated without interruption',
  'R-UPD-INT': 'updated with some interruption',
  'R-REPL': 'replaced',
  'R-CREPL': 'replaced under conditions that are not decided here',
  'R-REV': 'a new revision',
  'R-LINK': 'a link is replaced',
  'R-UNSUPPORTED': 'the property cannot be updated',
  'R-NAME': 'the new resource would have the name of the old one',
  'R-EXPORT': 'an export that is imported is removed or changed',
  'R-CAP': 'a capability must be acknowledged',
  'R-PRIV': 'permissions are widened',
  'R-EXPOSE': 'exposure to the network is widened',
  'R-NARROW': 'access is narrowed',
  'R-POLICY': 'a deletion policy was changed',
  'R-NESTED': 'a nested stack is changed',
  'R-TYPE': 'the same logical id has another type',
  'R-RENDER': 'the new version cannot be rendered or evaluated',
  'R-GUARD': 'a guard of the resource refuses its deletion',
  'R-DRIFT': 'a resource was changed outside',
  'R-CHECK': 'a check of the configuration fails',
  'R-DEFERRED': 'a part of the plan is decided later',
  'R-PROVIDER': 'a provider gets another version',
  'D-REPL': 'content would be lost',
  'D-ENC': 'encryption is changed where that replaces',
  'D-SNAPSHOT': 'the snapshot identifier is changed',
  'D-ENG-MAJOR': 'the engine gets another major version',
  'D-ENG-MINOR': 'the engine gets another minor version',
  'D-DOWNGRADE': 'the engine version is lowered',
  'D-SHRINK': 'capacity is lowered',
  'D-GROW': 'capacity is raised, which cannot be undone',
  'D-PROTECT': 'protection of data is lowered',
  'D-RETENTION': 'data is kept for a shorter time',
  'D-KEY': 'an encryption key is cut off',
  'D-PARAM': 'a parameter group is changed',
  'D-IDX': 'indexes of a table are changed',
  'D-PART': 'the key of a table is changed',
} as const satisfies Record<string, string>;
export type RuleCode = keyof typeof ruleCodes;

/**
 * What said so. `docs` is the user guide, `schema` the provider schema, `specification` the service specification, `plan`
 * a plan of Terraform or OpenTofu, `provider` the provider, asked what it would do.
 */
export interface Evidence {
  readonly source: 'docs' | 'schema' | 'specification' | 'plan' | 'provider' | 'rule';
  readonly certainty: 'certain' | 'likely' | 'undecided';
  readonly note?: string;
}

/** Shown in place of a secret value. */
export const secretMask = '****';

/** One thing that a change does, and how grave it is by itself. */
export interface ChangeFinding {
  readonly code: RuleCode;
  readonly versionClass: VersionClass;
  readonly verdict: InstanceVerdict;
  readonly message: string;
  readonly evidence: Evidence;
  readonly flags?: readonly ChangeFlag[];
  readonly logicalId?: string;
  /** `/` between names; of an input or output its name. */
  readonly path?: string;
  /** Secrets are masked. Absent: there was or will be no value. */
  readonly before?: EvaluatedValue;
  readonly after?: EvaluatedValue;
  /** The replaced resource that a propagated change comes from. */
  readonly cause?: string;
  readonly position?: SourcePosition;
}
