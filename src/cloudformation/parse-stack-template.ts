import { accept, type Result } from '../errors/index.ts';
import { isLoop } from './loops.ts';
import { readTemplateText, type TemplateText } from './read-template-text.ts';
import type { TemplatePath } from './source-positions.ts';
import { type StackRefusal, type StackRefusalCode, stackRefusal } from './stack-refusal.ts';
import type { OutputDeclaration, ParameterDeclaration, ResourceDeclaration, StackTemplate } from './stack-template.ts';
import {
  describeValue,
  isScalar,
  isTemplateList,
  isTemplateObject,
  objectFrom,
  scalarText,
  type TemplateObject,
  type TemplateValue,
} from './template-value.ts';
import { languageExtensionsTransform, samTransform } from './transforms.ts';

/** Most entries of a section. Source: CloudFormation quotas. */
export const sectionSizeMax = { Parameters: 200, Mappings: 200, Resources: 500, Outputs: 200 } as const;

/** Longest description, of the template and of an output. Source: CloudFormation quotas. */
const descriptionBytesMax = 1024;

/**
 * Parses a CloudFormation template, YAML or JSON, and checks its structure: sections, members, names, limits.
 * Loops of AWS::LanguageExtensions are left in the body until transforms are expanded.
 * Whether references lead somewhere and types exist is asked by checkStackTemplate, after transforms are expanded.
 * Messages are the service's where known.
 * @param file name used in positions
 * @refuses stack-template-syntax, stack-template-limit, stack-template-invalid
 */
export function parseStackTemplate(text: string, file = 'template'): Result<StackTemplate, StackRefusal> {
  const read = readTemplateText(text, file);
  return read.ok ? stackTemplateFrom(read.value, text, file) : read;
}

/** A template from data that is already read, e.g. after a transform. */
export function stackTemplateFrom(
  source: TemplateText,
  text: string,
  file: string,
): Result<StackTemplate, StackRefusal> {
  const sections = new SectionReader(source);
  const template = sections.template(text, file);
  return sections.refusal ? { ok: false, refusal: sections.refusal } : accept(template);
}

const sectionNames = new Set([
  ...['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Rules', 'Mappings', 'Conditions'],
  ...['Transform', 'Resources', 'Outputs', 'Hooks'],
]);
const parameterMembers = new Set([
  ...['Type', 'Default', 'Description', 'NoEcho', 'AllowedValues', 'AllowedPattern', 'ConstraintDescription'],
  ...['MinLength', 'MaxLength', 'MinValue', 'MaxValue'],
]);
const resourceMembers = new Set([
  ...['Type', 'Properties', 'DependsOn', 'Condition', 'DeletionPolicy', 'UpdateReplacePolicy', 'Metadata'],
  // Description is not in the guide's list, but the service takes it and published templates have it.
  ...['CreationPolicy', 'UpdatePolicy', 'Version', 'Description'],
]);
const samResourceMembers = new Set([...resourceMembers, 'Connectors', 'IgnoreGlobals']);
const outputMembers = new Set(['Value', 'Description', 'Export', 'Condition']);

const parameterType =
  /^(?:String|Number|List<Number>|List<String>|CommaDelimitedList|(?:List<)?AWS::(?!SSM::)[A-Za-z0-9]+::[A-Za-z0-9]+(?:::[A-Za-z0-9]+)?>?|AWS::SSM::Parameter::Name|AWS::SSM::Parameter::Value<(?:String|CommaDelimitedList|List<String>|(?:List<)?AWS::[A-Za-z0-9:]+>?)>)$/;

/** Reads the sections one after another. The first refusal is kept; what follows it is thrown away by the caller. */
class SectionReader {
  refusal: StackRefusal | undefined;
  readonly #source: TemplateText;
  readonly #root: TemplateObject;
  #usesSam = false;
  #usesExtensions = false;

  constructor(source: TemplateText) {
    this.#source = source;
    if (isTemplateObject(source.root)) this.#root = source.root;
    else {
      this.#root = objectFrom<TemplateValue>([]);
      this.#refuse('Template format error: unsupported structure.', []);
    }
  }

