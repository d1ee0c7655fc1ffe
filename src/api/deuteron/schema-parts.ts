export const text = (description: string, maxLength = 1000) => ({ type: 'string', maxLength, description }) as const;

export const object = <Properties extends Record<string, object>>(properties: Properties) => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});

/** A body: what is not known is a mistake. */
export const body = <Properties extends Record<string, object>>(
  properties: Properties,
  required: readonly (keyof Properties & string)[] = [],
) => ({ type: 'object', additionalProperties: false, required: [...required], properties });

/** Of every list. */
const pageQuery = {
  limit: { type: 'integer', minimum: 1, maximum: 100, description: 'how many; absent: 100' },
  nextToken: text('where the page before ended'),
} as const;

export interface PageQuery {
  readonly limit?: number;
  readonly nextToken?: string;
}

export const query = (properties: Record<string, object> = {}) => ({
  type: 'object',
  properties: { ...properties, ...pageQuery },
});

export function listOf(name: string, items: object) {
  return {
    type: 'object',
    required: [name],
    properties: { [name]: { type: 'array', items }, nextToken: text('for the next page') },
  };
}
