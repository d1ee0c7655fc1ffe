import type { Clock } from '../clock/index.ts';
import type { Db } from '../database/index.ts';
import type { Installation } from '../identifiers/index.ts';
import type { FetchObject } from '../object-storage/index.ts';
import type { WorkflowEngine } from '../workflows/index.ts';
import type { StoredSpec } from './check-upgrade.ts';
import type { TemplateRef } from './template.ts';
import type { VersionRef } from './template-version.ts';
import type { VersionAnalysis } from './version-analysis.ts';

/** How many there may be. Source: AWS General Reference, Proton quotas. */
export interface TemplateLimits {
  readonly templates: number;
  readonly versionsPerTemplate: number;
}

export const usualTemplateLimits: TemplateLimits = { templates: 1_000, versionsPerTemplate: 1_000 };

export interface TemplateTools {
  readonly db: Db;
  readonly clock: Clock;
  readonly installation: Installation;
  readonly engine: WorkflowEngine;
  readonly limits: TemplateLimits;
  /** Who compares versions; absent: this thread. */
  readonly analysis?: VersionAnalysis;
  /** Who runs on a version, for the refusal to delete it: ARNs. */
  readonly usersOf: (db: Db, version: VersionRef) => Promise<readonly string[]>;
}

/** What registering a version needs besides. */
export interface RegistrationTools {
  readonly db: Db;
  readonly clock: Clock;
  readonly fetchObject: FetchObject;
  /** Who compares versions and tries upgrades; absent: this thread. */
  readonly analysis?: VersionAnalysis;
  /** What is deployed at any version of a template; absent: nothing is. A new version is tried on it. */
  readonly storedSpecs?: (db: Db, template: TemplateRef) => Promise<readonly StoredSpec[]>;
}
