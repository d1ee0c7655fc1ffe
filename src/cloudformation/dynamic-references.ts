/** A reference that the service resolves while it works on a resource, e.g. `{{resolve:ssm:/app/image:3}}`. */
export interface DynamicReference {
  readonly text: string;
  readonly service: 'ssm' | 'ssm-secure' | 'secretsmanager';
  /** What stands behind the service: parameter name and version; secret id, JSON key, version stage, version id. */
  readonly key: string;
}

const pattern = /\{\{resolve:(ssm-secure|ssm|secretsmanager):([^{}\s]+)\}\}/g;

/** All dynamic references of a text, in order. Source: CloudFormation user guide, "Dynamic references". */
export function dynamicReferencesIn(text: string): readonly DynamicReference[] {
  if (!text.includes('{{resolve:')) return [];
  return [...text.matchAll(pattern)].map(([whole, service, key]) => ({
    text: whole,
    service: service as DynamicReference['service'],
    key: key ?? '',
  }));
}
