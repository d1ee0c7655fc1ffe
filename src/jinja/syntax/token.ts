export type Token =
  | { readonly kind: 'data'; readonly text: string; readonly offset: number }
  | { readonly kind: 'open-output' | 'close-output' | 'open-block' | 'close-block'; readonly offset: number }
  | { readonly kind: 'name' | 'operator'; readonly text: string; readonly offset: number }
  | { readonly kind: 'string'; readonly value: string; readonly offset: number }
  | { readonly kind: 'integer'; readonly value: bigint; readonly offset: number }
  | { readonly kind: 'float'; readonly value: number; readonly offset: number }
  | { readonly kind: 'end'; readonly offset: number };

/** The text is no template: why, and where. */
export class TemplateSyntaxFailure extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** How a message names a token. */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case 'name':
    case 'operator':
      return `'${token.text}'`;
    case 'string':
    case 'integer':
    case 'float':
      return `'${token.value}'`;
    case 'data':
      return 'template data';
    case 'open-output':
      return "'{{'";
    case 'close-output':
      return "'}}'";
    case 'open-block':
      return "'{%'";
    case 'close-block':
      return "'%}'";
    case 'end':
      return 'end of template';
  }
}
