import type { RequestToPlan } from '../deployments/index.ts';
import { accept } from '../errors/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import type { WorkflowEngine } from '../workflows/index.ts';
import { changeService, type ServiceChange } from './change-service.ts';
import { instanceRef, pipelineRef, requestPart } from './request-part.ts';
import { instanceFind } from './service-instance-store.ts';
import { pipelineFind } from './service-pipeline-store.ts';
import { serviceFind } from './service-store.ts';
import type { ServiceTools } from './service-tools.ts';

/**
 * A change of a service as a request to plan. What the work on the service would ask for later, when its additions have
 * succeeded, is asked for at once: the removals. The pipeline behind new instances is not: it reads their outputs, and
 * there are none yet.
 */
export function serviceRequestToPlan(tools: ServiceTools, change: ServiceChange, by: PrincipalId): RequestToPlan {
  return async (db, asking) => {
    const planning = { ...tools, db, deployments: { ...tools.deployments, asking }, engine: idleEngine };
    const changed = await changeService(planning, change, by);
    if (!changed.ok) return changed;
    const serviceName = change.of === 'service' ? change.name : change.serviceName;
    const work = (await serviceFind(db, serviceName))?.work;
    const pipeline = work?.purpose === 'delete' ? await pipelineFind(db, serviceName) : undefined;
    if (pipeline) {
      const asked = await requestPart(planning, db, await pipelineRef(db, pipeline), pipeline, {
        operation: 'delete',
        requestedBy: by,
      });
      if (!asked.ok) return asked;
    }
    for (const name of work?.removals ?? []) {
      const instance = await instanceFind(db, serviceName, name);
      if (!instance) continue;
      const asked = await requestPart(planning, db, instanceRef(instance), instance, {
        operation: 'delete',
        requestedBy: by,
      });
      if (!asked.ok) return asked;
    }
    return accept(undefined);
  };
}

/** Nothing is begun: all is taken back. */
const idleEngine: Pick<WorkflowEngine, 'start'> = { start: async () => undefined };
