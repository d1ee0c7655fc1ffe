import { expect, vi } from 'vitest';
import type { Db } from '../../database/index.ts';
import { recorded, wholeRecord } from './recorded-workflow.ts';

const patience = { timeout: 40_000, interval: 20 };

export async function untilTold({ db }: { readonly db: Db }, id: string, step: string | undefined): Promise<void> {
  await vi.waitFor(async () => expect(await recorded(db, id)).toContain(step), patience);
}

/** Everything was done, in order, and its end once; a step that was broken off may have been begun twice. */
export async function expectWhole({ db }: { readonly db: Db }, id: string): Promise<void> {
  const steps = await recorded(db, id);
  expect(steps.filter((each) => each === wholeRecord.at(-1))).toHaveLength(1);
  expect([...new Set(steps)]).toEqual(wholeRecord);
}
