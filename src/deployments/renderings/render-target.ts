import { renderJob } from '../../bundles/index.ts';
import { childTemplatesBeside, childTemplatesUsed } from '../../changes/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import { reportUpsert } from '../../guard-rails/index.ts';
import { contentHash } from '../../identifiers/index.ts';
import { type DeploymentAtWork, deploymentMove } from '../deployment-store.ts';
import { type DeployTools, methodNotAvailable, type PlanningTools } from '../running/deploy-tools.ts';
import { type TargetMaterial, targetOf, targetStateOf } from '../target.ts';
import { checkGuardRails } from './guard-rail.ts';
import { checkReport, inspectRendering, railsOf } from './inspect-deployment.ts';
import type { DeploymentRendering } from './rendering.ts';
import { renderingGet, renderingUpsert } from './rendering-store.ts';
import { maskedInputs, secretNames, secretValues, withoutSecrets } from './secrets.ts';
import { sourceLines } from './source-lines.ts';

/** Fills in the template with what stands now; what comes out is kept with the deployment. */
export async function renderTarget(deployment: DeploymentAtWork, tools: DeployTools): Promise<Result<object>> {
  const { db, clock, targets, provisioners } = tools;
  await deploymentMove(db, deployment.id, 'plan', clock.now());
  const noun = targetOf(targets, deployment.target.kind);
  const material = await db.transaction().execute((tx) => noun.load(tx, deployment.target, targetStateOf(deployment)));
  if (!material.ok) return material;
  const { method } = material.value;
  if (!provisioners[method]) return methodNotAvailable(method);
  const rendering = await renderMaterial(tools, material.value);
  if (!rendering.ok) return rendering;
  await renderingUpsert(db, deployment.id, rendering.value);
  return accept({});
}

/** Fills in the template of what was loaded. @refuses as the template, without its secrets */
export async function renderMaterial(
  { renderer }: Pick<PlanningTools, 'renderer'>,
  material: TargetMaterial,
): Promise<Result<DeploymentRendering>> {
  const { bundle, part, data, inputs, inputSchema, inputsAt } = material;
  const rendered = await renderer.render(bundle, part, data);
  if (!rendered.ok) {
    const message = withoutSecrets(rendered.refusal.message, secretValues(inputs, inputSchema));
    return { ok: false, refusal: { ...rendered.refusal, message } };
  }
  const { text: template, digest: templateDigest, sourceMap } = rendered.value;
  return accept({
    method: material.method,
    stackName: material.stackName,
    placements: material.placements,
    tags: material.tags,
    bundleDigest: bundle.digest,
    part,
    template,
    templateDigest,
    childTemplates: childTemplatesOf(material, template),
    inputs: maskedInputs(inputs, inputSchema),
    secrets: secretNames(inputSchema, inputsAt),
    inputsDigest: contentHash(data),
    sourceLines: sourceLines(template, sourceMap),
  });
}

/** Of the files beside the template, those that its nested stacks are made of. */
function childTemplatesOf({ bundle, part, stackName, placements }: TargetMaterial, template: string) {
  const job = renderJob(bundle, part, {});
  const places = placements.map(({ accountId, region }) => ({ accountId, region, stackName }));
  return job.ok ? childTemplatesUsed(template, childTemplatesBeside(job.value), places) : {};
}

/** Refuses what can be known to fail before the provider is asked, and what guard rails block. */
export async function checkRendering(deployment: DeploymentAtWork, tools: DeployTools): Promise<Result<object>> {
  const { db, clock } = tools;
  const { id, target } = deployment;
  const now = clock.now();
  const { rendering, rails } = await db.transaction().execute(async (tx) => {
    const rendering = await renderingGet(tx, id);
    const { placements } = rendering;
    const inspected = { target, inspection: 'change', state: targetStateOf(deployment), placements } as const;
    return { rendering, rails: await railsOf(tools, tx, inspected, now) };
  });
  const checked = await checkGuardRails(tools.guardRails, rendering);
  if (!checked.ok) return checked;
  const report = await inspectRendering(tools, rails, rendering, now);
  await reportUpsert(db, id, report);
  return checkReport(report);
}
