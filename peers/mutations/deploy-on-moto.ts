import type { MutationCase } from '../../mutations/case-folder.ts';
import { deployableCase } from '../../mutations/deployable-case.ts';
import { type Observation, observeDeployment } from '../../mutations/observe-deployment.ts';
import { predict } from '../../mutations/predict.ts';
import type { MotoServer } from '../cloudformation/moto-server.ts';
import { emptyMoto } from './cloud-of-moto.ts';
import { type DifferenceOnMoto, differencesOnMoto, type Seen, seenOnMoto } from './compare-on-moto.ts';
import { isMadeBy } from './failed-resources.ts';
import { resourcesOf, templateForMoto } from './template-for-moto.ts';

export interface CaseOnMoto {
  readonly id: string;
  readonly observed: Observation;
  /** Every resource that moto was sent; none, where the update did not go through. */
  readonly seen: readonly Seen[];
  readonly differences: readonly DifferenceOnMoto[];
  /** Type of every resource that it was not sent, by logical id. */
  readonly leftOut: ReadonlyMap<string, string>;
}

/** Deploys both versions of a case on a moto that has forgotten everything before. @param types of moto */
export async function deployOnMoto(
  mutation: MutationCase,
  moto: MotoServer,
  types: ReadonlySet<string>,
): Promise<CaseOnMoto> {
  const { client, lookUp, prepare } = await emptyMoto(moto);
  const written = deployableCase(mutation, lookUp);
  const isMade = isMadeBy(types);
  const both = [written.before, ...(typeof written.after === 'string' ? [] : [written.after])];
  // what one version is sent without, the other is too: else it would be seen to come or go
  const notMade = both.flatMap(resourcesOf).filter((resource) => !isMade(resource));
  const leftOut = new Map(notMade.map(({ logicalId, type }) => [logicalId, type]));
  const ids = new Set(leftOut.keys());
  const before = templateForMoto(written.before, ids);
  const after = typeof written.after === 'string' ? written.after : templateForMoto(written.after, ids);
  const sent = { ...written, before, after };
  await prepare(sent);
  const observed = await observeDeployment(client, sent);
  client.destroy();
  const said = predict(mutation);
  const made = new Map([...before.types, ...(typeof after === 'string' ? [] : after.types)]);
  const seen = observed.end === 'updated' ? seenOnMoto(said, observed.resources, made) : [];
  const { id } = written;
  return { id, observed, seen, leftOut, differences: differencesOnMoto(id, said, observed.end, seen) };
}

/** Deploys all cases, on as many motos as there are at once. @returns in the order of the cases */
export async function deployAllOnMoto(
  cases: readonly MutationCase[],
  motos: readonly MotoServer[],
  types: ReadonlySet<string>,
): Promise<readonly CaseOnMoto[]> {
  const waiting = [...cases.entries()];
  const done: CaseOnMoto[] = [];
  const work = async (moto: MotoServer): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, mutation] = next;
      done[index] = await deployOnMoto(mutation, moto, types);
    }
  };
  await Promise.all(motos.map(work));
  return done;
}
