import { makeBundle } from '../../bundles/index.ts';
import {
  DeployedJudge,
  type DeployedJudgement,
  type DeployedThing,
  importsOf,
  knownComparisons,
  RecentResults,
  readVersions,
  type VersionTexts,
} from '../../changes/index.ts';
import type { PseudoParameters } from '../../cloudformation/index.ts';
import { contentHash } from '../../identifiers/index.ts';
import type { TemplateKind, VersionNumber } from '../../templates/index.ts';

/** A version as a thread gets it: written down once, in memory that all threads see, and read once in each. */
export interface SharedVersion {
  /** A content hash. */
  readonly key: string;
  readonly text: SharedArrayBuffer;
}

/** What can be said of a version without a database. */
export interface VersionMaterial {
  readonly kind: TemplateKind;
  readonly number: VersionNumber;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly versions: readonly VersionTexts[];
  /** `name:major`; absent for environment templates. */
  readonly compatibleEnvironments?: readonly string[];
}

export type JudgeJob =
  | { readonly ask: 'judge'; readonly version: SharedVersion; readonly thing: DeployedThing }
  | { readonly ask: 'imports'; readonly template: string; readonly pseudo: PseudoParameters };

export type JudgeAnswer =
  | { readonly ask: 'judge'; readonly judgement: DeployedJudgement }
  | { readonly ask: 'imports'; readonly names: readonly string[] };

/** Versions that a thread has at hand; of several previews at once. */
const versionsKept = 4;

export function sharedVersion({ files, ...rest }: VersionMaterial): SharedVersion {
  const encoded = [...files].map(([path, content]) => [path, Buffer.from(content).toString('base64')]);
  const bytes = Buffer.from(JSON.stringify({ ...rest, files: encoded }));
  const text = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(text).set(bytes);
  return { key: contentHash(bytes), text };
}

/** What a thread does; it remembers the versions, and the stacks that it compared. */
export function judgeJobs(): (job: JudgeJob) => JudgeAnswer {
  const known = knownComparisons();
  const judges = new RecentResults<DeployedJudge>(versionsKept);
  const judgeOf = ({ key, text }: SharedVersion) => judges.of(key, () => new DeployedJudge(readShared(text), known));
  return (job) =>
    job.ask === 'judge'
      ? { ask: 'judge', judgement: judgeOf(job.version).judge(job.thing) }
      : { ask: 'imports', names: importsOf(job.template, job.pseudo) };
}

function readShared(text: SharedArrayBuffer) {
  const { kind, versions, files, ...rest } = JSON.parse(Buffer.from(new Uint8Array(text)).toString()) as Omit<
    VersionMaterial,
    'files'
  > & { readonly files: readonly (readonly [string, string])[] };
  return {
    ...rest,
    bundle: makeBundle(new Map(files.map(([path, content]) => [path, Buffer.from(content, 'base64')]))),
    versions: readVersions(kind, versions),
  };
}
