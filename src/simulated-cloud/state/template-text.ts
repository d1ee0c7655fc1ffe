import { contentHash } from '../../identifiers/index.ts';

/** The text of a template, as it was sent. Stored once however many stacks are made from it. */
export class TemplateText {
  readonly hash: string;
  readonly body: string;

  constructor(body: string) {
    this.body = body;
    this.hash = contentHash(Buffer.from(body));
  }
}
