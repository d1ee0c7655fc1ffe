import { allowAll, type DeploymentTools } from '../../deployments/index.ts';
import { createInspector } from '../../guard-rails/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import { usualServiceLimits } from '../../services/index.ts';
import type { PlanRouteTools } from '../deuteron/index.ts';

/** Planning for a server on which nothing is deployed: what refuses before anything is rendered can be tried. */
export function testPlanning(deployments: DeploymentTools, installation: Installation): PlanRouteTools {
  const planning = {
    ...deployments,
    provisioners: {},
    renderer: { render: () => Promise.reject(new Error('nothing is rendered here')) },
    analyse: () => Promise.reject(new Error('nothing is analysed here')),
    guardRails: [],
    inspector: createInspector(),
    decide: allowAll,
  };
  const nouns = { ...deployments, installation, methods: new Set<never>() };
  const services = {
    ...nouns,
    deployments,
    engine: { start: async () => undefined },
    limits: usualServiceLimits,
    findEnvironment: async () => undefined,
  };
  return { planning, environments: { ...nouns, environmentsMax: 10 }, services };
}
