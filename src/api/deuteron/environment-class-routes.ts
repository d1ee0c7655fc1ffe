import type { FastifyInstance } from 'fastify';
import { environmentClassList } from '../../organization/index.ts';
import { makeChange } from './chart-change.ts';
import { optionalBody } from './optional-body.ts';
import { gone, type OrganizationRouteTools } from './organization-routes.ts';
import { nameParameter } from './organization-schemas.ts';
import { refusals, sendRefusal } from './refusal-answer.ts';
import { body, object, text } from './schema-parts.ts';

interface ByName {
  Params: { readonly name: string };
}

/** Words that environments may have as their class: a misspelled one would escape every rule of the right one. */
export function environmentClassRoutes(server: FastifyInstance, tools: OrganizationRouteTools): void {
  const word = text('a class of environments');

  server.get(
    '/environment-classes',
    {
      schema: {
        summary: 'All classes that environments may have: sandbox, test, production, and words of your own',
        response: { 200: object({ environmentClasses: { type: 'array', items: word } }), ...refusals },
      },
    },
    async () => ({ environmentClasses: await environmentClassList(tools.db) }),
  );

  server.put<ByName>(
    '/environment-classes/:name',
    {
      ...optionalBody,
      schema: {
        summary: 'Let environments have a word of your own as their class',
        params: nameParameter,
        body: body({}),
        response: { 200: object({ environmentClass: word }), ...refusals },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const made = await makeChange(tools, request, { change: 'declare-environment-class', name });
      return made.ok ? { environmentClass: name } : sendRefusal(reply, made.refusal);
    },
  );

  server.delete<ByName>(
    '/environment-classes/:name',
    {
      schema: {
        summary: 'Let no environment have a word of your own as its class; none has it any more',
        params: nameParameter,
        response: { ...gone, ...refusals },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const made = await makeChange(tools, request, { change: 'withdraw-environment-class', name });
      return made.ok ? reply.status(204).send() : sendRefusal(reply, made.refusal);
    },
  );
}
