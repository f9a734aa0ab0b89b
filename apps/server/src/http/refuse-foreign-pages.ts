import { ForbiddenException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';

/**
 * Refuses what a page of another site has a browser send: a browser on this machine reaches a loopback address too, and
 * nobody has to authenticate there. Browsers name the site in a header that pages can't set, other clients don't send
 * it. Source: W3C, "Fetch Metadata Request Headers".
 */
export function refuseForeignPages(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const site = request.headers['sec-fetch-site'];
    if (request.method === 'GET' || site === undefined || site === 'same-origin' || site === 'none') done();
    else done(new ForbiddenException('Pages of other sites may not send requests here.'));
  });
}
