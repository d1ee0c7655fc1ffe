import type { Db } from '../database/index.ts';
import type { Result } from '../errors/index.ts';
import { type Listing, type Page, type PageRequest, type PageTokenRefusal, readPage } from '../identifiers/index.ts';
import type { PlacementReach } from '../organization/index.ts';
import type { Template, TemplateKind, TemplateRef } from './template.ts';
import { templateList } from './template-store.ts';
import type { TemplateVersionSummary } from './template-version.ts';
import { majorList, minorList } from './template-version-store.ts';

/** Those within reach, newest first. */
export async function listTemplates(
  db: Db,
  kind: TemplateKind,
  request: PageRequest,
  reach?: PlacementReach,
): Promise<Result<Page<Template>, PageTokenRefusal>> {
  const key = { createdAt: 'time', name: 'text' } as const;
  const listing: Listing<typeof key> = { name: `List ${kind} templates`, filters: null, key };
  return readPage(listing, request, (behind, rowsMax) => templateList(db, kind, behind, rowsMax, reach));
}

/** The minors of a major; without a major one entry for each, its highest version. Highest first. */
export async function listTemplateVersions(
  db: Db,
  template: TemplateRef,
  major: number | undefined,
  request: PageRequest,
): Promise<Result<Page<TemplateVersionSummary>, PageTokenRefusal>> {
  const key = { major: 'number', minor: 'number' } as const;
  const listing: Listing<typeof key> = {
    name: `List ${template.kind} template versions`,
    filters: [template.name, major],
    key,
  };
  return readPage(listing, request, (behind, rowsMax) =>
    major === undefined ? majorList(db, template, behind, rowsMax) : minorList(db, template, major, behind, rowsMax),
  );
}
