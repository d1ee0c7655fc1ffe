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
import {
  type InstanceFilters,
  type InstancePosition,
  type InstanceSortBy,
  instanceList,
  type ServiceInstance,
} from './service-instance-store.ts';
import { type Service, serviceList } from './service-store.ts';

/** Newest first. */
export async function listServices(db: Db, request: PageRequest): Promise<Result<Page<Service>, PageTokenRefusal>> {
  const listing = {
    name: 'ListServices',
    filters: null,
    key: { createdAt: 'time', name: 'text' },
  } as const satisfies Listing<{ createdAt: 'time'; name: 'text' }>;
  const start = pageStart(listing, request);
  if (!start.ok) return start;
  const rows = await serviceList(db, start.value, pageSize(request));
  return accept(pageOf(listing, request, rows, ({ createdAt, name }) => ({ createdAt, name })));
}

export interface ListInstancesRequest extends PageRequest {
  readonly filters: InstanceFilters;
  readonly sortBy: InstanceSortBy;
  readonly descending: boolean;
}

export async function listServiceInstances(
  db: Db,
  request: ListInstancesRequest,
): Promise<Result<Page<ServiceInstance>, PageTokenRefusal>> {
  const { filters, sortBy, descending } = request;
  const isTime = sortBy === 'createdAt' || sortBy === 'lastDeploymentAttemptedAt';
  const key = { sort: isTime ? 'time' : 'text', serviceName: 'text', name: 'text' } as const;
  const listing = { name: 'ListServiceInstances', filters: { filters, sortBy, descending }, key };
  const start = pageStart(listing, request);
  if (!start.ok) return start;
  const rows = await instanceList(
    db,
    filters,
    sortBy,
    descending,
    start.value as InstancePosition | undefined,
    pageSize(request),
  );
  return accept(
    pageOf(listing, request, rows, (row) => ({
      sort: row[sortBy] as never,
      serviceName: row.serviceName,
      name: row.name,
    })),
  );
}
