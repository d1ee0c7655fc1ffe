import { type Db, transact } from '../../database/index.ts';
import { accept, type Result, refuse } from '../../errors/index.ts';
import { type Listing, pageOf, pageSize, pageStart } from '../../identifiers/index.ts';
import { checkTagKeys, tagResource, tagsLock, tagsOf, tagsRemove } from '../../tags/index.ts';
import type { ProtonOperations } from './operation.ts';
import { knownArn } from './resource-arn.ts';

export interface TagOperationTools {
  readonly db: Db;
  /** The tags that Proton itself gives a thing, `aws:proton:*`; undefined when there is no such thing. */
  readonly managedTags: (db: Db, arn: string) => Promise<Readonly<Record<string, string>> | undefined>;
}

export function tagOperations({ db, managedTags }: TagOperationTools) {
  async function existing(on: Db, arn: string): Promise<Result<Readonly<Record<string, string>>>> {
    const managed = await managedTags(on, arn);
    if (managed) return accept(managed);
    return refuse({
      kind: 'missing',
      code: 'tagged-resource-missing',
      message: `The requested resource does not exist: ${arn}`,
      remedy: 'Check the ARN.',
    });
  }

  /** Does it while the thing cannot be deleted: no tag outlives its thing. */
  function change(
    arn: string,
    work: (tx: Db, arn: string) => Promise<Result<Record<string, never>>>,
  ): Promise<Result<Record<string, never>>> {
    return transact(db, async (tx) => {
      await tagsLock(tx, arn);
      const managed = await existing(tx, arn);
      return managed.ok ? work(tx, arn) : managed;
    });
  }

  return {
    ListTagsForResource: async (input) => {
      const resourceArn = knownArn(input.resourceArn);
      const managed = await existing(db, resourceArn);
      if (!managed.ok) return managed;
      const listing = {
        name: 'ListTagsForResource',
        filters: resourceArn,
        key: { key: 'text' },
      } as const satisfies Listing<{ key: 'text' }>;
      const start = pageStart(listing, input);
      if (!start.ok) return start;
      const all = Object.entries({ ...(await tagsOf(db, resourceArn)), ...managed.value }).map(([key, value]) => ({
        key,
        value,
      }));
      const rest = all
        .sort((left, right) => (left.key < right.key ? -1 : 1))
        .filter(({ key }) => start.value === undefined || key > start.value.key)
        .slice(0, pageSize(input) + 1);
      const page = pageOf(listing, input, rest, ({ key }) => ({ key }));
      return accept({ tags: page.items, nextToken: page.nextToken });
    },
    TagResource: ({ resourceArn, tags }) =>
      change(knownArn(resourceArn), async (tx, arn) => {
        const tagged = await tagResource(tx, arn, tags);
        return tagged.ok ? accept({}) : tagged;
      }),
    UntagResource: ({ resourceArn, tagKeys }) =>
      change(knownArn(resourceArn), async (tx, arn) => {
        const allowed = checkTagKeys(tagKeys);
        if (!allowed.ok) return allowed;
        await tagsRemove(tx, arn, tagKeys);
        return accept({});
      }),
  } satisfies ProtonOperations;
}
