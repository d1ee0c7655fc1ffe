import { describe, expect, test } from 'vitest';
import type * as wire from './generated/types.ts';
import { readInstanceFilters } from './instance-filters.ts';

type Filters = NonNullable<wire.ListServiceInstancesInput['filters']>;
const read = (filters: Filters, serviceName?: string) => readInstanceFilters({ filters, serviceName });

test('values of one key are alternatives', () => {
  const filters: Filters = [
    { key: 'name', value: 'a' },
    { key: 'environmentName', value: 'dev' },
    { key: 'name', value: 'b' },
  ];
  expect(read(filters)).toMatchObject({ value: { filters: { name: ['a', 'b'], environmentName: ['dev'] } } });
});

test('of several times the widest counts', () => {
  const filters: Filters = [
    { key: 'createdAtBefore', value: '2026-01-02T00:00:00Z' },
    { key: 'createdAtBefore', value: '2026-01-03T00:00:00.5Z' },
    { key: 'createdAtAfter', value: '2026-01-02T00:00:00Z' },
    { key: 'createdAtAfter', value: '2026-01-01T01:00:00+01:00' },
  ];
  expect(read(filters)).toMatchObject({
    value: {
      filters: {
        createdAtBefore: new Date('2026-01-03T00:00:00.500Z'),
        createdAtAfter: new Date('2026-01-01T00:00:00Z'),
      },
    },
  });
});

test('the service and a filter for services must both hold', () => {
  const filters: Filters = [{ key: 'serviceName', value: 'other' }];
  expect(read(filters, 'shop')).toMatchObject({ value: { filters: { serviceName: [] } } });
  expect(read(filters)).toMatchObject({ value: { filters: { serviceName: ['other'] } } });
  expect(read([], 'shop')).toMatchObject({ value: { filters: { serviceName: ['shop'] } } });
});

test('how far behind: in any case of letters', () => {
  const filters: Filters = [{ key: 'deployedTemplateVersionStatus', value: 'behind_minor' }];
  expect(read(filters)).toMatchObject({ value: { staleness: ['BEHIND_MINOR'] } });
});

describe('refused', () => {
  const cases = [
    { name: 'a key without value', filter: { key: 'name' }, code: 'filter-incomplete' },
    { name: 'a value without key', filter: { value: 'a' }, code: 'filter-incomplete' },
    {
      name: 'a word for a time',
      filter: { key: 'createdAtBefore', value: 'yesterday' },
      code: 'filter-time-malformed',
    },
    {
      name: 'a time without zone',
      filter: { key: 'createdAtAfter', value: '2026-01-01T00:00:00' },
      code: 'filter-time-malformed',
    },
    {
      name: 'a status that there is not',
      filter: { key: 'deployedTemplateVersionStatus', value: 'OLD' },
      code: 'filter-value-unknown',
    },
  ] as const;
  test.each(cases)('$name', ({ filter, code }) => {
    expect(read([filter])).toMatchObject({ ok: false, refusal: { kind: 'invalid', code } });
  });
});
