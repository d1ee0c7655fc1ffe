import { type Db, migrationState } from '../database/index.ts';
import { type DeploymentLimits, deploymentsRunning, usualLimits } from '../deployments/index.ts';
import { serviceListWorking } from '../services/index.ts';
import { versionsRegistering } from '../templates/index.ts';
import { nodesOf, workUnderWay } from '../workflows/index.ts';
import { databaseFindings } from './database-findings.ts';
import { deploymentFindings } from './deployment-findings.ts';
import { type Finding, findingCodes, type Severity } from './finding.ts';
import { registrationFindings, serviceFindings } from './noun-findings.ts';
import { type Settings, settingFindings } from './setting-findings.ts';
import { workFindings } from './work-findings.ts';

export interface Examination {
  /** Errors first. */
  readonly findings: readonly (Finding & { readonly severity: Severity })[];
  /** How much was looked at: processes, pieces of work, deployments under way. */
  readonly seen: { readonly nodes: number; readonly work: number; readonly deployments: number };
}

const manyMax = 10_000;

/** Looks at everything that may be stuck. */
export async function examine(
  db: Db,
  settings: Settings,
  now: Date,
  limits: DeploymentLimits = usualLimits,
): Promise<Examination> {
  const schema = databaseFindings(await migrationState(db));
  const nothing = { nodes: 0, work: 0, deployments: 0 };
  // with other tables than this version knows, every other look may mislead
  if (schema.length > 0) return { findings: graded(schema), seen: nothing };
  const [nodes, work, running, registering, working] = await Promise.all([
    nodesOf(db),
    workUnderWay(db, manyMax),
    deploymentsRunning(db, manyMax),
    versionsRegistering(db),
    serviceListWorking(db),
  ]);
  const isComplete = work.length < manyMax;
  const findings = [
    ...workFindings(nodes, work, now),
    ...deploymentFindings(running, work, isComplete, limits, now),
    ...registrationFindings(registering, now),
    ...serviceFindings(working, work, isComplete, now),
    ...(await settingFindings(db, settings)),
  ];
  return {
    findings: graded(findings),
    seen: { nodes: nodes.length, work: work.length, deployments: running.length },
  };
}

function graded(findings: readonly Finding[]): Examination['findings'] {
  const all = findings.map((each) => ({ severity: findingCodes[each.finding], ...each }));
  return [...all.filter(({ severity }) => severity === 'error'), ...all.filter(({ severity }) => severity !== 'error')];
}
