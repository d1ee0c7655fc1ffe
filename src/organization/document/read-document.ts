import { accept, allAsOne, type Refusal, type Result, refuse, type SourcePosition } from '../../errors/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import { describeYaml, parseYaml, type YamlEntry, type YamlNode, yamlEntry } from '../../yaml-source/index.ts';
import { usualFederation } from '../federation/federation-rule.ts';
import { readResource } from '../placements/resource-reference.ts';
import { principalKinds } from '../principal.ts';
import { readEndDate } from '../teams/end-date.ts';
import { administratorsKind, administratorsTeam, membershipRoles } from '../teams/team.ts';
import { type Labels, rootUnit } from '../units/unit.ts';
import type {
  DocumentClass,
  DocumentFederationRule,
  DocumentMember,
  DocumentPrincipal,
  DocumentResource,
  DocumentTeam,
  DocumentUnit,
  OrganizationDocument,
  Placed,
} from './organization-document.ts';

/** Members that an entry of each section may have. docs/organization.schema.json says the same. */
export const documentMembers = {
  file: ['units', 'principals', 'teams', 'federation', 'environmentClasses', 'resources'],
  unit: ['parent', 'renamedFrom', 'description', 'labels'],
  principal: ['kind', 'until'],
  team: ['renamedFrom', 'unit', 'kind', 'description', 'labels', 'members'],
  member: ['role', 'until'],
  federationRule: ['issuer', 'audience', 'subject', 'claims', 'principal', 'teams', 'minutes', 'once'],
  resource: ['unit', 'owner', 'dataOwner', 'environmentClass', 'labels'],
} as const;

/**
 * Reads an organization from YAML. Whether its names exist, and its units are a tree, is found out by planning it.
 * @refuses what parseYaml refuses, and organization-file-wrong, with the first place; the message names all
 */
export function readOrganizationDocument(
  text: string,
  file: string,
  installation: Installation,
): Result<OrganizationDocument, Refusal> {
  const parsed = parseYaml(text, file);
  if (!parsed.ok) return parsed;
  const reader = new DocumentReader(installation);
  const document = reader.document(parsed.value);
  return reader.problems.length === 0 ? accept(document) : { ok: false, refusal: allAsOne(reader.problems) };
}

