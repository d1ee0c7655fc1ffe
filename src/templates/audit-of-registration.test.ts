import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { listAudit } from '../audit/index.ts';
import { templateWorld } from './testing/template-world.ts';

test('a hostile archive leaves an entry that nobody can take back, whatever becomes of its version', async () => {
  const world = await templateWorld();
  const tar = pack();
  tar.entry({ name: '../../etc/passwd' }, 'root');
  tar.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of tar) pieces.push(Buffer.from(piece as Uint8Array));
  await world.template('environment', 'network');
  const version = await world.register('environment', 'network', gzipSync(Buffer.concat(pieces)));
  expect(version.status).toBe('REGISTRATION_FAILED');
  const listed = await listAudit(world.database.db, { target: version.arn }, {});
  expect(listed).toMatchObject({
    ok: true,
    value: {
      items: [
        {
          principal: 'deuteron',
          verb: 'deuteron:RegisterTemplateVersion',
          outcome: 'refused',
          code: 'bundle-refused',
          requestId: version.registrationId,
        },
      ],
    },
  });
  await world.close();
});
