import { templateBytesMax } from '../../cloudformation/index.ts';
import type { CloudState } from '../state/cloud-state.ts';
import { TemplateText } from '../state/template-text.ts';
import { type Answer, answer, validationError } from '../wire/service-error.ts';

const fetchMsMax = 10_000;
const loopbackHosts = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Fetches a template: one that the control door was given for this address, or one from a loopback address, for the
 * simulated cloud reaches nothing beyond this machine.
 */
export async function fetchTemplate({ objects }: CloudState, templateUrl: string): Promise<Answer<TemplateText>> {
  const given = objects.get(templateUrl);
  if (given !== undefined) return answer(new TemplateText(given));
  const url = URL.canParse(templateUrl) ? new URL(templateUrl) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return validationError(`TemplateURL must be a supported URL.`);
  if (!loopbackHosts.has(url.hostname)) {
    return validationError(
      `TemplateURL ${url.origin} is not reachable: the simulated cloud fetches templates from this machine only (http://127.0.0.1:...). Send the template as TemplateBody, or give it for this address by PUT /_simulated/objects.`,
    );
  }
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(fetchMsMax) });
    if (!response.ok) return validationError(`S3 error: ${response.status} for ${url.pathname}`);
    const bytes = await limitedBytes(response);
    if (!bytes) return validationError(`Template at ${url.pathname} is larger than ${templateBytesMax} bytes.`);
    return answer(new TemplateText(bytes.toString('utf8')));
  } catch (error) {
    return validationError(`TemplateURL ${url.origin} cannot be read: ${(error as Error).message}`);
  }
}

/** undefined when there are more than a template may have. */
async function limitedBytes(response: Response): Promise<Buffer | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > templateBytesMax) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
