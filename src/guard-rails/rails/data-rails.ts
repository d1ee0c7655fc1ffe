import { typeClass } from '../../changes/index.ts';
import { isUnknown } from '../../cloudformation/index.ts';
import { type Demand, unfulfilled } from '../demand.ts';
import type { CheckedStack, Problem, TemplateRail } from '../guard-rail.ts';
import { numberOf } from '../parameter-rule.ts';
import { readOne, readProperty } from '../property-reading.ts';

const on = /^(?:true|ACTIVE)$/i;
const unprotected = 'can be deleted by mistake: its deletion protection is off.';

const protections: readonly Demand[] = [
  {
    type: 'AWS::RDS::DBInstance',
    path: 'DeletionProtection',
    good: on,
    unless: 'DBClusterIdentifier',
    wrong: unprotected,
  },
  ...[
    'AWS::RDS::DBCluster',
    'AWS::DocDB::DBCluster',
    'AWS::Neptune::DBCluster',
    'AWS::Cognito::UserPool',
    'AWS::QLDB::Ledger',
    'AWS::NeptuneGraph::Graph',
  ].map((type): Demand => ({ type, path: 'DeletionProtection', good: on, wrong: unprotected })),
  { type: 'AWS::DynamoDB::Table', path: 'DeletionProtectionEnabled', good: on, wrong: unprotected },
  {
    type: 'AWS::DynamoDB::GlobalTable',
    path: 'Replicas/*/DeletionProtectionEnabled',
    good: on,
    wrong: unprotected,
  },
];

/** Days that backups are kept, by type; what counts where nothing is written. */
const backupDays: readonly {
  readonly type: string;
  readonly path: string;
  readonly usual: number;
  readonly unless?: string;
}[] = [
  { type: 'AWS::RDS::DBInstance', path: 'BackupRetentionPeriod', usual: 1, unless: 'DBClusterIdentifier' },
  { type: 'AWS::RDS::DBCluster', path: 'BackupRetentionPeriod', usual: 1 },
  { type: 'AWS::DocDB::DBCluster', path: 'BackupRetentionPeriod', usual: 1 },
  { type: 'AWS::Neptune::DBCluster', path: 'BackupRetentionPeriod', usual: 1 },
  { type: 'AWS::Redshift::Cluster', path: 'AutomatedSnapshotRetentionPeriod', usual: 1 },
  { type: 'AWS::ElastiCache::ReplicationGroup', path: 'SnapshotRetentionLimit', usual: 0 },
  { type: 'AWS::MemoryDB::Cluster', path: 'SnapshotRetentionLimit', usual: 0 },
];

const backupSettings: readonly Demand[] = [
  {
    type: 'AWS::DynamoDB::Table',
    path: 'PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled',
    good: on,
    wrong: 'has no point-in-time recovery.',
  },
  { type: 'AWS::EFS::FileSystem', path: 'BackupPolicy/Status', good: /^ENABLED$/, wrong: 'is not backed up.' },
];

function shortBackups({ resources }: CheckedStack, daysMin: number): readonly Problem[] {
  return resources.flatMap(({ logicalId, type, properties }) =>
    backupDays
      .filter((each) => each.type === type && (each.unless === undefined || properties[each.unless] === undefined))
      .flatMap(({ path: property, usual }): Problem[] => {
        const days = readOne(properties, property) ?? usual;
        if (isUnknown(days)) {
          const message = 'How long its backups are kept is not known before it is deployed.';
          return [{ logicalId, type, property, message, isUnknown: true }];
        }
        if (Number(days) >= daysMin) return [];
        const message =
          Number(days) === 0
            ? 'It is not backed up.'
            : `Its backups are kept for ${Number(days)} days; at least ${daysMin} are wanted.`;
        return [{ logicalId, type, property, message }];
      }),
  );
}

/** What holds nothing that lives longer than its resource, or is kept by a protection of its own. */
const withoutContentToKeep = new Set(['AWS::Logs::LogGroup']);

function unkeptData({ resources }: CheckedStack): readonly Problem[] {
  return resources
    .filter(({ type }) => typeClass(type) === 'stateful' && !withoutContentToKeep.has(type))
    .flatMap(({ logicalId, type, deletionPolicy, updateReplacePolicy }): Problem[] => {
      const lost = [
        deletionPolicy === 'Delete' ? 'DeletionPolicy' : undefined,
        updateReplacePolicy === 'Delete' ? 'UpdateReplacePolicy' : undefined,
      ].filter((each) => each !== undefined);
      if (lost.length === 0) return [];
      const when = { DeletionPolicy: 'is deleted', UpdateReplacePolicy: 'is replaced' } as const;
      const message = `Its content goes when it ${lost.map((each) => when[each as keyof typeof when]).join(' or ')}: ${lost.join(' and ')} ${lost.length > 1 ? 'are' : 'is'} Delete.`;
      return [{ logicalId, type, message }];
    });
}

/** Of what stands: its service will refuse to delete it. */
function stillProtected({ resources }: CheckedStack): readonly Problem[] {
  return resources
    .filter(({ deletionPolicy }) => deletionPolicy === 'Delete' || deletionPolicy === 'Snapshot')
    .flatMap(({ logicalId, type, properties }) =>
      protections
        .filter((each) => each.type === type)
        .flatMap(({ path, good }) =>
          readProperty(properties, path).flatMap(({ path: property, value }): Problem[] => {
            const at = { logicalId, type, property };
            if (isUnknown(value))
              return [{ ...at, message: 'Perhaps it is protected from deletion.', isUnknown: true }];
            return good?.test(String(value)) ? [{ ...at, message: 'It is protected from deletion.' }] : [];
          }),
        ),
    );
}

export const dataRails: readonly TemplateRail[] = [
  {
    id: 'data-is-kept',
    looksAt: 'template',
    about: 'What holds data says Retain or Snapshot as DeletionPolicy and UpdateReplacePolicy.',
    remedy: 'Write DeletionPolicy and UpdateReplacePolicy: Retain, or Snapshot where the type has snapshots.',
    parameters: {},
    warnsByDefault: true,
    check: unkeptData,
  },
  {
    id: 'deletion-protection',
    looksAt: 'template',
    about: 'Databases, tables and user pools are protected from deletion by their service.',
    remedy: 'Turn its deletion protection on.',
    parameters: {},
    warnsByDefault: true,
    check: (stack) => unfulfilled(stack, protections),
  },
  {
    id: 'protected-stays',
    looksAt: 'template',
    about: 'A deletion does not remove what is protected from deletion by its service, which would refuse it half-way.',
    remedy: 'Turn its deletion protection off by an update, then delete.',
    deletions: 'only',
    parameters: {},
    warnsByDefault: true,
    check: stillProtected,
  },
  {
    id: 'backups-on',
    looksAt: 'template',
    about: 'Databases, caches, tables and file systems are backed up, for a number of days.',
    remedy: 'Turn its backups on, and keep them long enough.',
    parameters: { daysMin: { kind: 'number', about: 'how many days at least', usual: 1 } },
    warnsByDefault: true,
    check: (stack, parameters) => [
      ...shortBackups(stack, numberOf(parameters, 'daysMin')),
      ...unfulfilled(stack, backupSettings),
    ],
  },
];
