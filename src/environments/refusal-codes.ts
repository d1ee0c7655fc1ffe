/** Every "no" of this room, with what its heading in docs/errors.md says. */
export const environmentRefusalCodes = {
  'connection-and-role': 'An account connection and a role are given, and only one of them can be.',
  'connection-missing': 'There is no such environment account connection.',
  'connection-unchangeable': 'An environment that was created without an account connection cannot get one.',
  'environment-busy': 'A deployment of the environment runs; nothing about it can be changed meanwhile.',
  'environment-in-use': 'Service instances or components are still in the environment.',
  'environment-limit': 'There are as many environments as there may be.',
  'environment-missing': 'There is no such environment.',
  'nothing-is-deployed': 'Parameters of a deployment were given with deploymentType NONE.',
  'right-missing': 'The environment lacks what the way of provisioning needs: a role or a repository.',
  'right-unchangeable': 'The account and the repository of an environment cannot be changed.',
} as const;
