import { nearestName } from '../identifiers/index.ts';
import { type Bundle, type BundleLimits, bundleText, type PartName, pathsBelow } from './bundle.ts';
import { errorFinding, type Finding, wholeFile } from './finding.ts';
import { type InputTypeKey, inputSchema, type ParameterSchema } from './parameter-schema.ts';

const inputRoots: Readonly<Partial<Record<PartName, { readonly variable: string; readonly key: InputTypeKey }>>> = {
  environment: { variable: 'environment', key: 'environment_input_type' },
  instance: { variable: 'service_instance', key: 'service_input_type' },
  pipeline: { variable: 'pipeline', key: 'pipeline_input_type' },
};

/** Checks the Terraform files of a part: each is read by HashiCorp's own parser, and the inputs it names are known. */
export async function checkTerraform(
  bundle: Bundle,
  part: PartName,
  directory: string,
  file: string,
  schema: ParameterSchema | undefined,
  limits: BundleLimits,
): Promise<Finding[]> {
  const own = pathsBelow(bundle, directory).filter(
    (path) => path.endsWith('.tf') && !path.slice(directory.length + 1).includes('/'),
  );
  const paths = file === '*' ? own : own.filter((path) => path === `${directory}/${file}`);
  if (paths.length === 0) {
    const message = `The manifest of ${directory} names ${file}, but there is no such .tf file.`;
    return [
      {
        severity: 'error',
        rule: 'template-missing',
        position: wholeFile(`${directory}/${file}`),
        message,
        remedy: 'Add the file, or correct the manifest.',
      },
    ];
  }
  if (paths.length > limits.templateFiles) {
    return [
      errorFinding(
        'template-count',
        wholeFile(directory),
        `The directory has ${paths.length} .tf files; at most ${limits.templateFiles} are taken.`,
        'Merge them, or move parts into a module directory; an administrator can raise the limit.',
      ),
    ];
  }
  const findings = await Promise.all(paths.map((path) => checkFile(bundle, part, path, schema, limits)));
  return findings.flat();
}

async function checkFile(
  bundle: Bundle,
  part: PartName,
  path: string,
  schema: ParameterSchema | undefined,
  limits: BundleLimits,
): Promise<Finding[]> {
  const text = bundleText(bundle, path);
  if (text === undefined) {
    return [
      {
        severity: 'error',
        rule: 'template-encoding',
        position: wholeFile(path),
        message: 'The file is not UTF-8.',
        remedy: 'Save it as UTF-8.',
      },
    ];
  }
  if (Buffer.byteLength(text) > limits.templateBytes) {
    return [
      {
        severity: 'error',
        rule: 'template-too-large',
        position: wholeFile(path),
        message: `The file has more than ${limits.templateBytes} bytes.`,
        remedy: 'Split it.',
      },
    ];
  }
  const syntax = await hclProblem(path, text);
  if (syntax) return [syntax];
  return schema ? undeclaredInputs(part, path, text, schema) : [];
}

async function hclProblem(path: string, text: string): Promise<Finding | undefined> {
  if (text.trim() === '') return undefined;
  try {
    const { parse } = await import('@cdktn/hcl2json'); // large, and most bundles are not Terraform
    await parse(path, text);
    return undefined;
  } catch (error) {
    const message = String((error as Error).message ?? error);
    const [, line = '1', column = '1', why = message] = /:(\d+),(\d+)(?:-\d+(?:,\d+)?)?: ([\s\S]*)/.exec(message) ?? [];
    return {
      severity: 'error',
      rule: 'hcl-syntax',
      position: { file: path, line: Number(line), column: Number(column) },
      message: `The file is not valid HCL: ${why.split('\n')[0]}`,
      remedy: 'Correct the file; "terraform fmt" shows the same place.',
    };
  }
}

function undeclaredInputs(part: PartName, path: string, text: string, schema: ParameterSchema): Finding[] {
  const root = inputRoots[part];
  if (!root) return [];
  const known = inputSchema(schema, root.key);
  const names = Object.keys(known.properties ?? {});
  const code = withoutComments(text);
  const found = new Map<string, number>();
  for (const match of code.matchAll(
    new RegExp(`\\bvar\\.${root.variable}\\.inputs\\.([A-Za-z_][A-Za-z0-9_-]*)`, 'g'),
  )) {
    const input = match[1] ?? '';
    const isGuarded = allowsAbsence(code, match.index);
    if (!names.includes(input) && !isGuarded && !found.has(input)) found.set(input, match.index);
  }
  if (known.additionalProperties) return [];
  return [...found].map(([input, offset]) => {
    const before = text.slice(0, offset).split('\n');
    const nearest = nearestName(input, names);
    return {
      severity: 'error' as const,
      rule: 'input-undeclared',
      position: { file: path, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
      message: `The file reads var.${root.variable}.inputs.${input}, which the schema does not declare.`,
      remedy: nearest
        ? `Did you mean ${nearest}? Otherwise declare it in schema/schema.yaml.`
        : 'Declare it in schema/schema.yaml.',
    };
  });
}

/** The text with its comments blanked, everything else in its place. */
function withoutComments(text: string): string {
  return text.replace(/"(?:\\.|[^"\\\n])*"|#.*|\/\/.*|\/\*[\s\S]*?\*\//g, (piece) =>
    piece.startsWith('"') ? piece : piece.replace(/[^\n]/g, ' '),
  );
}

/** Whether an expression stands inside of try(...), can(...) or lookup(...), at any depth. */
function allowsAbsence(code: string, offset: number): boolean {
  let open = 0;
  for (let index = offset - 1; index >= 0 && offset - index < 2_000; index -= 1) {
    if (code[index] === ')') open += 1;
    if (code[index] !== '(') continue;
    if (open > 0) open -= 1;
    else if (/\b(?:try|can|lookup)\s*$/.test(code.slice(Math.max(0, index - 20), index))) return true;
  }
  return false;
}
