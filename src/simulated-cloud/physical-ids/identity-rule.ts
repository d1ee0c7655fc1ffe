/**
 * How a type's physical id and attributes look, as patterns with places to fill:
 *   {name}       its name: the property `name.property` if given, else generated
 *   {id}         its physical id (in attributes)
 *   {account} {region} {partition} {suffix} {stack} {stackId} {logical} {now}
 *   {generation} counts the physical resources of this logical id, from 1
 *   {hex17} {alnum10} {digits10} {uuid} {ip}     drawn; `{hex17:other}` draws another one
 *   {=Path.To}   the property; `{=Path|fallback}` when it is absent; `{/Path|fallback}` the last part of an ARN or path
 *   {Path>mark}  what stands behind `mark` in the property
 *   {Path?a=x|b=y|z}  x where the property is a, y where it is b, else z
 */
export interface IdentityRule {
  readonly name?: NameRule;
  readonly id: string;
  readonly attributes?: Readonly<Record<string, Pattern>>;
}

export type Pattern = string | number | boolean | readonly string[];

export interface NameRule {
  /** The property by which a template may name the resource. */
  readonly property: string;
  readonly lengthMax: number;
  readonly lowercase?: boolean;
  /** Within what a name may exist once. Source: the naming rules of each service. */
  readonly unique: 'global' | 'account' | 'region' | 'no';
}

export type IdentityRules = Readonly<Record<string, IdentityRule>>;

export function named(
  property: string,
  lengthMax: number,
  options: { lowercase?: boolean; unique?: NameRule['unique'] } = {},
): NameRule {
  return { property, lengthMax, lowercase: options.lowercase, unique: options.unique ?? 'region' };
}
