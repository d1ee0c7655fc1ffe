/**
 * Database: one PostgreSQL, embedded or by DATABASE_URL, its migrations and its sessions.
 *
 * Lives here: starting the embedded server, connecting, migrating, LISTEN/NOTIFY. Never here: a domain table's queries.
 */
