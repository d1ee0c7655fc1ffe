import { type AlteredService, alteredService } from './altered-service.ts';

/**
 * The service behind `url` as other implementations of its protocol are: events without client request tokens. The
 * tokens themselves are passed on, so that what is asked twice is still done once.
 */
export async function tokenlessService(url: string): Promise<AlteredService> {
  return alteredService(url, (answer) => answer.replace(/<ClientRequestToken>[^<]*<\/ClientRequestToken>/g, ''));
}
