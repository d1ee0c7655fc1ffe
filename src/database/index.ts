/**
 * Database: one PostgreSQL, embedded or by DATABASE_URL, its migrations and its sessions.
 *
 * Lives here: starting the embedded server, connecting, migrating, LISTEN/NOTIFY. Never here: a domain table's queries.
 * Start at database.ts; for tests, testing/index.ts.
 */
export { type Database, type DatabaseOptions, type Db, openDatabase, openExistingDatabase } from './database.ts';
export { defaultDataFolder } from './default-data-folder.ts';
export { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
export { type MigrationState, type MigrationsOptions, migrate, migrationState, productMigrations } from './migrate.ts';
export { type Listener, listen, notify } from './notifications.ts';
export { isRunning } from './running-process.ts';
export { isStorable } from './storable.ts';
export { foreignKeyUser, type LastWord, lastInTransactions, transact } from './transact.ts';
