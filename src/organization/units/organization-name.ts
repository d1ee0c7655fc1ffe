/** Names of units and teams, as they stand in tags, paths and policies: one word of the shell. */
export function isOrganizationName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(name);
}

/** Kinds of teams and classes of environments may be words of one's own. */
export function isOwnWord(word: string): boolean {
  return /^[a-z][a-z0-9-]{0,39}$/.test(word);
}

export const labelsMax = 50;

/** The first label that cannot be one. */
export function wrongLabel(labels: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(labels).find(
    ([key, value]) => !/^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,126}$/.test(key) || !/^[^\p{C}]{0,255}$/u.test(value),
  )?.[0];
}
