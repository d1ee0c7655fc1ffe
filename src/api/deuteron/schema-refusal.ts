import type { FastifyError, FastifyRequest } from 'fastify';
import type { Refusal } from '../../errors/index.ts';

const places = { body: 'body', querystring: 'query', params: 'path', headers: 'headers' } as const;

/**
 * What of a request its schema does not allow: which member, what it is, and what it may be.
 * @returns undefined where it was not a schema that said no
 */
export function schemaRefusal(error: FastifyError, request: FastifyRequest): Refusal | undefined {
  const [first] = error.validation ?? [];
  const context = error.validationContext as keyof typeof places | undefined;
  if (!first || !context || !(context in places)) return undefined;
  const { keyword, instancePath, params, message = 'is not as its schema has it' } = first;
  const path = instancePath.split('/').slice(1).map(unescaped);
  const sent = { body: request.body, querystring: request.query, params: request.params, headers: {} }[context];
  const given = path.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], sent);
  const where = `the ${places[context]}`;
  const member = path.length > 0 ? `${path.join('.')} in ${where}` : where;
  return {
    kind: 'invalid',
    code: 'request-malformed',
    message: `The request cannot be read: ${member} ${complaint(keyword, params, message, given)}.`,
    remedy: keyword === 'enum' ? 'Give one of those.' : 'GET /api/v1/openapi.json describes what each operation takes.',
  };
}

function complaint(keyword: string, params: Record<string, unknown>, message: string, given: unknown): string {
  switch (keyword) {
    case 'enum':
      return `is ${shown(given)}, none of ${(params.allowedValues as readonly unknown[]).join(', ')}`;
    case 'required':
      return `has no ${params.missingProperty}`;
    case 'additionalProperties':
      return `has ${params.additionalProperty}, which is not known there`;
    case 'pattern':
      if (params.pattern === '\\S') return `is ${shown(given)}, and has to say something`;
      return `is ${shown(given)}, and ${message}`;
    default:
      return `is ${shown(given)}, and ${message}`;
  }
}

const shownLengthMax = 80;

function shown(given: unknown): string {
  const text = JSON.stringify(given) ?? 'absent';
  return text.length > shownLengthMax ? `${text.slice(0, shownLengthMax).toWellFormed()}...` : text;
}

/** Source: RFC 6901, section 4. */
function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