class DocumentReader {
  readonly problems: Refusal[] = [];
  readonly #installation: Installation;

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  document(root: YamlNode): OrganizationDocument {
    if (root.kind !== 'map') {
      this.#wrong(
        root.position,
        `The file is ${describeYaml(root)}.`,
        `Write a map of ${documentMembers.file.join(', ')}.`,
      );
      return {};
    }
    this.#onlyKnown(root, documentMembers.file, 'the file');
    const section = <Of>(name: string, read: (entry: YamlEntry) => Of | undefined): readonly Of[] | undefined => {
      const node = yamlEntry(root, name)?.value;
      return node && this.#entries(node, name).flatMap((entry) => read(entry) ?? []);
    };
    return {
      units: section('units', (entry) => this.#unit(entry)),
      principals: section('principals', (entry) => this.#principal(entry)),
      teams: section('teams', (entry) => this.#team(entry)),
      federation: section('federation', (entry) => this.#federationRule(entry)),
      environmentClasses: this.#classes(root),
      resources: section('resources', (entry) => this.#resource(entry)),
    };
  }

  #unit({ key: name, keyPosition, value }: YamlEntry): DocumentUnit {
    this.#onlyKnown(value, documentMembers.unit, 'a unit');
    return {
      ...placed(keyPosition, value),
      name,
      renamedFrom: this.#text(value, 'renamedFrom'),
      parent: this.#text(value, 'parent'),
      description: this.#text(value, 'description'),
      labels: this.#labels(value) ?? {},
    };
  }

  #principal({ key: name, keyPosition, value }: YamlEntry): DocumentPrincipal {
    this.#onlyKnown(value, documentMembers.principal, 'a principal');
    const kind = this.#choice(value, 'kind', principalKinds, 'person');
    const endsAt = yamlEntry(value, 'until') && (this.#endDate(value) ?? null);
    return { ...placed(keyPosition, value), name, kind, ...(endsAt !== undefined && { endsAt }) };
  }

  #team({ key: name, keyPosition, value }: YamlEntry): DocumentTeam {
    this.#onlyKnown(value, documentMembers.team, 'a team');
    const isAdministrators = name === administratorsTeam;
    const kind = this.#text(value, 'kind') ?? (isAdministrators ? administratorsKind : undefined);
    if (kind === undefined && !yamlEntry(value, 'kind')) {
      this.#wrong(keyPosition, `The team '${name}' has no kind.`, 'Add kind: platform, application, or another.');
    }
    const members = yamlEntry(value, 'members')?.value;
    return {
      ...placed(keyPosition, value),
      name,
      renamedFrom: this.#text(value, 'renamedFrom'),
      unit: this.#text(value, 'unit') ?? rootUnit,
      kind: kind ?? '',
      description: this.#text(value, 'description'),
      labels: this.#labels(value) ?? {},
      members: members && this.#entries(members, 'members').map((entry) => this.#member(entry)),
    };
  }

  #member({ key: principal, keyPosition, value }: YamlEntry): DocumentMember {
    this.#onlyKnown(value, documentMembers.member, 'a member');
    return {
      ...placed(keyPosition, value),
      principal,
      role: this.#choice(value, 'role', membershipRoles, 'member'),
      endsAt: this.#endDate(value),
    };
  }

  #endDate(node: YamlNode): Date | undefined {
    const until = this.#text(node, 'until');
    const endsAt = until === undefined ? undefined : readEndDate(until);
    if (until !== undefined && !endsAt) {
      const { position } = yamlEntry(node, 'until')?.value ?? node;
      this.#wrong(position, `until is '${until}'.`, 'Write a day, as 2027-01-31, or a moment with its zone.');
    }
    return endsAt;
  }

