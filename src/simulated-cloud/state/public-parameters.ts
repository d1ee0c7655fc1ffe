import { drawFrom } from '../physical-ids/draw.ts';

/**
 * The value of a parameter that AWS itself publishes to every account of a region; plausible, the same for all who ask.
 * Most of them name a machine image. undefined: it is none. Source: AWS Systems Manager user guide, "Public parameters".
 */
export function publicParameter(region: string, name: string): string | undefined {
  if (!name.startsWith('/aws/service/')) return undefined;
  const draw = drawFrom('public parameters', region, name);
  return /(image_id|ami)/i.test(name) ? `ami-${draw.hex(17)}` : draw.alphanumeric(12);
}
