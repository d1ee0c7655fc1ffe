import type { MigrationState } from '../database/index.ts';
import type { Finding } from './finding.ts';

export function databaseFindings({ missing, unknown, edited }: MigrationState): Finding[] {
  const findings: Finding[] = [];
  if (missing.length > 0) {
    findings.push({
      finding: 'database-behind',
      subject: missing.join(', '),
      message: 'The database was not yet brought up to this version of Deuteron.',
      remedy: 'Start a server of this version: `deuteron server`. It does so by itself.',
    });
  }
  if (unknown.length > 0) {
    findings.push({
      finding: 'database-ahead',
      subject: unknown.join(', '),
      message: 'The database was migrated by a newer version of Deuteron; a server of this one would not start.',
      remedy: 'Use the newer version; or restore a backup made before the upgrade.',
    });
  }
  if (edited.length > 0) {
    findings.push({
      finding: 'migration-changed',
      subject: edited.join(', '),
      message: 'These files are not as they were when they were run on the database; a server would not start.',
      remedy: 'Reinstall this version of Deuteron.',
    });
  }
  return findings;
}
