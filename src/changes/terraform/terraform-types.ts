import terraformTypes from '../data/terraform-types.json' with { type: 'json' };

export interface DataProperty {
  readonly rule: string;
  readonly bad: string;
  readonly absent?: unknown;
}
/** Where a type says which engine it runs, and in which version. */
export interface Engine {
  readonly version: string;
  readonly engine: string;
  readonly named?: string;
}
interface OpenValues {
  readonly path: string;
  readonly open: readonly string[];
  readonly absent?: string;
}
type ByType<Value> = Readonly<Record<string, Value>>;

/** Facts about types of Terraform; what they mean is said in the file. */
export const terraformFacts: {
  readonly cloudFormationTypes: ByType<string>;
  readonly classes: ByType<readonly string[]>;
  readonly names: ByType<readonly string[]>;
  readonly guards: ByType<{ readonly property: string }>;
  readonly interruptions: ByType<readonly string[]>;
  readonly engines: ByType<Engine>;
  readonly dataProperties: ByType<ByType<DataProperty>>;
  readonly openSettings: ByType<readonly OpenValues[]>;
} = terraformTypes;
