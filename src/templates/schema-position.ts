import type { SourcePosition } from '../errors/index.ts';
import { parseYaml, yamlAt, yamlEntry, yamlMember } from '../yaml-source/index.ts';

const file = 'schema/schema.yaml';

/**
 * Where a schema speaks of an input; of what is nearest to it, when the input itself is not there.
 * @param path as `Incompatibility.path`, e.g. `service_input_type.ports[].number`
 */
export function schemaPosition(schemaText: string, path: string): SourcePosition {
  const start = { file, line: 1, column: 1 };
  const parsed = parseYaml(schemaText, file);
  const schema = parsed.ok ? yamlMember(parsed.value, 'schema') : undefined;
  const [inputType = '', ...names] = path.split('.');
  const typeName = yamlEntry(schema, inputType);
  if (typeName?.value.kind !== 'scalar') return start;
  const type = yamlEntry(yamlMember(schema, 'types'), String(typeName.value.value));
  let nearest = type ?? typeName;
  let here = type?.value;
  for (const name of names) {
    const [property = '', ...lists] = name.split('[]');
    const entry = yamlEntry(yamlMember(here, 'properties'), property);
    if (!entry) break;
    nearest = entry;
    here = yamlAt(
      entry.value,
      lists.map(() => 'items'),
    );
  }
  return nearest.keyPosition;
}
