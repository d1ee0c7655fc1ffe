/**
 * Writes documented-updates.json: what the user guide says under "Update requires", as the former resource
 * specification published it, wherever that says more than the resource schemas do (which know no interruptions).
 * `node extract-documented-updates.ts <folder of the package @aws-cdk/cfnspec 2.72.1>`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { replacementAt, resourceSchema } from '../resource-schemas.ts';

type UpdateType = 'Mutable' | 'Immutable' | 'Conditional';
interface SpecifiedProperty {
  readonly UpdateType?: UpdateType;
  readonly Type?: string;
  readonly ItemType?: string;
}
interface Specification {
  readonly ResourceTypes: Record<string, { readonly Properties: Record<string, SpecifiedProperty> }>;
  readonly PropertyTypes: Record<string, { readonly Properties?: Record<string, SpecifiedProperty> }>;
}

const depthMax = 5;
const text = readFileSync(join(argv[2] ?? '', 'spec', 'specification.json'), 'utf8');
const specification = JSON.parse(text) as Specification;
const documented: Record<string, Record<string, string[]>> = {};

for (const [type, { Properties }] of Object.entries(specification.ResourceTypes).sort()) {
  const schema = resourceSchema(type);
  if (!schema) continue;
  const said = { interruption: [] as string[], replacement: [] as string[], inPlace: [] as string[] };
  const visit = (properties: Record<string, SpecifiedProperty>, around: readonly (string | number)[]): void => {
    for (const [name, property] of Object.entries(properties)) {
      const path = [...around, name];
      const written = path.map((step) => (typeof step === 'number' ? '*' : step)).join('/');
      const { replaces } = replacementAt(schema, path);
      if (property.UpdateType === 'Conditional' && replaces !== 'yes') said.interruption.push(written);
      if (property.UpdateType === 'Immutable' && replaces !== 'yes') said.replacement.push(written);
      if (property.UpdateType === 'Mutable' && replaces === 'maybe' && around.length === 0) said.inPlace.push(written);
      const inner = property.ItemType ?? property.Type;
      const members = specification.PropertyTypes[`${type}.${inner}`]?.Properties;
      if (members && path.length < depthMax) {
        visit(members, property.Type === 'List' || property.Type === 'Map' ? [...path, 0] : path);
      }
    }
  };
  visit(Properties, []);
  const kept = Object.entries(said).filter(([, paths]) => paths.length > 0);
  if (kept.length > 0) documented[type] = Object.fromEntries(kept);
}
writeFileSync(join(import.meta.dirname, 'documented-updates.json'), `${JSON.stringify(documented, null, 1)}\n`);
