export interface TreeUnit {
  readonly name: string;
  readonly parent?: string;
  readonly description?: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface TreeTeam {
  readonly name: string;
  readonly unit: string;
  readonly kind: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface TreeMembership {
  readonly team: string;
  readonly principal: string;
  readonly role: string;
  readonly until?: string;
}

interface Branch {
  readonly text: string;
  readonly below: readonly Branch[];
}

/** The organization as a tree of lines: in each unit first its teams, then the units below it, by name. */
export function organizationTree(
  units: readonly TreeUnit[],
  teams: readonly TreeTeam[],
  memberships: readonly TreeMembership[],
): string[] {
  const unitsBelow = Map.groupBy(units, ({ parent }) => parent);
  const teamsIn = Map.groupBy(teams, ({ unit }) => unit);
  const membersOf = Map.groupBy(memberships, ({ team }) => team);
  const ofTeam = (team: TreeTeam): Branch => {
    const members = (membersOf.get(team.name) ?? []).map(describeMember).join(', ') || 'nobody';
    return { text: `${team.name} (${team.kind}): ${members}${describeLabels(team.labels)}`, below: [] };
  };
  const ofUnit = (unit: TreeUnit): Branch => ({
    text: `${unit.name}/${unit.description ? `  ${unit.description}` : ''}${describeLabels(unit.labels)}`,
    below: [...(teamsIn.get(unit.name) ?? []).map(ofTeam), ...(unitsBelow.get(unit.name) ?? []).map(ofUnit)],
  });
  return (unitsBelow.get(undefined) ?? []).map(ofUnit).flatMap(({ text, below }) => [text, ...lines(below)]);
}

function lines(branches: readonly Branch[]): string[] {
  return branches.flatMap(({ text, below }, index) => {
    const isLast = index === branches.length - 1;
    const under = lines(below).map((line) => `${isLast ? '   ' : '│  '}${line}`);
    return [`${isLast ? '└─ ' : '├─ '}${text}`, ...under];
  });
}

function describeMember({ principal, role, until }: TreeMembership): string {
  return `${principal}${role === 'lead' ? ' (lead)' : ''}${until ? ` until ${until}` : ''}`;
}

function describeLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '' : `  [${pairs.join(', ')}]`;
}
