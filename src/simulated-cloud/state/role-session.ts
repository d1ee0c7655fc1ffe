/** What AssumeRole gave out. */
export interface RoleSession {
  readonly accessKeyId: string;
  readonly accountId: string;
  readonly roleArn: string;
  readonly sessionName: string;
  readonly expiresAt: Date;
}
