import type { PartName } from './bundle.ts';
import type { RenderingData } from './namespaces.ts';

type Data = Readonly<Record<string, unknown>>;

/**
 * What Terraform files and CodeBuild commands get: the data that templates are rendered with, without the aliases that
 * only templates have, and with the members in the order of the files that Proton generated. An instance without
 * component has no `components.default` at all: `can(...)` must be false there.
 */
export function provisioningData(part: PartName, data: RenderingData): Data {
  const at = (name: string) => (data[name] ?? {}) as Data;
  switch (part) {
    case 'environment':
      return { environment: picked(at('environment'), ['name', 'inputs']) };
    case 'instance': {
      const instance = at('service_instance');
      const attached = ((instance.components ?? {}) as Data).default as Data | undefined;
      return {
        environment: environmentData(at('environment')),
        service: serviceData(at('service')),
        service_instance: {
          ...picked(instance, ['name', 'inputs']),
          components: attached?.name === undefined ? {} : { default: attached },
        },
      };
    }
    case 'pipeline':
      return {
        pipeline: picked(at('pipeline'), ['inputs']),
        service: serviceData(at('service')),
        service_instances: ((data.service_instances ?? []) as readonly Data[]).map((instance) => ({
          ...picked(instance, ['name', 'inputs', 'outputs']),
          environment: environmentData(instance.environment as Data),
        })),
      };
    case 'component':
      return {
        component: picked(at('component'), ['name']),
        environment: environmentData(at('environment')),
        ...('service' in data ? { service: picked(at('service'), ['name']) } : {}),
        ...('service_instance' in data ? { service_instance: picked(at('service_instance'), ['name', 'inputs']) } : {}),
      };
  }
}

function environmentData(environment: Data): Data {
  return picked(environment, ['account_id', 'name', 'outputs']);
}

function serviceData(service: Data): Data {
  return picked(service, ['name', 'repository_connection_arn', 'repository_id', 'branch_name']);
}

function picked(data: Data, names: readonly string[]): Data {
  return Object.fromEntries(names.map((name) => [name, data[name]]));
}

/** JSON in the style of the files that Proton committed, so that a change of ours is a change of content alone. */
export function protonJson(value: unknown, indentation = ''): string {
  const inner = `${indentation}  `;
  if (Array.isArray(value)) {
    return value.length === 0 ? '[ ]' : `[ ${value.map((item) => protonJson(item, indentation)).join(', ')} ]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return '{ }';
  const lines = members.map(([key, member]) => `${inner}${JSON.stringify(key)} : ${protonJson(member, inner)}`);
  return `{\n${lines.join(',\n')}\n${indentation}}`;
}

/** A value in HCL's own syntax; texts are taken literally. */
export function hclValue(value: unknown, indentation = ''): string {
  const inner = `${indentation}  `;
  if (typeof value === 'string') return JSON.stringify(value).replace(/[$%](?=\{)/g, '$&$&');
  if (Array.isArray(value)) return `[${value.map((item) => hclValue(item, indentation)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  if (members.length === 0) return '{}';
  const lines = members.map(([key, member]) => `${inner}${hclValue(key)} = ${hclValue(member, inner)}`);
  return `{\n${lines.join('\n')}\n${indentation}}`;
}
