import { expect, test } from 'vitest';
import { versionStep } from './engine-version.ts';

test.each([
  ['postgres', '15.4', '15.7', 'minor'],
  ['postgres', '15.7', '16.3', 'major'],
  ['postgres', '9.5.2', '9.6.1', 'major'],
  ['postgres', '16.3', '15.7', 'lower'],
  ['mysql', '8.0.35', '8.0.40', 'minor'],
  ['mysql', '8.0.35', '8.4.3', 'major'],
  ['mariadb', '10.6.1', '10.11.1', 'major'],
  ['aurora-mysql', '8.0.mysql_aurora.3.04.0', '8.0.mysql_aurora.3.05.2', 'minor'],
  ['aurora-mysql', '5.7.mysql_aurora.2.11.2', '8.0.mysql_aurora.3.04.0', 'major'],
  ['aurora-postgresql', '15.4', '15.6', 'minor'],
  ['redis', '6.2', '7.0', 'major'],
  ['redis', '7.0', '6.2', 'lower'],
  ['opensearch', 'OpenSearch_2.5', 'OpenSearch_2.11', 'minor'],
  ['opensearch', 'OpenSearch_1.3', 'OpenSearch_2.11', 'major'],
  ['opensearch', 'Elasticsearch_7.10', 'OpenSearch_1.3', 'major'],
  ['opensearch', 'OpenSearch_1.3', 'Elasticsearch_7.10', 'lower'],
  ['sqlserver-se', '15.00.4236.7.v1', '16.00.4085.2.v1', 'major'],
  ['kafka', '2.8.1', '3.5.1', 'major'],
  ['postgres', '15', '15.7', 'same'],
  ['postgres', 'latest', '15.7', 'unknown'],
] as const)('%s %s to %s: %s', (engine, before, after, step) => {
  expect(versionStep(engine, before, after)).toBe(step);
});
