import { identify, nameRuleOf } from '../physical-ids/identity.ts';
import type { AccountIndex } from '../state/account-index.ts';
import type { JsonObject } from '../state/json.ts';
import type { ResourceToImport, Stack } from '../state/stack.ts';
import { publishedIdentity } from './published-type.ts';

/** As the resource's own service knows it. */
export interface ImportedIdentity extends Pick<ReturnType<typeof identify>, 'attributes' | 'claim'> {
  readonly physicalId: string;
}

/** What the imported resource is: its id as it was given, its attributes as its properties suggest. */
export function importedIdentity(
  seed: string,
  stack: Stack,
  { logicalId, type, identifier }: ResourceToImport,
  properties: JsonObject,
): ImportedIdentity {
  const { accountId, region, name: stackName, id: stackId, createdAt } = stack;
  const published = publishedIdentity(type);
  const place = { seed, accountId, region, stackName, stackId, createdAt };
  const known = { ...properties, ...identifier };
  const drawn = identify({ ...place, logicalId, type, generation: 1, properties: known, published });
  const given = (published?.refParts ?? []).map((part) => identifier[part]);
  const physicalId = given.length > 0 && given.every((part) => part !== undefined) ? given.join('|') : drawn.physicalId;
  return { ...drawn, physicalId };
}

/**
 * Why it cannot be taken over, in the words of its service. Where names exist once, there must be one that no stack has;
 * the rest is believed.
 */
export function notImportable(
  account: AccountIndex,
  stack: Stack,
  { type, identifier }: ResourceToImport,
  claim: ImportedIdentity['claim'],
) {
  if (!claim || nameRuleOf(type)?.unique === 'no') return undefined;
  const taken = account.taken(stack.region, claim);
  const id = Object.values(identifier).join('|');
  if (!taken)
    return `Resource handler returned message: "Resource of type '${type}' with identifier '${id}' was not found." (HandlerErrorCode: NotFound)`;
  return taken.stackId === undefined ? undefined : `${id} already exists in stack ${taken.stackId}`;
}
