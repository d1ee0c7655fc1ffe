import type { SourcePosition } from '../errors/index.ts';
import { nearestName } from '../identifiers/index.ts';
import {
  describeYaml,
  parseYaml,
  type YamlNode,
  yamlAt,
  yamlData,
  yamlEntry,
  yamlMember,
} from '../yaml-source/index.ts';
import { type BundleLimits, type ProvisioningMethod, usualBundleLimits } from './bundle.ts';
import { type Finding, findingOf, wholeFile } from './finding.ts';
import type { RuleId } from './rules.ts';

/** What a part's manifest.yaml asks for. */
export type Manifest =
  | { readonly method: 'cloudformation'; readonly file: string }
  /** `*`: every .tf file of the directory. */
  | { readonly method: 'terraform'; readonly file: string }
  | { readonly method: 'codebuild'; readonly settings: CodebuildSettings };

export interface CodebuildSettings {
  readonly image: string;
  readonly runtimes: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  /** Shell commands, templates themselves. */
  readonly provision: readonly string[];
  readonly deprovision: readonly string[];
  /** Properties of the CodeBuild project, as data. */
  readonly projectProperties: unknown;
  readonly inputType: 'JSON' | 'HCL';
}

/** A text of a codebuild manifest that is rendered, and where it begins. */
export interface ManifestTemplate {
  /** Its path in the manifest, e.g. `settings.provision[0]`. */
  readonly name: string;
  readonly text: string;
  readonly position: SourcePosition;
}

export interface ReadManifest {
  readonly manifest?: Manifest;
  readonly templates: readonly ManifestTemplate[];
  readonly findings: readonly Finding[];
}

const engines: Readonly<Record<string, ProvisioningMethod>> = {
  jinja: 'cloudformation',
  hcl: 'terraform',
  codebuild: 'codebuild',
};
const languages = { cloudformation: 'cloudformation', terraform: 'terraform' } as const;
const entryKeys = new Set(['file', 'rendering_engine', 'template_language', 'settings']);
const settingsKeys = ['image', 'runtimes', 'env', 'provision', 'deprovision', 'project_properties', 'input_type'];

/**
 * Reads `<directory>/manifest.yaml`. Source: AWS Proton user guide, "Wrap up template files".
 * A manifest of the preview (`engine:` for `rendering_engine:`) is understood, so that the rest can be checked too, and
 * is an error.
 */
export function readManifest(text: string, path: string, limits: BundleLimits = usualBundleLimits): ReadManifest {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.manifestBytes) {
    const message = `The manifest has ${bytes} bytes; at most ${limits.manifestBytes} are taken.`;
    return {
      templates: [],
      findings: [
        {
          severity: 'error',
          rule: 'manifest-too-large',
          position: wholeFile(path),
          message,
          remedy: 'Move commands into a script of the bundle.',
        },
      ],
    };
  }
  const parsed = parseYaml(text, path);
  if (!parsed.ok) {
    return { templates: [], findings: [findingOf(parsed.refusal)] };
  }
  const reader = new ManifestReader(parsed.value);
  const manifest = reader.read();
  return { manifest, templates: reader.templates, findings: reader.findings };
}

class ManifestReader {
  readonly findings: Finding[] = [];
  readonly templates: ManifestTemplate[] = [];
  readonly #root: YamlNode;

  constructor(root: YamlNode) {
    this.#root = root;
  }

