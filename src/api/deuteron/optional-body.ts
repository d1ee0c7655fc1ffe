import type { FastifyRequest } from 'fastify';

/** For a route whose body may be left out: it is then one without members. */
export const optionalBody = {
  preValidation: async (request: FastifyRequest) => {
    request.body ??= {};
  },
};
