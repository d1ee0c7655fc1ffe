import type { Db } from '../database/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { checkTagCount, checkTags, type TagRefusal, type Tags } from './tag.ts';
import { tagsLock, tagsOf, tagsPut } from './tag-store.ts';

/** What such keys say is about the thing alone. */
const ownPrefix = 'deuteron:';

/**
 * Adds tags to a thing. What is created below another thing starts with the tags of that one, but for `deuteron:`:
 * later changes do not reach it. Source: AWS Proton user guide, "Tag propagation".
 * @param inheritFrom the ARN whose tags a new thing starts with
 */
export async function tagResource(
  tx: Db,
  arn: string,
  given: readonly { readonly key: string; readonly value: string }[],
  inheritFrom?: string,
): Promise<Result<Tags, TagRefusal>> {
  const checked = checkTags(given);
  if (!checked.ok) return checked;
  await tagsLock(tx, arn);
  const before = inheritFrom === undefined ? await tagsOf(tx, arn) : inheritable(await tagsOf(tx, inheritFrom));
  const all = checkTagCount({ ...before, ...checked.value });
  if (!all.ok) return all;
  await tagsPut(tx, arn, inheritFrom === undefined ? checked.value : all.value);
  return accept(all.value);
}

function inheritable(tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith(ownPrefix)));
}
