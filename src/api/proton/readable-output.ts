import { type Reads, thingOfArn } from '../authorisation/index.ts';
import type { OperationName, OperationOutputs } from './operation.ts';

/** The lists of things, and which member of an item says of which thing it is. */
const listed: { readonly [Name in OperationName]?: readonly [list: string, arn: string] } = {
  ListDeployments: ['deployments', 'targetArn'],
  ListEnvironments: ['environments', 'arn'],
  ListEnvironmentTemplates: ['templates', 'arn'],
  ListServiceInstances: ['serviceInstances', 'arn'],
  ListServices: ['services', 'arn'],
  ListServiceTemplates: ['templates', 'arn'],
};

/**
 * A page without what its reader may not read, for rules that no query can ask about: it may have fewer items than asked
 * for, and a token for the next all the same.
 */
export async function readableOutput<Name extends OperationName>(
  operation: Name,
  output: OperationOutputs[Name],
  reads: Reads,
): Promise<OperationOutputs[Name]> {
  const [list, member] = listed[operation] ?? [];
  if (list === undefined || member === undefined) return output;
  const page = output as Readonly<Record<string, unknown>>;
  const items = page[list] as readonly Readonly<Record<string, unknown>>[];
  const arnOf = (item: Readonly<Record<string, unknown>>) => String(item[member]);
  if (list === 'deployments') {
    const deployments = items as readonly { readonly id: string }[];
    const readable = await reads.records('deployment', deployments, (item) => thingOfArn(arnOf({ ...item })));
    return { ...page, deployments: readable } as OperationOutputs[Name];
  }
  const readable = await reads.among(items.flatMap((item) => thingOfArn(arnOf(item)) ?? []));
  return { ...page, [list]: items.filter((item) => readable.has(arnOf(item))) } as OperationOutputs[Name];
}