  read(): Manifest | undefined {
    const templates = yamlAt(this.#root, ['infrastructure', 'templates']);
    if (templates?.kind !== 'list') {
      return this.#error(
        'manifest-shape',
        templates ?? this.#root,
        'Missing property [infrastructure.templates]: a list with one entry.',
        'Begin with "infrastructure:" and "templates:".',
      );
    }
    const [entry] = templates.items;
    if (entry?.kind !== 'map' || templates.items.length !== 1) {
      return this.#error(
        'manifest-shape',
        templates,
        `The manifest has ${templates.items.length} templates; exactly one is possible.`,
        'Give each directory one template file.',
      );
    }
    return this.#entry(entry);
  }

  #error(rule: RuleId, node: YamlNode, message: string, remedy: string): undefined {
    this.findings.push({ severity: 'error', rule, position: node.position, message, remedy });
    return undefined;
  }

  #entry(entry: YamlNode & { kind: 'map' }): Manifest | undefined {
    const preview = yamlEntry(entry, 'engine');
    if (preview) {
      this.#error(
        'manifest-preview-key',
        { ...preview.value, position: preview.keyPosition },
        'The manifest says "engine:", as in the preview of Proton.',
        'Write "rendering_engine: jinja" (and "template_language: cloudformation").',
      );
    }
    for (const { key, keyPosition, value } of entry.entries) {
      if (entryKeys.has(key) || key === 'engine') continue;
      if (key === 'codebuild') {
        this.#error(
          'manifest-key',
          { ...value, position: keyPosition },
          'The manifest has "codebuild:".',
          'Name the block "settings:".',
        );
      } else {
        const nearest = nearestName(key, [...entryKeys]);
        this.#error(
          'manifest-key',
          { ...value, position: keyPosition },
          `The manifest has an unknown key ${JSON.stringify(key)}.`,
          nearest ? `Did you mean "${nearest}"?` : `Known keys: ${[...entryKeys].join(', ')}.`,
        );
      }
    }
    const method = this.#method(entry, preview !== undefined);
    if (!method) return undefined;
    if (method === 'codebuild') return this.#codebuild(entry);
    this.#language(entry, method, preview !== undefined);
    return this.#file(entry, method);
  }

  #method(entry: YamlNode, isPreview: boolean): ProvisioningMethod | undefined {
    const node = yamlMember(entry, 'rendering_engine') ?? (isPreview ? yamlMember(entry, 'engine') : undefined);
    if (!node)
      return this.#error(
        'manifest-engine',
        entry,
        'Missing property [rendering_engine].',
        'Write "rendering_engine:" jinja, hcl or codebuild.',
      );
    const name = node.kind === 'scalar' ? node.source.toLowerCase() : '';
    if (isPreview && !engines[name]) return 'cloudformation';
    return (
      engines[name] ??
      this.#error(
        'manifest-engine',
        node,
        `The rendering engine ${describeYaml(node)} is unknown.`,
        'Use jinja (CloudFormation), hcl (Terraform) or codebuild.',
      )
    );
  }

  #language(entry: YamlNode, method: 'cloudformation' | 'terraform', isPreview: boolean): void {
    const node = yamlMember(entry, 'template_language');
    if (!node) {
      if (!isPreview)
        this.#error(
          'manifest-language',
          entry,
          'Missing property [template_language].',
          `Write "template_language: ${method}".`,
        );
      return;
    }
    const name = node.kind === 'scalar' ? node.source.toLowerCase() : '';
    if (languages[name as keyof typeof languages] !== method) {
      this.#error(
        'manifest-language',
        node,
        `The template language ${describeYaml(node)} does not go with this rendering engine.`,
        `Write "template_language: ${method}".`,
      );
    }
  }

  #file(entry: YamlNode, method: 'cloudformation' | 'terraform'): Manifest | undefined {
    const node = yamlMember(entry, 'file');
    if (node?.kind !== 'scalar' || node.source === '') {
      return this.#error(
        'manifest-file',
        node ?? entry,
        'Missing property [file].',
        'Name the template file of this directory.',
      );
    }
    const file = node.source;
    // the guide's older pages write "*.tf"
    if (method === 'terraform' && (file === '*' || file === '*.tf')) return { method, file: '*' };
    if (file.includes('*'))
      return this.#error(
        'manifest-file',
        node,
        `The file ${JSON.stringify(file)} is a pattern; only "*" (or "*.tf") with rendering_engine hcl is one.`,
        'Name one file.',
      );
    if (file.startsWith('/') || file.split('/').includes('..'))
      return this.#error(
        'manifest-file',
        node,
        `The file ${JSON.stringify(file)} lies outside of its directory.`,
        'Name a file of this directory.',
      );
    return { method, file };
  }

  #codebuild(entry: YamlNode): Manifest | undefined {
    const settings = yamlMember(entry, 'settings');
    if (settings?.kind !== 'map') {
      return this.#error(
        'manifest-settings',
        settings ?? entry,
        'Missing property [settings] of a codebuild manifest.',
        'Add "settings:" with image, provision and deprovision.',
      );
    }
    for (const { key, keyPosition, value } of settings.entries) {
      if (!settingsKeys.includes(key)) {
        this.#error(
          'manifest-key',
          { ...value, position: keyPosition },
          `The settings have an unknown key ${JSON.stringify(key)}.`,
          `Known keys: ${settingsKeys.join(', ')}.`,
        );
      }
    }
    const inputType = yamlMember(settings, 'input_type');
    const inputTypeName = inputType?.kind === 'scalar' ? inputType.source.toUpperCase() : 'JSON';
    if (inputTypeName !== 'JSON' && inputTypeName !== 'HCL') {
      this.#error(
        'manifest-settings',
        inputType ?? settings,
        `The input_type ${inputTypeName} is unknown.`,
        'Use JSON or HCL.',
      );
    }
    const image = yamlMember(settings, 'image');
    if (image?.kind !== 'scalar')
      this.#error(
        'manifest-settings',
        settings,
        'Missing property [settings.image].',
        'Name the build image, e.g. aws/codebuild/standard:7.0.',
      );
    const properties = yamlMember(settings, 'project_properties');
    if (properties) this.#templatesIn(properties, 'settings.project_properties');
    return {
      method: 'codebuild',
      settings: {
        image: image?.kind === 'scalar' ? image.source : '',
        runtimes: this.#texts(yamlMember(settings, 'runtimes'), 'settings.runtimes'),
        variables: this.#texts(yamlAt(settings, ['env', 'variables']), 'settings.env.variables'),
        secrets: this.#texts(yamlAt(settings, ['env', 'secrets_manager']), 'settings.env.secrets_manager'),
        parameters: this.#texts(yamlAt(settings, ['env', 'parameter_store']), 'settings.env.parameter_store'),
        provision: this.#commands(settings, 'provision'),
        deprovision: this.#commands(settings, 'deprovision'),
        projectProperties: properties ? yamlData(properties) : {},
        inputType: inputTypeName === 'HCL' ? 'HCL' : 'JSON',
      },
    };
  }

  #texts(node: YamlNode | undefined, path: string): Record<string, string> {
    if (!node || (node.kind === 'scalar' && node.value === null)) return {};
    if (node.kind !== 'map') {
      this.#error(
        'manifest-settings',
        node,
        `${path} is ${describeYaml(node)}, expected a map.`,
        'Write one "NAME: value" a line.',
      );
      return {};
    }
    return Object.fromEntries(
      node.entries.map(({ key, value }) => {
        if (value.kind !== 'scalar')
          this.#error(
            'manifest-settings',
            value,
            `${path}.${key} is ${describeYaml(value)}, expected a text.`,
            'Write one value.',
          );
        this.#templatesIn(value, `${path}.${key}`);
        return [key, value.kind === 'scalar' ? value.source : ''];
      }),
    );
  }

  #commands(settings: YamlNode, key: 'provision' | 'deprovision'): string[] {
    const node = yamlMember(settings, key);
    if (node?.kind !== 'list') {
      this.#error(
        'manifest-settings',
        node ?? settings,
        `Missing property [settings.${key}]: a list of commands.`,
        `Add "${key}:" with the commands to run.`,
      );
      return [];
    }
    return node.items.map((item, index) => {
      this.#templatesIn(item, `settings.${key}[${index}]`);
      if (item.kind === 'scalar' && item.value !== null) return item.source;
      this.#error(
        'manifest-settings',
        item,
        `A command of settings.${key} is ${describeYaml(item)}, expected a text.`,
        'Put the command in quotes: YAML reads ": " in it as a map.',
      );
      return '';
    });
  }

  /** Every text of a manifest is rendered. Source: roadmap issue 81. */
  #templatesIn(node: YamlNode, name: string): void {
    switch (node.kind) {
      case 'scalar':
        if (typeof node.value === 'string') this.templates.push({ name, text: node.source, position: node.position });
        return;
      case 'list':
        for (const [index, item] of node.items.entries()) this.#templatesIn(item, `${name}[${index}]`);
        return;
      case 'map':
        for (const { key, value } of node.entries) this.#templatesIn(value, `${name}.${key}`);
    }
  }
}