  #federationRule({ key: name, keyPosition, value }: YamlEntry): DocumentFederationRule {
    this.#onlyKnown(value, documentMembers.federationRule, 'a federation rule');
    const claims = this.#pairs(value, 'claims') ?? {};
    const needed = (member: 'issuer' | 'audience' | 'subject' | 'principal') => {
      const given = this.#text(value, member);
      if (given === undefined) this.#wrong(keyPosition, `The rule '${name}' has no ${member}.`, `Add ${member}.`);
      return given ?? '';
    };
    const minutes = this.#text(value, 'minutes');
    return {
      ...placed(keyPosition, value),
      name,
      issuer: needed('issuer'),
      audience: needed('audience'),
      subject: needed('subject'),
      claims,
      principal: needed('principal'),
      teams: this.#texts(value, 'teams'),
      minutes: minutes === undefined ? usualFederation.minutes : Number(minutes),
      once: this.#choice(value, 'once', ['true', 'false'], 'false') === 'true',
    };
  }

  #classes(root: YamlNode): readonly DocumentClass[] | undefined {
    const list = yamlEntry(root, 'environmentClasses')?.value;
    if (!list) return undefined;
    const names = this.#texts(root, 'environmentClasses');
    const items = list.kind === 'list' ? list.items : [];
    return names.map((name, index) => ({ name, position: items[index]?.position ?? list.position, positions: {} }));
  }

  #resource({ key, keyPosition, value }: YamlEntry): DocumentResource | undefined {
    this.#onlyKnown(value, documentMembers.resource, 'a resource');
    const reference = readResource(this.#installation, key);
    if (!reference) {
      const remedy =
        'Write its ARN, or the part behind the account: environment/prod, service/shop, account/111122223333.';
      this.#wrong(keyPosition, `'${key}' is no resource.`, remedy);
      return undefined;
    }
    return {
      ...placed(keyPosition, value),
      ...reference,
      unit: this.#textOrNull(value, 'unit'),
      ownerTeam: this.#textOrNull(value, 'owner'),
      dataOwnerTeam: this.#textOrNull(value, 'dataOwner'),
      environmentClass: this.#textOrNull(value, 'environmentClass'),
      labels: this.#labels(value),
    };
  }

  #entries(node: YamlNode, name: string): readonly YamlEntry[] {
    if (node.kind === 'map') return node.entries;
    if (node.kind === 'scalar' && node.value === null) return [];
    this.#wrong(
      node.position,
      `${name} is ${describeYaml(node)}.`,
      'Write a map: a name, a colon, and what belongs to it.',
    );
    return [];
  }

  /** Nothing at all is an entry with nothing special. */
  #onlyKnown(node: YamlNode, known: readonly string[], what: string): void {
    if (node.kind === 'scalar' && node.value === null) return;
    if (node.kind !== 'map') {
      this.#wrong(
        node.position,
        `Instead of ${what} there is ${describeYaml(node)}.`,
        `Write a map of ${known.join(', ')}.`,
      );
      return;
    }
    for (const { key, keyPosition } of node.entries) {
      if (!known.includes(key))
        this.#wrong(keyPosition, `'${key}' is nothing that ${what} has.`, `It may have ${known.join(', ')}.`);
    }
  }

  #text(node: YamlNode, name: string): string | undefined {
    const value = yamlEntry(node, name)?.value;
    if (value === undefined || (value.kind === 'scalar' && value.value === null)) return undefined;
    if (value.kind === 'scalar') return value.source;
    this.#wrong(value.position, `${name} is ${describeYaml(value)}.`, 'Write a text.');
    return undefined;
  }

  /** null: the file says that there shall be none. */
  #textOrNull(node: YamlNode, name: string): string | null | undefined {
    return yamlEntry(node, name) ? (this.#text(node, name) ?? null) : undefined;
  }

  #choice<Word extends string>(node: YamlNode, name: string, words: readonly Word[], usual: Word): Word {
    const given = this.#text(node, name);
    if (given === undefined) return usual;
    const word = words.find((each) => each === given);
    if (word === undefined) {
      const { position } = yamlEntry(node, name)?.value ?? node;
      this.#wrong(position, `${name} is '${given}'.`, `Write ${words.join(' or ')}.`);
    }
    return word ?? usual;
  }

  #labels(node: YamlNode): Labels | undefined {
    return this.#pairs(node, 'labels');
  }

  #pairs(node: YamlNode, name: 'labels' | 'claims'): Readonly<Record<string, string>> | undefined {
    const value = yamlEntry(node, name)?.value;
    if (value === undefined) return undefined;
    const pairs = this.#entries(value, name).map(({ key, value: each }) => {
      if (each.kind !== 'scalar') {
        const what = name === 'labels' ? 'label' : 'claim';
        this.#wrong(each.position, `The ${what} '${key}' is ${describeYaml(each)}.`, 'Write a text.');
      }
      return [key, each.kind === 'scalar' ? each.source : ''] as const;
    });
    return Object.fromEntries(pairs);
  }

  #texts(node: YamlNode, name: string): readonly string[] {
    const value = yamlEntry(node, name)?.value;
    if (value === undefined || (value.kind === 'scalar' && value.value === null)) return [];
    if (value.kind === 'list' && value.items.every((item) => item.kind === 'scalar'))
      return value.items.map((item) => (item.kind === 'scalar' ? item.source : ''));
    this.#wrong(value.position, `${name} is ${describeYaml(value)}.`, 'Write a list of names.');
    return [];
  }

  #wrong(position: SourcePosition, message: string, remedy: string): void {
    this.problems.push(refuse({ kind: 'invalid', code: 'organization-file-wrong', message, remedy, position }).refusal);
  }
}

function placed(position: SourcePosition, value: YamlNode): Placed {
  const entries = value.kind === 'map' ? value.entries : [];
  return { position, positions: Object.fromEntries(entries.map(({ key, value: { position: at } }) => [key, at])) };
}
