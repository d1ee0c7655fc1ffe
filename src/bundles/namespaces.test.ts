import { expect, test } from 'vitest';
import type { PartName } from './bundle.ts';
import {
  componentData,
  environmentData,
  instanceData,
  offeredPaths,
  pipelineData,
  type RenderingData,
} from './namespaces.ts';

const environment = { name: 'dev', accountId: '111122223333', outputs: { VpcId: 'vpc-1' } };
const service = { name: 'shop', repositoryId: 'o/r', repositoryConnectionArn: 'arn:c', branchName: 'main' };
const instance = { name: 'live', inputs: { port: 80 } };

/** With all that can be there: a component is attached, the pipeline has an instance. */
const fullest: Readonly<Record<PartName, RenderingData>> = {
  environment: environmentData(environment, { cidr: '10.0.0.0/16' }),
  instance: instanceData(environment, service, instance, { name: 'bucket', outputs: { Arn: 'arn:b' } }),
  pipeline: pipelineData(service, { branch: 'main' }, [{ ...instance, outputs: { Url: 'u' }, environment }]),
  component: componentData('bucket', environment, { service, instance }),
};

/** Every name in the data; what templates name freely, and items of lists, as `*`. */
function namesIn(value: unknown, at: readonly string[] = []): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => namesIn(item, [...at, '*']));
  if (typeof value !== 'object' || value === null) return [at.join('.')];
  const isFree = ['inputs', 'outputs'].includes(at.at(-1) ?? '');
  return Object.entries(value).flatMap(([key, member]) => namesIn(member, [...at, isFree ? '*' : key]));
}

test.each(Object.keys(fullest) as PartName[])('the check allows exactly the names that %s files get', (part) => {
  expect([...offeredPaths[part]].sort()).toEqual(namesIn(fullest[part]).sort());
});
