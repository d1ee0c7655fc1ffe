import typeClasses from './data/type-classes.json' with { type: 'json' };
import { terraformFacts } from './terraform/terraform-types.ts';

/**
 * What is lost when a resource is replaced: `stateful` its content, `identity` a name or address that others hold,
 * `revision` nothing, `link` a connection while it is missing, `observer` a view.
 */
export type TypeClass = 'stateful' | 'identity' | 'revision' | 'link' | 'observer';

const classes = new Map<string, TypeClass>(
  [...Object.entries(typeClasses.classes), ...Object.entries(terraformFacts.classes)].flatMap(([name, types]) =>
    types.map((type): [string, TypeClass] => [type, name as TypeClass]),
  ),
);

/**
 * The class of a resource type of CloudFormation or Terraform; a type that nobody has classified counts as `identity`.
 */
export function typeClass(type: string): TypeClass {
  const known = classes.get(type) ?? classes.get(terraformFacts.cloudFormationTypes[type] ?? '');
  return known ?? (typeClasses.default as TypeClass);
}
