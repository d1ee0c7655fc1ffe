import { contentHash } from '../identifiers/index.ts';
import type { TargetKind } from './target-ref.ts';

const nameLengthMax = 40;

/**
 * The name of the stack of a thing, the same for all its life. It begins with `AWSProton-`, since the service roles of
 * Proton's users are limited to that; the hash keeps things apart whose names are cut alike (public roadmap issue 54).
 * At most 73 characters, all of them allowed by CloudFormation.
 */
export function stackName(kind: TargetKind, name: string, arn: string): string {
  const cut = name.replaceAll('_', '-').slice(0, nameLengthMax);
  const hash = contentHash(Buffer.from(arn)).slice('sha256:'.length).slice(0, 8);
  return `AWSProton-${kind}-${cut}-${hash}`;
}
