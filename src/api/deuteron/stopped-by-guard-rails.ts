import type { FastifyRequest } from 'fastify';
import type { Db } from '../../database/index.ts';
import { deploymentFind } from '../../deployments/index.ts';
import { describeBlocking, reportFind } from '../../guard-rails/index.ts';
import { authorisedOf } from './caller.ts';

/**
 * Why guard rails stopped a deployment, in short, for who may read it. undefined: they did not, or there is none. What they
 * stop comes to no decision, or to none that counts: it is they who say why.
 */
export async function stoppedByGuardRails(db: Db, request: FastifyRequest, id: string): Promise<string | undefined> {
  const deployment = await deploymentFind(db, id);
  const report = deployment?.standing.state === 'failed' ? await reportFind(db, id) : undefined;
  const blocking = report ? describeBlocking(report) : [];
  if (!deployment || blocking.length === 0) return undefined;
  const readable = await authorisedOf(request).reads.records('deployment', [deployment], ({ target }) => target);
  if (readable.length === 0) return undefined;
  const lines = blocking.map((line) => `  ${line}`);
  return ['Stopped by guard rails:', ...lines, `All of it, with remedies: deuteron guard-rail report ${id}`].join('\n');
}
