import type { Db } from '../database/index.ts';
import { accept, type Result } from '../errors/index.ts';
import {
  type Listing,
  type Page,
  type PageRequest,
  type PageTokenRefusal,
  pageOf,
  pageSize,
  pageStart,
} from '../identifiers/index.ts';
import type { PlacementReach } from '../organization/index.ts';
import { type InstanceStaleness, instancesStale } from './instance-staleness.ts';
import {
  type InstanceFilters,
  type InstancePosition,
  type InstanceSortBy,
  instanceList,
  type ServiceInstance,
} from './service-instance-store.ts';
import { type Service, serviceList } from './service-store.ts';

/** Those within reach, newest first. */
export async function listServices(
  db: Db,
  request: PageRequest,
  reach?: PlacementReach,
): Promise<Result<Page<Service>, PageTokenRefusal>> {
  const listing = {
    name: 'ListServices',
    filters: null,
    key: { createdAt: 'time', name: 'text' },
  } as const satisfies Listing<{ createdAt: 'time'; name: 'text' }>;
  const start = pageStart(listing, request);
  if (!start.ok) return start;
  const rows = await serviceList(db, start.value, pageSize(request), reach);
  return accept(pageOf(listing, request, rows, ({ createdAt, name }) => ({ createdAt, name })));
}

export interface ListInstancesRequest extends PageRequest {
  readonly filters: InstanceFilters;
  /** Only instances that are one of these. */
  readonly staleness?: readonly InstanceStaleness[];
  readonly sortBy: InstanceSortBy;
  readonly descending: boolean;
  /** Absent: all. */
  readonly reach?: PlacementReach;
}

/** How many rows are looked at at once for those that are stale. */
const batchSize = 500;

export async function listServiceInstances(
  db: Db,
  request: ListInstancesRequest,
): Promise<Result<Page<ServiceInstance>, PageTokenRefusal>> {
  const { filters, staleness, sortBy, descending, reach } = request;
  const isTime = sortBy === 'createdAt' || sortBy === 'lastDeploymentAttemptedAt';
  const key = { sort: isTime ? 'time' : 'text', serviceName: 'text', name: 'text' } as const;
  const listing = { name: 'ListServiceInstances', filters: { filters, staleness, sortBy, descending }, key };
  const start = pageStart(listing, request);
  if (!start.ok) return start;
  const positionOf = (row: ServiceInstance) => ({
    sort: row[sortBy] as never,
    serviceName: row.serviceName,
    name: row.name,
  });
  const size = pageSize(request);
  const after = start.value as InstancePosition | undefined;
  if (!staleness) {
    const rows = await instanceList(db, filters, sortBy, descending, after, size, reach);
    return accept(pageOf(listing, request, rows, positionOf));
  }
  const rows: ServiceInstance[] = [];
  for (let position = after; rows.length <= size; ) {
    const batch = await instanceList(db, filters, sortBy, descending, position, batchSize, reach);
    rows.push(...(await instancesStale(db, batch, staleness)));
    const last = batch.at(-1);
    if (!last || batch.length <= batchSize) break;
    position = positionOf(last);
  }
  return accept(pageOf(listing, request, rows.slice(0, size + 1), positionOf));
}
