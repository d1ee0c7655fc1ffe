import type { SourcePosition } from '../errors/index.ts';
import type { SourcePositions, TemplatePath } from './source-positions.ts';
import type { TemplateObject, TemplateValue } from './template-value.ts';

/** One entry of Parameters. Source: CloudFormation user guide, "Parameters". */
export interface ParameterDeclaration {
  readonly name: string;
  /** `String`, `Number`, `List<Number>`, `CommaDelimitedList`, an AWS-specific type, or an SSM parameter type. */
  readonly type: string;
  /** As text, the way a caller would give it. */
  readonly default?: string;
  readonly description?: string;
  readonly noEcho: boolean;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
  readonly constraintDescription?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

export const deletionPolicies = ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'] as const;
export type DeletionPolicy = (typeof deletionPolicies)[number];

/** One entry of Resources, as written. */
export interface ResourceDeclaration {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: TemplateObject;
  /** Logical ids of `DependsOn`. */
  readonly dependsOn: readonly string[];
  /** Name of a condition. */
  readonly condition?: string;
  /** A DeletionPolicy, or with AWS::LanguageExtensions an intrinsic function that gives one. */
  readonly deletionPolicy?: TemplateValue;
  readonly updateReplacePolicy?: TemplateValue;
  readonly metadata?: TemplateObject;
  readonly creationPolicy?: TemplateObject;
  readonly updatePolicy?: TemplateObject;
}

/** One entry of Outputs, as written. */
export interface OutputDeclaration {
  readonly name: string;
  readonly value: TemplateValue;
  readonly description?: string;
  readonly exportName?: TemplateValue;
  readonly condition?: string;
}

/** Names in the order of the template. */
export interface StackTemplate {
  readonly file: string;
  readonly format: 'yaml' | 'json';
  readonly text: string;
  readonly description?: string;
  /** Names of the declared transforms, e.g. `AWS::Serverless-2016-10-31`; also after they are expanded. */
  readonly transforms: readonly string[];
  readonly metadata?: TemplateObject;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  /** Map, key, attribute. */
  readonly mappings: TemplateObject;
  readonly conditions: ReadonlyMap<string, TemplateValue>;
  readonly rules?: TemplateObject;
  readonly resources: ReadonlyMap<string, ResourceDeclaration>;
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
  /** The whole template as data, intrinsic functions in long form. */
  readonly body: TemplateObject;
  readonly positions: SourcePositions;
}

/** Where the entry at `path` stands in the text, e.g. `['Resources', 'Queue']`; else the nearest entry around it. */
export function positionIn(template: StackTemplate, path: TemplatePath): SourcePosition {
  return template.positions.along(template.body, path);
}

export function resourcePosition(template: StackTemplate, logicalId: string): SourcePosition {
  return positionIn(template, ['Resources', logicalId]);
}
