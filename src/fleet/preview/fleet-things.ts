import type { DeployedThing, EnvironmentResidents, OutputReader } from '../../changes/index.ts';
import type { PseudoParameters } from '../../cloudformation/index.ts';
import type { Db } from '../../database/index.ts';
import { environmentPlacement } from '../../environments/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import { type ResourceFacts, type ResourceKind, resourceFactsOf, rootUnit } from '../../organization/index.ts';
import type { TemplateRef } from '../../templates/index.ts';
import { createBundleReads } from './bundle-reads.ts';
import {
  environmentReaders,
  environmentResidents,
  type FleetThingRow,
  fleetThingPage,
  type PipelineInstanceRow,
  partsOf,
  pipelineInstances,
  pipelineReaders,
  type ReaderRow,
  type ResidentRow,
} from './fleet-thing-store.ts';
import type { ImportedNames } from './imported-names.ts';
import type { PreviewedThing } from './preview-line.ts';
import type { PreviewSelector } from './preview-selector.ts';

const pageSize = 50;
/** A customer-managed environment has outputs, and no stack of ours. */
export const ownersThing = 'Its owner provisions it.';

/** A thing that is shown, and what judging it takes; absent: it has no stack that could be judged. */
export interface FleetThing {
  readonly shown: Omit<PreviewedThing, 'standing'>;
  readonly deployed?: DeployedThing;
  /** Why it has none. */
  readonly why?: string;
}

export interface FleetThingsRequest {
  readonly db: Db;
  readonly installation: Installation;
  readonly template: TemplateRef;
  readonly selector: PreviewSelector;
  readonly imported: ImportedNames;
}

/** Reads what is on a template, page by page: no more than one page is ever held. */
export async function* fleetThings(request: FleetThingsRequest): AsyncGenerator<FleetThing> {
  const { db, template, selector } = request;
  const bundleReads = createBundleReads(db);
  for (const part of partsOf(template, selector)) {
    for (let after = ''; ; ) {
      const rows = await fleetThingPage(db, part, template, selector, { after, limit: pageSize });
      const around = await surroundings(db, part, rows, bundleReads);
      const facts = await resourceFactsOf(
        db,
        rows.map(({ arn }) => ({ arn, kind: kindOfPart[part] })),
      );
      for (const row of rows) yield thingOf(row, around, facts.get(row.arn), request);
      if (rows.length < pageSize) break;
      after = rows.at(-1)?.arn ?? '';
    }
  }
}

const kindOfPart = {
  environment: 'environment',
  instance: 'service-instance',
  pipeline: 'service-pipeline',
} as const satisfies Record<FleetThingRow['part'], ResourceKind>;

interface Surroundings {
  /** By service, for pipelines. */
  readonly instances: ReadonlyMap<string, readonly PipelineInstanceRow[]>;
  /** By environment or service: who reads the outputs of what is in it. */
  readonly readers: ReadonlyMap<string, readonly OutputReader[]>;
  /** By environment: who lives in it. */
  readonly residents: ReadonlyMap<string, readonly EnvironmentResidents[]>;
}

async function surroundings(
  db: Db,
  part: FleetThingRow['part'],
  rows: readonly FleetThingRow[],
  reads: ReturnType<typeof createBundleReads>,
): Promise<Surroundings> {
  const services = [...new Set(rows.flatMap(({ service }) => service ?? []))];
  const environments = [...new Set(rows.flatMap(({ environment }) => environment ?? []))];
  switch (part) {
    case 'environment': {
      const found = await environmentReaders(db, environments);
      return {
        instances: new Map(),
        readers: await readersBy(found, async (row) => (await reads(row)).ofEnvironment),
        residents: residentsBy(await environmentResidents(db, environments)),
      };
    }
    case 'instance': {
      const found = await pipelineReaders(db, services);
      const readers = await readersBy(found, async (row) => (await reads(row)).ofInstances);
      return { instances: new Map(), readers, residents: new Map() };
    }
    case 'pipeline':
      return {
        instances: Map.groupBy(await pipelineInstances(db, services), ({ service }) => service),
        readers: new Map(),
        residents: new Map(),
      };
  }
}

async function readersBy(
  rows: readonly ReaderRow[],
  outputsOf: (row: ReaderRow) => Promise<readonly string[]>,
): Promise<ReadonlyMap<string, readonly OutputReader[]>> {
  const found = new Map<string, OutputReader[]>();
  for (const row of rows) {
    const reader = andMore(row.reader, row.count);
    const readers = found.get(row.of) ?? [];
    for (const output of await outputsOf(row)) readers.push({ output, reader });
    found.set(row.of, readers);
  }
  return found;
}

