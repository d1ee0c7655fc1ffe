import { builtInRails } from '../built-in-rails.ts';
import type { Effect } from '../guard-rail.ts';
import { inspectTemplate, type RenderedTemplate } from '../inspect-template.ts';
import { readParameters } from '../parameter-rule.ts';
import type { RailSetting } from '../rail-setting.ts';
import { railsInForce } from '../rails-in-force.ts';
import type { RailReport } from '../report.ts';

export const thing = {
  arn: 'arn:aws:proton:us-east-1:111122223333:service/shop/service-instance/live',
  kind: 'service-instance',
  unitPath: ['organization', 'shop'],
  environmentClass: 'production',
  accountIds: ['111122223333'],
  labels: {},
} as const;

export const someDay = new Date('2026-11-28T12:00:00Z');

/** A setting; what is not given is as usual. @param scope of units only */
export function setting(
  rail: string,
  effect: Effect,
  {
    unit = 'organization',
    strict = false,
    parameters = {},
  }: { unit?: string; strict?: boolean; parameters?: object } = {},
): RailSetting {
  const rules = builtInRails.find(({ id }) => id === rail)?.parameters ?? {};
  const read = readParameters(rail, rules, parameters as Record<string, unknown>);
  if (!read.ok) throw new Error(read.refusal.message);
  return { scope: { unit }, rail, effect, strict, parameters: read.value };
}

/** Everything off but one rail. */
export function only(one: RailSetting): readonly RailSetting[] {
  const others = builtInRails.filter(({ id, warnsByDefault }) => warnsByDefault && id !== one.rail);
  return [
    ...others.map(
      ({ id }): RailSetting => ({
        scope: { unit: 'organization' },
        rail: id,
        effect: 'off',
        strict: false,
        parameters: {},
      }),
    ),
    one,
  ];
}

export function rendered(template: string, more: Partial<RenderedTemplate> = {}): RenderedTemplate {
  return {
    template,
    children: {},
    stackName: 'shop-live',
    placements: [{ accountId: '111122223333', region: 'eu-central-1' }],
    tagKeys: [],
    sourceAt: (line) => ({
      position: { file: 'instance_infrastructure/cloudformation.yaml', line, column: 3 },
      inputs: [],
    }),
    hide: (text) => text,
    ...more,
  };
}

export function inspectText(
  template: string,
  settings: readonly RailSetting[] = [],
  more: Partial<RenderedTemplate> = {},
): RailReport {
  return inspectTemplate(railsInForce(builtInRails, settings, thing, []), rendered(template, more), someDay);
}
