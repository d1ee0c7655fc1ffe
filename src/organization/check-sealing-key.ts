import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result } from '../errors/index.ts';
import { accessKeyFind, accessKeyList } from './access-key-store.ts';
import { secretPurpose } from './issue-access-key.ts';
import type { SealingKey } from './sealing-key.ts';

/** Whether this is the key that the database was filled with; any fits one that holds nothing sealed. @refuses SealBroken */
export async function checkSealingKey(db: Db, sealingKey: SealingKey): Promise<Result<void, Refusal<'SealBroken'>>> {
  const [newest] = await accessKeyList(db, {}, undefined, 1);
  const sealed = newest && (await accessKeyFind(db, newest.id));
  if (!sealed) return accept(undefined);
  const opened = sealingKey.open(sealed.sealedSecret, secretPurpose(sealed.id));
  return opened.ok ? accept(undefined) : opened;
}
