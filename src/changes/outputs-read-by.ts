import { type Bundle, renderJob } from '../bundles/index.ts';
import { namesRead, parseTemplate } from '../jinja/index.ts';
import type { ComparedPart } from './bundle-version.ts';

/** Names of outputs that a part cannot be rendered without. */
export interface OutputsRead {
  readonly ofEnvironment: readonly string[];
  /** A pipeline reads those of the instances. */
  readonly ofInstances: readonly string[];
}

/** Outputs whose absence the template itself allows are not among them. */
export function outputsReadBy(bundle: Bundle, part: ComparedPart): OutputsRead {
  const job = renderJob(bundle, part, {});
  const template = job.ok ? parseTemplate(job.value.text, job.value.file) : job;
  const [ofEnvironment, ofInstances] = [new Set<string>(), new Set<string>()];
  for (const { path, optional } of template.ok ? namesRead(template.value) : []) {
    const at = path.indexOf('outputs');
    const name = path[at + 1];
    if (optional || at < 1 || name === undefined || name === '*') continue;
    if (path[at - 1] === 'environment') ofEnvironment.add(name);
    else if (path[0] === 'service_instances') ofInstances.add(name);
  }
  return { ofEnvironment: [...ofEnvironment], ofInstances: [...ofInstances] };
}
