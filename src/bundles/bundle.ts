import type { SourcePosition } from '../errors/index.ts';

export type BundleKind = 'environment' | 'service' | 'component';
/** The directories of a bundle that are rendered and provisioned, each decided by its own manifest. */
export type PartName = 'environment' | 'instance' | 'pipeline' | 'component';
/** What a part's manifest asks for: jinja, hcl or codebuild. */
export type ProvisioningMethod = 'cloudformation' | 'terraform' | 'codebuild';

/** The files of a bundle, read and checked for safety. Paths are relative, with `/`, wrapping folder removed. */
export interface Bundle {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Content hash over the sorted paths and contents: the same files give the same digest, however packed. */
  readonly digest: string;
}

/** One thing a check has to say. An error refuses the bundle; a warning does not. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  /** A stable word, e.g. `schema-missing`; listed in docs/rules.md. */
  readonly rule: string;
  /** Line and column from 1; line 1, column 1 for a whole file; file = directory path when something is missing. */
  readonly position: SourcePosition;
  readonly message: string;
  readonly remedy: string;
}
