import { isTemplateObject, type TemplateObject, type TemplateValue } from './template-value.ts';

/** Sections in which loops may stand. Source: CloudFormation template reference, "Fn::ForEach". */
export const loopSections = ['Conditions', 'Resources', 'Outputs'] as const;
const loopPrefix = 'Fn::ForEach::';

/** Whether a key of an object is a loop of AWS::LanguageExtensions, which stands for many keys. */
export function isLoop(key: string): boolean {
  return key.startsWith(loopPrefix);
}

/** Whether a section still has loops among its members, which are not expanded. */
export function hasOpenLoops(body: TemplateObject): boolean {
  return loopSections.some((name) => Object.keys(sectionOf(body, name) ?? {}).some(isLoop));
}

export function sectionOf(body: TemplateObject, name: string): TemplateObject | undefined {
  const section: TemplateValue | undefined = body[name];
  return section !== undefined && isTemplateObject(section) ? section : undefined;
}
