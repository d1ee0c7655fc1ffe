import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { givenPrincipal } from '../organization/testing/organization-world.ts';
import { installationTimeZone } from './time-zone.ts';

let fresh: Database;
let former: Database;
beforeAll(async () => {
  [fresh, former] = [await testDatabase(), await testDatabase()];
});
afterAll(() => Promise.all([fresh.close(), former.close()]));

test('a new installation has UTC until it is given another zone, whatever its processes have', async () => {
  const zone = (given?: string) => installationTimeZone(fresh.db, given, 'Asia/Tokyo');
  expect(await zone()).toEqual({ ok: true, value: 'UTC' });
  await givenPrincipal(fresh.db, 'ana');
  expect(await zone()).toEqual({ ok: true, value: 'UTC' });
  expect(await zone('Europe/Berlin')).toEqual({ ok: true, value: 'Europe/Berlin' });
  expect(await zone('Europe/Berlln')).toMatchObject({ refusal: { code: 'time-zone-wrong' } });
  expect(await zone()).toEqual({ ok: true, value: 'Europe/Berlin' });
});

test('an upgraded one goes on with the zone of its process', async () => {
  await givenPrincipal(former.db, 'ana');
  expect(await installationTimeZone(former.db, undefined, 'Asia/Tokyo')).toEqual({ ok: true, value: 'Asia/Tokyo' });
  expect(await installationTimeZone(former.db, undefined, 'UTC')).toEqual({ ok: true, value: 'Asia/Tokyo' });
});
