import type { Result } from '../../errors/index.ts';
import type { Page } from '../../identifiers/index.ts';
import type { PageQuery } from './schema-parts.ts';

/** A page as it is answered: the items under their name. */
export function answerPage<Item, Shown>(
  name: string,
  page: Result<Page<Item>>,
  show: (item: Item) => Shown,
): Result<Record<string, unknown>> {
  if (!page.ok) return page;
  return { ok: true, value: { [name]: page.value.items.map(show), nextToken: page.value.nextToken } };
}

export const pageOfQuery = ({ limit: maxResults, nextToken }: PageQuery) => ({ maxResults, nextToken });