function andMore(name: string, count: number): string {
  return count > 1 ? `${name} and ${count - 1} more` : name;
}

function residentsBy(rows: readonly ResidentRow[]): ReadonlyMap<string, readonly EnvironmentResidents[]> {
  const found = new Map<string, EnvironmentResidents[]>();
  for (const { of, resident, count, version, majors } of rows) {
    const residents = found.get(of) ?? [];
    residents.push({ instances: andMore(resident, count), version, environmentMajors: majors });
    found.set(of, residents);
  }
  return found;
}

function thingOf(
  row: FleetThingRow,
  around: Surroundings,
  facts: ResourceFacts | undefined,
  { installation, imported }: FleetThingsRequest,
): FleetThing {
  const { ownerTeam, unitPath, environmentClass } = facts ?? {};
  const { arn, part, environment, service, instance, major, minor, spec, template, children, tags } = row;
  const shown = {
    arn,
    part,
    ...(environment !== null && { environment }),
    ...(service !== null && { service }),
    ...(instance !== null && { instance }),
    ...(major !== null && minor !== null && { deployed: `${major}.${minor}` }),
    ...(ownerTeam !== undefined && { owner: ownerTeam }),
    unit: unitPath?.at(-1) ?? rootUnit,
    ...(environmentClass !== undefined && { environmentClass }),
    tags: tags ?? {},
  };
  if (row.customerManaged) return { shown, why: ownersThing };
  if (major === null || minor === null || spec === null)
    return { shown, why: 'No deployment of it has succeeded yet.' };
  if (template === null) return { shown, why: 'What was rendered for its last deployment is not kept.' };
  const pseudo = pseudoOf(row, installation);
  const from = { major, minor };
  const kept = children && { children };
  const common = { from, spec, template, ...kept, pseudo, importedNames: imported.of(pseudo, arn) };
  return { shown, deployed: { ...common, ...namesOf(row, around, installation) } };
}

function pseudoOf(
  { placements, stackName }: Pick<FleetThingRow, 'placements' | 'stackName'>,
  installation: Installation,
): PseudoParameters & { readonly accountId: string; readonly region: string } {
  const [placement] = placements ?? [];
  return {
    partition: installation.partition,
    accountId: placement?.accountId ?? installation.accountId,
    region: placement?.region ?? installation.region,
    ...(stackName !== null && { stackName }),
  };
}

function namesOf(
  row: FleetThingRow,
  { instances, readers, residents }: Surroundings,
  installation: Installation,
): Pick<DeployedThing, 'names' | 'environmentTemplate' | 'outputReaders' | 'residents'> {
  const { part, environment, service: serviceName, instance } = row;
  const service = {
    name: serviceName ?? '',
    repositoryId: row.repositoryId,
    repositoryConnectionArn: row.repositoryConnectionArn,
    branchName: row.branchName,
  };
  switch (part) {
    case 'environment':
      return {
        names: { part, environment: { name: environment ?? '', accountId: accountOf(row.roleArn, installation) } },
        outputReaders: readers.get(environment ?? '') ?? [],
        residents: residents.get(environment ?? '') ?? [],
      };
    case 'instance': {
      const outputs = row.environmentOutputs ?? {};
      const home = { name: environment ?? '', accountId: accountOf(row.roleArn, installation), outputs };
      return {
        names: { part, instance: instance ?? '', environment: home, service },
        environmentTemplate:
          row.environmentMajor === null ? undefined : `${row.environmentTemplate}:${row.environmentMajor}`,
        outputReaders: readers.get(service.name) ?? [],
      };
    }
    case 'pipeline':
      return {
        names: {
          part,
          service,
          instances: (instances.get(service.name) ?? []).map((each) => ({
            name: each.name,
            from: { major: each.major, minor: each.minor },
            spec: each.spec,
            outputs: each.outputs ?? {},
            environment: {
              name: each.environment,
              accountId: accountOf(each.roleArn, installation),
              outputs: each.environmentOutputs ?? {},
            },
          })),
        },
      };
  }
}

function accountOf(roleArn: string | null, installation: Installation): string {
  return environmentPlacement(installation, { protonServiceRoleArn: roleArn ?? undefined }).accountId;
}
