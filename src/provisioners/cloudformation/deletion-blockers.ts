interface BlockedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly reason: string;
}

interface Blocker {
  readonly says: RegExp;
  readonly remedy: (names: string) => string;
}

/**
 * What keeps a resource from being deleted, by the words of the service that owns it, and what takes it away. Sources:
 * the error messages of S3, ECR, RDS, DynamoDB, EC2, Cognito, ELB and IAM as field reports quote them.
 */
const blockers: readonly Blocker[] = [
  {
    says: /not empty|BucketNotEmpty|RepositoryNotEmpty|still contains images/i,
    remedy: (names) => `empty ${names} (all versions, where it keeps versions), when nobody needs what lies there`,
  },
  {
    says: /(deletion|delete|termination)[ -]?protect/i,
    remedy: (names) => `switch off the deletion protection of ${names}`,
  },
  {
    says: /dependent object|DependencyViolation|has dependencies|is currently (?:in use|attached)|is in use|ResourceInUse|must detach|DeleteConflict/i,
    remedy: (names) => `remove what was added to ${names} from outside and still uses it`,
  },
  {
    says: /AccessDenied|not authorized|UnauthorizedOperation|Access Denied/i,
    remedy: (names) => `give the role the right to delete ${names}`,
  },
];

/** What has to be done before a deletion can go on, by name; one sentence for all. */
export function deletionRemedy(causes: readonly BlockedResource[]): string {
  const todo = blockers.flatMap(({ remedy }, index) => {
    const names = causes.filter((cause) => blockerOf(cause) === index).map(({ logicalId }) => logicalId);
    return names.length > 0 ? [remedy(names.join(', '))] : [];
  });
  const others = causes.filter((cause) => blockerOf(cause) === -1).map(({ logicalId }) => logicalId);
  if (others.length > 0) todo.push(`remove what keeps ${others.join(', ')}`);
  if (todo.length === 0) todo.push('remove what keeps the named resources');
  const [first = '', ...rest] = todo;
  return `${[first.charAt(0).toUpperCase() + first.slice(1), ...rest].join('; ')}. Then delete again: it goes on from there.`;
}

function blockerOf({ reason }: BlockedResource): number {
  return blockers.findIndex(({ says }) => says.test(reason));
}
