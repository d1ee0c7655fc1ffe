import { randomBytes } from 'node:crypto';
import { partitionOf } from '../state/place.ts';
import type { RoleSession } from '../state/role-session.ts';
import { sessionKeyId } from '../wire/caller.ts';
import { formText } from '../wire/query-protocol.ts';
import { answer, constraintError, validationError } from '../wire/service-error.ts';
import type { Action } from './action.ts';

const roleArnPattern = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/;
const sessionNamePattern = /^[\w+=,.@-]{2,64}$/;

/** Any role of any account may be assumed; a fault on AssumeRole takes that away. */
export const assumeRole: Action = async ({ state }, { input }) => {
  const roleArn = formText(input, 'RoleArn');
  const sessionName = formText(input, 'RoleSessionName');
  if (roleArn === undefined) return constraintError('roleArn', null, 'not be null');
  if (sessionName === undefined) return constraintError('roleSessionName', null, 'not be null');
  const [, accountId, roleName] = roleArnPattern.exec(roleArn) ?? [];
  if (!accountId || !roleName) return validationError(`${roleArn} is invalid`);
  if (!sessionNamePattern.test(sessionName)) {
    return constraintError('roleSessionName', sessionName, 'satisfy regular expression pattern: [\\w+=,.@-]*');
  }
  const seconds = Number(formText(input, 'DurationSeconds') ?? 3600);
  if (!(seconds >= 900 && seconds <= 43_200)) {
    return constraintError('durationSeconds', String(seconds), 'have value between 900 and 43200');
  }
  const session: RoleSession = {
    accessKeyId: sessionKeyId(accountId, randomBytes(5)),
    accountId,
    roleArn,
    sessionName,
    expiresAt: new Date(state.now().getTime() + seconds * 1000),
  };
  state.noteSession(session);
  return answer({
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: randomBytes(30).toString('base64'),
      SessionToken: `simulated//${randomBytes(120).toString('base64')}`,
      Expiration: session.expiresAt,
    },
    AssumedRoleUser: { AssumedRoleId: `AROA${roleId(roleName)}:${sessionName}`, Arn: assumedRoleArn(session) },
    PackedPolicySize: 0,
  });
};

export const getCallerIdentity: Action = async (_, { caller }) => {
  const { accountId, region, session } = caller;
  if (!session) {
    return answer({ UserId: accountId, Account: accountId, Arn: `arn:${partitionOf(region)}:iam::${accountId}:root` });
  }
  const roleName = session.roleArn.split('/').at(-1) ?? '';
  return answer({
    UserId: `AROA${roleId(roleName)}:${session.sessionName}`,
    Account: accountId,
    Arn: assumedRoleArn(session),
  });
};

function assumedRoleArn({ roleArn, accountId, sessionName }: RoleSession): string {
  const partition = roleArn.split(':')[1] ?? 'aws';
  return `arn:${partition}:sts::${accountId}:assumed-role/${roleArn.split('/').at(-1)}/${sessionName}`;
}

function roleId(roleName: string): string {
  return Buffer.from(roleName).toString('hex').toUpperCase().padEnd(17, '0').slice(0, 17);
}
