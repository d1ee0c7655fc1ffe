/** Something that happened to a thing, as it was told in the transaction in which it happened. */
export interface Event {
  /** A UUID; the same however often and on whichever way the event arrives. */
  readonly id: string;
  /** Where it stands among all events, from 1 without gaps: who has read up to a position has missed nothing. */
  readonly position: number;
  /** `aws.proton` for Proton's own events, `deuteron` for those that Proton did not have. */
  readonly source: string;
  /** EventBridge's detail-type, e.g. `AWS Proton Environment Status Change`. */
  readonly type: string;
  /** The ARN of the thing. */
  readonly resource: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/** With where the thing was when it was told. */
export interface PlacedEvent extends Event {
  /** Names of units, root first. */
  readonly unitPath: readonly string[];
}

/** An event in the envelope of Amazon EventBridge. Source: Amazon EventBridge user guide, "Event structure". */
export interface EventEnvelope {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, UTC, to the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export function eventEnvelope({ id, source, type, resource, detail, at }: Event): EventEnvelope {
  const [, , , region = '', account = ''] = resource.split(':');
  return {
    version: '0',
    id,
    'detail-type': type,
    source,
    account,
    time: at.toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [resource],
    detail,
  };
}

/** Which events somebody wants: of any of the types, about any of the things. An empty list wants all. */
export interface EventFilter {
  readonly types: readonly string[];
  /** ARNs; one that ends in `*` stands for all that begin with it. */
  readonly resources: readonly string[];
}

export function wantsEvent({ types, resources }: EventFilter, { type, resource }: Pick<Event, 'type' | 'resource'>) {
  const isAbout = (wanted: string) =>
    wanted.endsWith('*') ? resource.startsWith(wanted.slice(0, -1)) : resource === wanted;
  return (types.length === 0 || types.includes(type)) && (resources.length === 0 || resources.some(isAbout));
}