  template(text: string, file: string): StackTemplate {
    const transforms = this.#transforms();
    this.#usesSam = transforms.includes(samTransform);
    this.#usesExtensions = transforms.includes(languageExtensionsTransform);
    this.#checkSectionNames();
    this.#checkVersion();
    return {
      file,
      format: this.#source.format,
      text,
      transforms,
      description: this.#description(),
      metadata: this.#objectSection('Metadata'),
      parameters: this.#members('Parameters', (name, body) => this.#parameter(name, body)),
      mappings: this.#mappings(),
      conditions: this.#conditions(),
      rules: this.#objectSection('Rules'),
      resources: this.#resources(),
      outputs: this.#members('Outputs', (name, body) => this.#output(name, body)),
      body: this.#root,
      positions: this.#source.positions,
    };
  }

  #checkSectionNames(): void {
    const unknown = Object.keys(this.#root).filter(
      (name) => !sectionNames.has(name) && !(name === 'Globals' && this.#usesSam),
    );
    if (unknown.length > 0) {
      this.#refuse(`Invalid template property or properties [${unknown.join(', ')}]`, [unknown[0]!]);
    }
  }

  #checkVersion(): void {
    const version = this.#root.AWSTemplateFormatVersion;
    if (version === undefined || version === '2010-09-09') return;
    this.#refuse('Template format error: AWSTemplateFormatVersion must be 2010-09-09.', ['AWSTemplateFormatVersion']);
  }

  #description(): string | undefined {
    const description = this.#root.Description;
    if (description === undefined) return undefined;
    if (!isScalar(description)) {
      this.#refuse("Template format error: 'Description' must be a string.", ['Description']);
      return undefined;
    }
    const text = scalarText(description);
    if (Buffer.byteLength(text) > descriptionBytesMax) {
      this.#refuse(
        "Template format error: 'Description' length is greater than 1024.",
        ['Description'],
        'stack-template-limit',
      );
    }
    return text;
  }

  #transforms(): string[] {
    const transform = this.#root.Transform;
    if (transform === undefined) return [];
    const list = isTemplateList(transform) ? transform : [transform];
    return list.map((entry) => {
      if (typeof entry === 'string') return entry;
      if (isTemplateObject(entry) && typeof entry.Name === 'string') return entry.Name;
      this.#refuse('Template format error: Transform must be the name of a macro or a list of names.', ['Transform']);
      return '';
    });
  }

  #objectSection(name: string): TemplateObject | undefined {
    const section = this.#root[name];
    if (section === undefined || isTemplateObject(section)) return section;
    this.#refuse(`Template format error: ${name} must be an object.`, [name]);
    return undefined;
  }

  #members<Member>(
    section: 'Parameters' | 'Resources' | 'Outputs',
    read: (name: string, body: TemplateObject) => Member,
  ): ReadonlyMap<string, Member> {
    const entries = Object.entries(this.#objectSection(section) ?? {});
    this.#checkSize(section, entries.length);
    const members = new Map<string, Member>();
    for (const [name, body] of entries) {
      const path = [section, name];
      if (isLoop(name) && section !== 'Parameters' && this.#usesExtensions) continue; // written out by expandTransforms
      if (isLoop(name)) this.#refuseLoop(path);
      else if (!/^[A-Za-z0-9]{1,255}$/.test(name)) {
        this.#refuse(`Template format error: ${section.slice(0, -1)} name ${name} is non alphanumeric.`, path);
      } else if (!isTemplateObject(body)) {
        this.#refuse(`Template format error: Any ${section} member must be an object.`, path);
      } else members.set(name, read(name, body));
    }
    return members;
  }

  #refuseLoop(path: TemplatePath): void {
    const [section, name] = path;
    this.#refuse(
      section === 'Parameters'
        ? `Template format error: ${name} cannot be used in the ${section} section.`
        : `Template error: ${name} needs Transform: ${languageExtensionsTransform}`,
      path,
    );
  }

  #checkSize(section: keyof typeof sectionSizeMax, size: number): void {
    const most = sectionSizeMax[section];
    if (size <= most) return;
    const message = `Template format error: Number of ${section.toLowerCase()}, ${size}, is greater than maximum allowed, ${most}`;
    this.#refuse(message, [section], 'stack-template-limit');
  }

  #parameter(name: string, body: TemplateObject): ParameterDeclaration {
    const path = ['Parameters', name];
    this.#checkMembers(body, parameterMembers, 'parameter', path);
    const type = body.Type;
    if (type === undefined)
      this.#refuse('Template format error: Every Parameters object must contain a Type member.', path);
    else if (typeof type !== 'string' || !parameterType.test(type)) {
      this.#refuse(`Template format error: Unrecognized parameter type: ${isScalar(type) ? type : 'object'}`, [
        ...path,
        'Type',
      ]);
    }
    return {
      name,
      type: describeValue(type),
      default: this.#parameterText(body, 'Default', path),
      description: this.#parameterText(body, 'Description', path),
      noEcho: this.#parameterText(body, 'NoEcho', path)?.toLowerCase() === 'true',
      allowedValues: this.#allowedValues(body, path),
      allowedPattern: this.#parameterText(body, 'AllowedPattern', path),
      constraintDescription: this.#parameterText(body, 'ConstraintDescription', path),
      minLength: this.#parameterNumber(body, 'MinLength', path),
      maxLength: this.#parameterNumber(body, 'MaxLength', path),
      minValue: this.#parameterNumber(body, 'MinValue', path),
      maxValue: this.#parameterNumber(body, 'MaxValue', path),
    };
  }

  #parameterText(body: TemplateObject, member: string, path: TemplatePath): string | undefined {
    const value = body[member];
    if (value === undefined) return undefined;
    if (isScalar(value)) return scalarText(value);
    this.#refuse(`Template format error: Every ${member} member must be a string.`, [...path, member]);
    return undefined;
  }

  #parameterNumber(body: TemplateObject, member: string, path: TemplatePath): number | undefined {
    const text = this.#parameterText(body, member, path);
    if (text === undefined) return undefined;
    const number = Number(text);
    if (text.trim() !== '' && Number.isFinite(number)) return number;
    this.#refuse(`Template format error: ${member} of parameter ${path[1]} must be a number.`, [...path, member]);
    return undefined;
  }

  #allowedValues(body: TemplateObject, path: TemplatePath): readonly string[] | undefined {
    const values = body.AllowedValues;
    if (values === undefined) return undefined;
    if (isTemplateList(values) && values.every(isScalar)) return values.map(scalarText);
    this.#refuse('Template format error: Every AllowedValues member must be a list of strings.', [
      ...path,
      'AllowedValues',
    ]);
    return undefined;
  }

  #conditions(): ReadonlyMap<string, TemplateValue> {
    const conditions = Object.entries(this.#objectSection('Conditions') ?? {});
    for (const [name] of conditions) if (isLoop(name) && !this.#usesExtensions) this.#refuseLoop(['Conditions', name]);
    return new Map(conditions.filter(([name]) => !isLoop(name)));
  }

  #mappings(): TemplateObject {
    const mappings = this.#objectSection('Mappings') ?? objectFrom<TemplateValue>([]);
    this.#checkSize('Mappings', Object.keys(mappings).length);
    for (const [name, map] of Object.entries(mappings)) {
      if (!isTemplateObject(map)) {
        this.#refuse(`Template format error: Every Mappings member ${name} must be a map`, ['Mappings', name]);
        continue;
      }
      for (const [key, attributes] of Object.entries(map)) this.#checkMappingKey(name, key, attributes);
    }
    return mappings;
  }

  #checkMappingKey(name: string, key: string, attributes: TemplateValue): void {
    const path = ['Mappings', name, key];
    if (key === 'Fn::Transform') return;
    if (!isTemplateObject(attributes)) {
      this.#refuse(`Template format error: Every Mappings member ${key} must be a map`, path);
      return;
    }
    for (const [attribute, value] of Object.entries(attributes)) {
      if (isScalar(value) || (isTemplateList(value) && value.every(isScalar))) continue;
      this.#refuse('Template format error: Every Mappings attribute must be a String or a List.', [...path, attribute]);
    }
  }

  #resources(): ReadonlyMap<string, ResourceDeclaration> {
    const resources = this.#members('Resources', (logicalId, body) => this.#resource(logicalId, body));
    const hasLoops = Object.keys(this.#objectSection('Resources') ?? {}).some(isLoop);
    if (resources.size === 0 && !hasLoops) {
      this.#refuse('Template format error: At least one Resources member must be defined.', ['Resources']);
    }
    return resources;
  }

  #resource(logicalId: string, body: TemplateObject): ResourceDeclaration {
    const path = ['Resources', logicalId];
    const type = body.Type;
    if (typeof type !== 'string') {
      const missing = `Template format error: [/Resources/${logicalId}] Every Resources object must contain a Type member.`;
      this.#refuse(
        type === undefined ? missing : `Template format error: [/Resources/${logicalId}/Type] Type must be a string.`,
        path,
      );
    }
    this.#checkMembers(body, this.#usesSam ? samResourceMembers : resourceMembers, 'resource', path);
    return {
      logicalId,
      type: describeValue(type),
      properties: this.#objectMember(body, 'Properties', path) ?? objectFrom<TemplateValue>([]),
      dependsOn: this.#dependsOn(body, path),
      condition: this.#conditionName(body, path),
      deletionPolicy: body.DeletionPolicy,
      updateReplacePolicy: body.UpdateReplacePolicy,
      metadata: this.#objectMember(body, 'Metadata', path),
      creationPolicy: this.#objectMember(body, 'CreationPolicy', path),
      updatePolicy: this.#objectMember(body, 'UpdatePolicy', path),
    };
  }

  #objectMember(body: TemplateObject, member: string, path: TemplatePath): TemplateObject | undefined {
    const value = body[member];
    if (value === undefined || isTemplateObject(value)) return value;
    this.#refuse(`Template format error: [/${path.join('/')}/${member}] ${member} must be an object.`, [
      ...path,
      member,
    ]);
    return undefined;
  }

  #dependsOn(body: TemplateObject, path: TemplatePath): readonly string[] {
    const value = body.DependsOn;
    if (value === undefined) return [];
    const list = isTemplateList(value) ? value : [value];
    if (list.every((id) => typeof id === 'string')) return list as readonly string[];
    this.#refuse('Template format error: DependsOn must be a string or list of strings.', [...path, 'DependsOn']);
    return [];
  }

  #conditionName(body: TemplateObject, path: TemplatePath): string | undefined {
    const condition = body.Condition;
    if (condition === undefined || typeof condition === 'string') return condition;
    this.#refuse('Template format error: Every Condition member must be a string.', [...path, 'Condition']);
    return undefined;
  }

  #output(name: string, body: TemplateObject): OutputDeclaration {
    const path = ['Outputs', name];
    this.#checkMembers(body, outputMembers, 'output', path);
    if (body.Value === undefined) {
      this.#refuse('Template format error: Every Outputs member must contain a Value object', path);
    }
    const description = body.Description;
    if (description !== undefined && !isScalar(description)) {
      this.#refuse('Template format error: Every Description member of Outputs must be a string.', [
        ...path,
        'Description',
      ]);
    } else if (description !== undefined && Buffer.byteLength(scalarText(description)) > descriptionBytesMax) {
      const message = `Template format error: Description of output ${name} is longer than ${descriptionBytesMax} bytes.`;
      this.#refuse(message, [...path, 'Description'], 'stack-template-limit');
    }
    return {
      name,
      value: body.Value ?? '',
      description: isScalar(description) ? scalarText(description) : undefined,
      exportName: this.#exportName(body, path),
      condition: this.#conditionName(body, path),
    };
  }

  #exportName(body: TemplateObject, path: TemplatePath): TemplateValue | undefined {
    const exported = this.#objectMember(body, 'Export', path);
    if (!exported) return undefined;
    if (exported.Name === undefined || Object.keys(exported).length > 1) {
      this.#refuse('Template format error: Output Export must have exactly the member Name.', [...path, 'Export']);
    }
    return exported.Name;
  }

  #checkMembers(body: TemplateObject, known: ReadonlySet<string>, kind: string, path: TemplatePath): void {
    for (const member of Object.keys(body)) {
      if (!known.has(member)) this.#refuse(`Invalid template ${kind} property '${member}'`, [...path, member]);
    }
  }

  #refuse(message: string, path: TemplatePath, code: StackRefusalCode = 'stack-template-invalid'): void {
    this.refusal ??= stackRefusal(code, message, this.#source.positions.along(this.#root, path));
  }
}
