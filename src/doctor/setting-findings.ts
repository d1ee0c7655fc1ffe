import type { Db } from '../database/index.ts';
import type { Refusal } from '../errors/index.ts';
import { accessKeyList, checkSealingKey, findSealingKey } from '../organization/index.ts';
import type { Finding } from './finding.ts';

export interface Settings {
  readonly sealingKey?: string;
  readonly dataFolder: string;
}

/** Whether the sealing key can be read, and opens what was sealed. */
export async function settingFindings(db: Db, { sealingKey: given, dataFolder: folder }: Settings): Promise<Finding[]> {
  const key = await findSealingKey({ given, folder });
  if (!key.ok) return [invalid(key.refusal)];
  const [sealed] = await accessKeyList(db, {}, undefined, 1);
  if (!sealed) return [];
  if (!key.value) {
    return [
      {
        finding: 'setting-invalid',
        subject: 'sealing key',
        message: `The database holds access keys, and the key that they are sealed with is neither given nor in ${folder}: a server started like this would make a new one, and refuse every request.`,
        remedy:
          'Give the same --sealing-key (DEUTERON_SEALING_KEY) or --data-folder as the server has. A worker needs it only to deliver webhooks.',
      },
    ];
  }
  const fits = await checkSealingKey(db, key.value);
  return fits.ok ? [] : [invalid(fits.refusal)];
}

function invalid({ message, remedy }: Refusal): Finding {
  return { finding: 'setting-invalid', subject: 'sealing key', message, remedy };
}
