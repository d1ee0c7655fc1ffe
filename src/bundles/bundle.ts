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

/** Source: AWS Proton user guide, "Template bundle limits", and what the official bundles themselves exceed. */
export interface BundleLimits {
  /** Bytes of the packed archive. */
  readonly archiveBytes: number;
  /** Bytes of all files together. */
  readonly unpackedBytes: number;
  readonly files: number;
  readonly schemaBytes: number;
  readonly manifestBytes: number;
  /** Bytes of one rendered or HCL file. */
  readonly templateBytes: number;
}

export const usualBundleLimits: BundleLimits = {
  archiveBytes: 5 * 1024 * 1024,
  unpackedBytes: 50 * 1024 * 1024,
  files: 2_000,
  schemaBytes: 50 * 1024,
  manifestBytes: 50 * 1024,
  templateBytes: 200 * 1024,
};

/** The text of a file of a bundle; undefined when there is none, or when it is not UTF-8. */
export function bundleText(bundle: Bundle, path: string): string | undefined {
  const bytes = bundle.files.get(path);
  if (!bytes) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Paths below a directory of the bundle, sorted. */
export function pathsBelow(bundle: Bundle, directory: string): string[] {
  return [...bundle.files.keys()].filter((path) => path.startsWith(`${directory}/`)).sort();
}

export function wholeFile(file: string): SourcePosition {
  return { file, line: 1, column: 1 };
}

/** A file of a directory of the bundle; `.` is the bundle itself. */
export function pathIn(directory: string, file: string): string {
  return directory === '.' ? file : `${directory}/${file}`;
}
