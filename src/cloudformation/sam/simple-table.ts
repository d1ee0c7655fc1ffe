import { tagList } from './expressions.ts';
import type { ServerlessResource } from './serverless-document.ts';

const attributeTypes: Readonly<Record<string, string>> = { String: 'S', Number: 'N', Binary: 'B' };

/** AWS::Serverless::SimpleTable: a table with one key, paid per request unless a throughput is given. */
export function expandSimpleTable(resource: ServerlessResource): void {
  const key = resource.takeObject('PrimaryKey') ?? { Name: 'id', Type: 'String' };
  const throughput = resource.take('ProvisionedThroughput');
  const tags = resource.takeObject('Tags');
  const type = typeof key.Type === 'string' ? attributeTypes[key.Type] : undefined;
  if (type === undefined || key.Name === undefined) {
    resource.refuse("'PrimaryKey' must have a Name, and a Type of String, Number or Binary.");
    return;
  }
  resource.add(resource.logicalId, {
    Type: 'AWS::DynamoDB::Table',
    ...resource.attributes,
    Properties: {
      AttributeDefinitions: [{ AttributeName: key.Name, AttributeType: type }],
      KeySchema: [{ AttributeName: key.Name, KeyType: 'HASH' }],
      BillingMode: throughput === undefined ? 'PAY_PER_REQUEST' : undefined,
      ProvisionedThroughput: throughput,
      ...resource.takeAll(['TableName', 'SSESpecification', 'PointInTimeRecoverySpecification']),
      Tags: tags && tagList(tags),
    },
  });
  resource.finish();
}
