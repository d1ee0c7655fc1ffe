import { createHash } from 'node:crypto';

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

/** Source: AWS Proton user guide, "Template bundle limits", and what the official bundles themselves exceed. */
export interface BundleLimits {
  /** Bytes of the packed archive. */
  readonly archiveBytes: number;
  /** Bytes of all files together. */
  readonly unpackedBytes: number;
  /** Unpacked bytes for each packed one, counted from the first megabyte on. */
  readonly compressionRatio: number;
  readonly files: number;
  readonly schemaBytes: number;
  readonly manifestBytes: number;
  /** Bytes of one rendered or HCL file. */
  readonly templateBytes: number;
  /** Rendered or HCL files of one directory; files that only commands read do not count. */
  readonly templateFiles: number;
}

export const usualBundleLimits: BundleLimits = {
  archiveBytes: 5 * 1024 * 1024,
  unpackedBytes: 50 * 1024 * 1024,
  compressionRatio: 200,
  files: 2_000,
  schemaBytes: 50 * 1024,
  manifestBytes: 50 * 1024,
  templateBytes: 200 * 1024,
  templateFiles: 10,
};

/** Where the files of each part lie in a bundle; `.` is the bundle itself. */
export const partDirectories: Readonly<Record<PartName, string>> = {
  environment: 'infrastructure',
  instance: 'instance_infrastructure',
  pipeline: 'pipeline_infrastructure',
  component: '.',
};

/** A bundle of these files; the digest does not depend on how they were packed. */
export function makeBundle(files: ReadonlyMap<string, Uint8Array>): Bundle {
  const kept = [...files].filter(([path]) => !isIgnored(path)).sort(([left], [right]) => (left < right ? -1 : 1));
  const hash = createHash('sha256');
  for (const [path, data] of kept) {
    hash.update(`${path.length}:${path}${data.byteLength}:`);
    hash.update(data);
  }
  return { files: new Map(kept), digest: `sha256:${hash.digest('hex')}` };
}

/** macOS adds these beside every file. */
export function isIgnored(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('._') || part === '.DS_Store' || part === '__MACOSX');
}

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

/** Paths below a directory of the bundle, sorted; all of them for `.`. */
export function pathsBelow(bundle: Bundle, directory: string): string[] {
  const paths = [...bundle.files.keys()].sort();
  return directory === '.' ? paths : paths.filter((path) => path.startsWith(`${directory}/`));
}

/** A file of a directory of the bundle. */
export function pathIn(directory: string, file: string): string {
  return directory === '.' ? file : `${directory}/${file}`;
}

export function manifestPath(directory: string): string {
  return pathIn(directory, 'manifest.yaml');
}
