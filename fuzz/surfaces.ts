import type { AnySurface } from './surface.ts';
import { archiveSurface } from './surfaces/archive.ts';
import { checkSurface } from './surfaces/check.ts';
import { controlDoorSurface } from './surfaces/control-door.ts';
import { httpSurface } from './surfaces/http.ts';
import { jinjaSurface } from './surfaces/jinja.ts';
import { manifestSurface } from './surfaces/manifest.ts';
import { nativeApiSurface } from './surfaces/native-api.ts';
import { organizationSurface } from './surfaces/organization.ts';
import { protonSurface } from './surfaces/proton.ts';
import { queryProtocolSurface } from './surfaces/query-protocol.ts';
import { s3Surface } from './surfaces/s3.ts';
import { schemaSurface } from './surfaces/schema.ts';
import { specSurface } from './surfaces/spec.ts';
import { stackTemplateSurface } from './surfaces/stack-template.ts';
import { yamlSurface } from './surfaces/yaml.ts';

/** What is read where it is, without a server. */
export const readers: readonly AnySurface[] = [
  archiveSurface,
  yamlSurface,
  schemaSurface,
  manifestSurface,
  specSurface,
  organizationSurface,
  jinjaSurface,
  stackTemplateSurface,
  checkSurface,
];

/** What comes over HTTP. */
export const doors: readonly AnySurface[] = [
  protonSurface,
  httpSurface,
  s3Surface,
  queryProtocolSurface,
  nativeApiSurface,
  controlDoorSurface,
];

export const surfaces: readonly AnySurface[] = [...readers, ...doors];

/** How many of so many inputs are for each surface; at least one. */
export function inputsOf(chosen: readonly AnySurface[], inputs: number): ReadonlyMap<AnySurface, number> {
  const shares = chosen.reduce((sum, { share }) => sum + share, 0);
  return new Map(chosen.map((each) => [each, Math.max(1, Math.round((inputs * each.share) / shares))]));
}
