import { type ResourceType, verbGroups } from '../verbs.ts';

/** Everything of what can be governed is described alike, so that one rule can speak of all of it. */
const shape = (more = '') => `{
  name: String,
  unit: Unit,
  environmentClass: String,
  owner?: Team,
  dataOwner?: Team,${more}
} tags String`;

/** What only some have. */
const special: Partial<Record<ResourceType, string>> = {
  Team: '\n  kind: String, // platform, application, enablement, security, data, leadership, or a word of its own',
  Principal: '\n  kind: String, // person, machine',
};

const parents: Readonly<Record<ResourceType, readonly string[]>> = {
  Template: ['Unit'],
  Environment: ['Unit', 'EnvironmentClass', 'Account', 'Template'],
  Service: ['Unit', 'EnvironmentClass', 'Account', 'Template'],
  Instance: ['Unit', 'EnvironmentClass', 'Account', 'Template'],
  Pipeline: ['Unit', 'EnvironmentClass', 'Account', 'Template'],
  Component: ['Unit', 'EnvironmentClass', 'Account', 'Template'],
  Account: ['Unit', 'Account'],
  Unit: ['Unit'],
  Team: ['Unit'],
  Principal: ['Team', 'Unit'],
  Installation: ['Unit'],
};

/** Whom, what and which circumstances a rule may name, in Cedar's language: what a stored policy is checked against. */
export const cedarSchema = `// Who. A person or machine is in its teams, a team in its unit, a unit in the unit above.
entity Person in [Team] { name: String, units: Set<Unit> };
entity Machine in [Team] { name: String, units: Set<Unit> };

// What. A Principal is a person or machine to whom something is done, e.g. whose keys it is about; in a team is who is a
// member of it. Labels are tags: resource.hasTag("tier") && resource.getTag("tier") == "1". Without a class of environment: "none".
entity EnvironmentClass;
${Object.entries(parents)
  .map(([type, above]) => `entity ${type} in [${above.join(', ')}] ${shape(special[type as ResourceType])};`)
  .join('\n')}

// Circumstances. Relations are those of the principal to the resource: context.relations.contains("owner").
type Circumstances = {
  relations: Set<String>,
  changeClass: String, // none, compatible, breaking, data-affecting
  flags: Set<String>, // e.g. exposure-widening
  plan: { replaced: Long, removed: Long, statefulTouched: Long, targets: Long },
  time: { utc: datetime, weekday: String, hour: Long, zone: String }, // weekday (monday...) and hour (0 to 23) in the zone
  via: String, // proton, native, console, git, campaign
  owned: Long, // how many of the kind the owner has already, where that is counted
  asked: Set<String>, // deployment:approve: whose approval is wanted
};

// Done.
${Object.entries(verbGroups)
  .map(([group, members]) => {
    const actions = Object.entries(members).map(([verb, types]: [string, readonly string[]]) => {
      const applies = `principal: [Person, Machine], resource: [${types.join(', ')}], context: Circumstances`;
      return `action "${verb}" in ["${group}"] appliesTo { ${applies} };`;
    });
    return [`action "${group}";`, ...actions].join('\n');
  })
  .join('\n')}
`;
