/**
 * CLI: the command line. Offline commands use only the pure rooms.
 *
 * Lives here: flags and their environment variables, what is printed, exit codes. Never here: a rule of the domain.
 */
export { checkCommand } from './check-command.ts';
export { type CloudFlags, type Commands, commandLine, type DoctorFlags, type ServerFlags } from './command-line.ts';
export { reportExamination } from './doctor-command.ts';
export { printRefusal } from './print-refusal.ts';
export { renderCommand } from './render-command.ts';
export { runCommandLine } from './run-command-line.ts';
