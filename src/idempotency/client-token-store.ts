import { sql } from 'kysely';
import type { Db } from '../database/index.ts';
import { type ClientRequest, clientTokenExpiry } from './client-token.ts';

type ClientTokenTable = {
  client_token: {
    account_id: string;
    operation: string;
    token: string;
    parameters_hash: string;
    resource_arn: string;
    remembered_at: Date;
  };
};

/** Until the transaction ends, every other that asks for the same token waits. */
export async function clientTokenLock(tx: Db, request: ClientRequest): Promise<void> {
  const name = [request.account, request.operation, request.token].join('\n');
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
}

export async function clientTokenFind(
  tx: Db,
  request: ClientRequest,
): Promise<{ parametersHash: string; resourceArn: string } | undefined> {
  return await tx
    .withTables<ClientTokenTable>()
    .selectFrom('client_token')
    .select(['parameters_hash as parametersHash', 'resource_arn as resourceArn'])
    .where('account_id', '=', request.account)
    .where('operation', '=', request.operation)
    .where('token', '=', request.token)
    .where('remembered_at', '>', clientTokenExpiry(request.now))
    .executeTakeFirst();
}

export async function clientTokenUpsert(tx: Db, request: ClientRequest, resourceArn: string): Promise<void> {
  const remembered = {
    parameters_hash: request.parametersHash,
    resource_arn: resourceArn,
    remembered_at: request.now,
  };
  await tx
    .withTables<ClientTokenTable>()
    .insertInto('client_token')
    .values({ account_id: request.account, operation: request.operation, token: request.token, ...remembered })
    .onConflict((conflict) => conflict.columns(['account_id', 'operation', 'token']).doUpdateSet(remembered))
    .execute();
}

export async function clientTokenDeleteByResource(tx: Db, resourceArn: string): Promise<void> {
  await tx.withTables<ClientTokenTable>().deleteFrom('client_token').where('resource_arn', '=', resourceArn).execute();
}

/** Deletes some of the tokens that count no more: a bounded piece of work that no other transaction waits for. */
export async function clientTokenPrune(tx: Db, now: Date): Promise<void> {
  await sql`delete from client_token where ctid = any (array(
    select ctid from client_token where remembered_at <= ${clientTokenExpiry(now)} limit 20 for update skip locked
  ))`.execute(tx);
}
