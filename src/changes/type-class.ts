import typeClasses from './data/type-classes.json' with { type: 'json' };

/**
 * What is lost when a resource is replaced: `stateful` its content, `identity` a name or address that others hold,
 * `revision` nothing, `link` a connection while it is missing, `observer` a view.
 */
export type TypeClass = 'stateful' | 'identity' | 'revision' | 'link' | 'observer';

const classes = new Map<string, TypeClass>(
  Object.entries(typeClasses.classes).flatMap(([name, types]) =>
    types.map((type): [string, TypeClass] => [type, name as TypeClass]),
  ),
);

/** The class of a resource type; a type that nobody has classified counts as `identity`. */
export function typeClass(type: string): TypeClass {
  return classes.get(type) ?? (typeClasses.default as TypeClass);
}
