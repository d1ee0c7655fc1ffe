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
import type { Template, TemplateKind } from './template.ts';
import { templateList } from './template-store.ts';
import type { TemplateVersion } from './template-version.ts';
import { versionList } from './template-version-store.ts';

/** Newest first. */
export async function listTemplates(
  db: Db,
  kind: TemplateKind,
  request: PageRequest,
): Promise<Result<Page<Template>, PageTokenRefusal>> {
  const listing = {
    name: `List ${kind} templates`,
    filters: null,
    key: { createdAt: 'time', name: 'text' },
  } as const satisfies Listing<{
    createdAt: 'time';
    name: 'text';
  }>;
  const start = pageStart(listing, request);
  if (!start.ok) return start;
  const rows = await templateList(db, kind, start.value, pageSize(request));
  return accept(pageOf(listing, request, rows, ({ createdAt, name }) => ({ createdAt, name })));
}

/** The minors of a major; without a major one entry for each, its highest version. Highest first. */
export async function listTemplateVersions(
  db: Db,
  kind: TemplateKind,
  name: string,
  major: number | undefined,
  request: PageRequest,
): Promise<Result<Page<TemplateVersion>, PageTokenRefusal>> {
  const listing = {
    name: `List ${kind} template versions`,
    filters: [name, major],
    key: { major: 'number', minor: 'number' },
  } as const satisfies Listing<{
    major: 'number';
    minor: 'number';
  }>;
  const start = pageStart(listing, request);
  if (!start.ok) return start;
  const all = await versionList(db, { kind, name }, major);
  const shown = major === undefined ? all.filter((each, index) => all[index - 1]?.major !== each.major) : all;
  const { value: after } = start;
  const rest = after
    ? shown.filter((each) => each.major < after.major || (each.major === after.major && each.minor < after.minor))
    : shown;
  return accept(
    pageOf(listing, request, rest.slice(0, pageSize(request) + 1), (each) => ({
      major: each.major,
      minor: each.minor,
    })),
  );
}
