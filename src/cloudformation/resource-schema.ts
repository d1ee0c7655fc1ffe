/** Type of a property or attribute. `json` is free-form, `tag` is an object with Key and Value. */
export type PropertyType =
  | 'string'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'json'
  | 'date-time'
  | 'null'
  | 'tag'
  | { readonly list: PropertyType }
  | { readonly map: PropertyType }
  | { readonly any: readonly PropertyType[] }
  /** Name of an entry of `definitions`. */
  | { readonly of: string };

/** Whether changing a property makes another resource in place of the old one. */
export type Replacement = 'yes' | 'maybe' | 'no';

/** One property as its published schema describes it. Absent members: optional, `replaces: 'no'`, ordered. */
export interface PropertySchema {
  readonly type: PropertyType;
  /** Types it had in older publications; templates that use them are still taken. */
  readonly formerly?: readonly PropertyType[];
  readonly required?: true;
  readonly replaces?: 'yes' | 'maybe';
  /** A list that is a set: its order means nothing. */
  readonly unordered?: true;
  /** Why a change of it is a matter of security, e.g. `IngressRules`. */
  readonly scrutiny?: string;
  /** Published for completeness, never to be used. */
  readonly ignored?: true;
}

export type PropertySchemas = { readonly [name: string]: PropertySchema };

/**
 * A resource type as AWS publishes it. Paths are written with `/` between names and `*` for the items of a list.
 * Sources: the package @aws-cdk/aws-service-spec; members marked [provider] come from the resource provider schemas.
 */
export interface ResourceSchema {
  readonly type: string;
  readonly properties: PropertySchemas;
  readonly definitions: { readonly [name: string]: PropertySchemas };
  /** What Fn::GetAtt gives: dotted names. */
  readonly attributes: { readonly [name: string]: PropertyType };
  /** Properties or attributes that together identify a resource in Cloud Control. */
  readonly primaryIdentifier: readonly string[];
  /** What `Ref` gives where it is not the primary identifier. */
  readonly refIdentifier?: readonly string[];
  readonly stateful?: true;
  /** Why any change of the resource is a matter of security, e.g. `IdentityPolicyResource`. */
  readonly scrutiny?: string;
  readonly tags?: { readonly property: string; readonly form: 'standard' | 'asg' | 'map' };
  /** [provider] False where tags of a living resource cannot be changed. */
  readonly tagsUpdatable?: false;
  /** Transform a template must declare to use the type. */
  readonly transform?: string;
  /** Paths that replace although the type they lie in is shared with places where it does not. */
  readonly replacingPaths?: readonly string[];
  /** [provider] */
  readonly createOnly?: readonly string[];
  /** [provider] */
  readonly conditionalCreateOnly?: readonly string[];
  /** [provider] Never read back, so invisible to drift detection. */
  readonly writeOnly?: readonly string[];
  /** [provider] Absent: the new one is created before the old one is deleted. */
  readonly replacementStrategy?: 'create_then_delete' | 'delete_then_create';
}
