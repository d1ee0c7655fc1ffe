import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type Bundle, bundleText, manifestPath, type PartName, partDirectories, pathsBelow } from './bundle.ts';
import { readManifest } from './manifest.ts';

/** What a configuration of Terraform declares. Expressions are texts with `${`, as they are written. */
export interface TerraformModule {
  readonly variables: ReadonlyMap<string, TerraformVariable>;
  readonly outputs: ReadonlyMap<string, TerraformOutput>;
  /** By address: `aws_vpc.main`. Data sources are left out. */
  readonly resources: ReadonlyMap<string, TerraformResource>;
  /** Calls of other modules, by name, with their arguments. */
  readonly calls: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  readonly locals: Readonly<Record<string, unknown>>;
  /** `moved` blocks: from address to address. */
  readonly moved: ReadonlyMap<string, string>;
  /** Addresses of `removed` blocks that leave the thing in the cloud. */
  readonly forgotten: ReadonlySet<string>;
  /** Required version by source of the provider. */
  readonly providers: ReadonlyMap<string, string>;
  /** Version in the lock file by source of the provider. */
  readonly locked: ReadonlyMap<string, string>;
}

export interface TerraformVariable {
  /** The type constraint as it is written; absent: any. */
  readonly type?: string;
  readonly hasDefault: boolean;
  readonly default?: unknown;
  readonly isNullable: boolean;
  readonly isSensitive: boolean;
  /** Conditions as they are written. */
  readonly validations: readonly string[];
}

export interface TerraformOutput {
  /** As it is written. */
  readonly value: unknown;
  readonly isSensitive: boolean;
}

export interface TerraformResource {
  readonly type: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly preventsDestroy: boolean;
}

export type TerraformModuleRefusal = Refusal<'terraform-module-unreadable'>;

/**
 * The configuration of a part of a bundle; undefined where the part is not there or is not provisioned by Terraform.
 * @refuses files that HashiCorp's parser refuses
 */
export async function readTerraformPart(
  bundle: Bundle,
  part: PartName,
): Promise<Result<TerraformModule | undefined, TerraformModuleRefusal>> {
  const directory = partDirectories[part];
  const text = bundleText(bundle, manifestPath(directory));
  const manifest = text === undefined ? undefined : readManifest(text, manifestPath(directory)).manifest;
  if (manifest?.method !== 'terraform') return accept(undefined);
  const files = new Map<string, string>();
  for (const path of pathsBelow(bundle, directory)) {
    const name = path.slice(directory.length + 1);
    const isOwn = name === '.terraform.lock.hcl' || (name.endsWith('.tf') && !name.includes('/'));
    const content = isOwn ? bundleText(bundle, path) : undefined;
    if (content !== undefined) files.set(name, content);
  }
  return readTerraformModule(files);
}

/** @param files texts of the .tf files of one folder, and of its lock file, by name */
export async function readTerraformModule(
  files: ReadonlyMap<string, string>,
): Promise<Result<TerraformModule, TerraformModuleRefusal>> {
  const blocks: Blocks[] = [];
  let lock: Blocks = {};
  for (const [name, text] of files) {
    if (text.trim() === '') continue;
    try {
      const { parse } = await import('@cdktn/hcl2json'); // large, and most bundles are not Terraform
      const read = (await parse(name, text)) as Blocks;
      if (name === '.terraform.lock.hcl') lock = read;
      else blocks.push(read);
    } catch (error) {
      return refuse({
        kind: 'invalid',
        code: 'terraform-module-unreadable',
        message: `${name} is not valid HCL: ${String((error as Error).message ?? error).split('\n')[0]}.`,
        remedy: 'Correct the file; "terraform fmt" shows the place.',
      });
    }
  }
  return accept(moduleFrom(blocks, lock));
}

type Blocks = Readonly<Record<string, unknown>>;

function moduleFrom(files: readonly Blocks[], lock: Blocks): TerraformModule {
  const named = (kind: string) => files.flatMap((file) => labelled(file[kind]));
  const resources = files.flatMap((file) =>
    labelled2(file.resource).map(([type, name, body]): [string, TerraformResource] => [
      `${type}.${name}`,
      resourceFrom(type, body),
    ]),
  );
  const required = files.flatMap((file) => list(file.terraform).flatMap((block) => list(block.required_providers)));
  return {
    variables: new Map(named('variable').map(([name, body]) => [name, variableFrom(body)])),
    outputs: new Map(
      named('output').map(([name, body]) => [name, { value: body.value, isSensitive: body.sensitive === true }]),
    ),
    resources: new Map(resources),
    calls: new Map(named('module')),
    locals: Object.assign({}, ...files.flatMap((file) => list(file.locals))) as Blocks,
    moved: new Map(
      files.flatMap((file) => list(file.moved)).map(({ from, to }) => [expressionText(from), expressionText(to)]),
    ),
    forgotten: new Set(
      files
        .flatMap((file) => list(file.removed))
        .filter(({ lifecycle }) => list(lifecycle).some(({ destroy }) => destroy === false))
        .map(({ from }) => expressionText(from)),
    ),
    providers: new Map(required.flatMap((block) => Object.entries(block).flatMap(requiredProvider))),
    locked: new Map(
      labelled(lock.provider).flatMap(([source, { version }]) =>
        typeof version === 'string' ? [[shortSource(source), version] as const] : [],
      ),
    ),
  };
}

function variableFrom(body: Blocks): TerraformVariable {
  const hasDefault = Object.hasOwn(body, 'default');
  return {
    ...(body.type !== undefined && { type: expressionText(body.type) }),
    hasDefault,
    ...(hasDefault && { default: body.default }),
    isNullable: body.nullable !== false,
    isSensitive: body.sensitive === true,
    validations: list(body.validation).map(({ condition }) => expressionText(condition)),
  };
}

function resourceFrom(type: string, body: Blocks): TerraformResource {
  const { lifecycle, ...given } = body;
  return {
    type,
    arguments: given,
    preventsDestroy: list(lifecycle).some(({ prevent_destroy: prevents }) => prevents === true),
  };
}

function requiredProvider([name, given]: [string, unknown]): [string, string][] {
  if (typeof given === 'string') return [[`hashicorp/${name}`, given]];
  if (!isBlock(given)) return [];
  const source = typeof given.source === 'string' ? shortSource(given.source) : `hashicorp/${name}`;
  return typeof given.version === 'string' ? [[source, given.version]] : [];
}

function shortSource(source: string): string {
  return source.replace(/^registry\.(?:terraform\.io|opentofu\.org)\//, '');
}

/** An expression without the `${` and `}` that the parser puts around it. */
function expressionText(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value) ?? '';
  return /^\$\{([\s\S]*)\}$/.exec(value)?.[1]?.trim() ?? value;
}

function isBlock(value: unknown): value is Blocks {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly Blocks[] {
  return Array.isArray(value) ? value.filter(isBlock) : isBlock(value) ? [value] : [];
}

/** Blocks with one label; each label has a list of one body. */
function labelled(value: unknown): [string, Blocks][] {
  return isBlock(value)
    ? Object.entries(value).flatMap(([name, bodies]) => list(bodies).map((body): [string, Blocks] => [name, body]))
    : [];
}

function labelled2(value: unknown): [string, string, Blocks][] {
  return isBlock(value)
    ? Object.entries(value).flatMap(([type, names]) =>
        labelled(names).map(([name, body]): [string, string, Blocks] => [type, name, body]),
      )
    : [];
}
