import apiJson from './api.json' with { type: 'json' };
import paginatorsJson from './paginators-waiters.json' with { type: 'json' };

/**
 * The published API model of AWS Proton (2020-07-20) as data: api.json and paginators-waiters.json in this folder.
 * Source: the service model that AWS ships with its SDKs (Apache-2.0), documentation texts left out.
 */
export interface ApiModel {
  readonly metadata: { readonly targetPrefix: string; readonly signingName: string; readonly jsonVersion: string };
  readonly operations: Readonly<Record<string, OperationModel>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export interface OperationModel {
  readonly name: string;
  readonly input: ShapeReference;
  readonly output: ShapeReference;
  /** The exceptions the operation may answer with; clients know no other. */
  readonly errors: readonly ShapeReference[];
  readonly idempotent?: boolean;
}

export interface ShapeReference {
  readonly shape: string;
}

export interface MemberReference extends ShapeReference {
  /** Clients fill such a member with a random token when the caller gave none. */
  readonly idempotencyToken?: boolean;
}

export type Shape = StructureShape | ListShape | StringShape | IntegerShape | BooleanShape | TimestampShape;

export interface StructureShape {
  readonly type: 'structure';
  readonly members: Readonly<Record<string, MemberReference>>;
  readonly required?: readonly string[];
  /** Exactly one member is present. */
  readonly union?: boolean;
  readonly sensitive?: boolean;
  readonly exception?: boolean;
  /** An exception that is the server's fault: HTTP 500 instead of 400. */
  readonly fault?: boolean;
}

export interface ListShape {
  readonly type: 'list';
  readonly member: ShapeReference;
  readonly min?: number;
  readonly max?: number;
}

export interface StringShape {
  readonly type: 'string';
  readonly enum?: readonly string[];
  /** A regular expression that must be found in the value; most are anchored on both sides. */
  readonly pattern?: string;
  readonly min?: number;
  readonly max?: number;
  readonly sensitive?: boolean;
}

export interface IntegerShape {
  readonly type: 'integer';
  readonly min?: number;
  readonly max?: number;
}

export interface BooleanShape {
  readonly type: 'boolean';
}

export interface TimestampShape {
  readonly type: 'timestamp';
}

export interface Paginator {
  readonly input_token: string;
  readonly output_token: string;
  readonly limit_key?: string;
  readonly result_key: string;
}

export const apiModel = apiJson as unknown as ApiModel;
export const paginators = paginatorsJson.paginators as Readonly<Record<string, Paginator>>;

/** The shape behind a name of the model. A name the model does not know is a broken promise of the model file. */
export function shapeOf(model: ApiModel, name: string): Shape {
  const shape = model.shapes[name];
  if (!shape) throw new Error(`The API model names the shape ${name}, but does not define it.`);
  return shape;
}
