/**
 * YAML as it is written, before anybody says what a scalar means: tags, texts and offsets in the file. Nothing is
 * expanded: an alias is an alias, `<<` a key.
 */
export type YamlSyntax = ScalarSyntax | ListSyntax | MapSyntax | AliasSyntax;

interface Written {
  /** Where the value itself begins, behind its tag. */
  readonly offset: number;
  /** `!Ref`, or in full `tag:yaml.org,2002:str`. */
  readonly tag?: string;
}

export interface ScalarSyntax extends Written {
  readonly kind: 'scalar';
  /** Without quotes, folded. */
  readonly text: string;
  /** Neither quoted nor a block: its characters may mean a number or null. */
  readonly plain: boolean;
}

export interface ListSyntax extends Written {
  readonly kind: 'list';
  readonly items: readonly (YamlSyntax | null)[];
}

export interface MapSyntax extends Written {
  readonly kind: 'map';
  readonly pairs: readonly PairSyntax[];
}

/** Keys may stand twice; whoever reads the map says whether they may. */
export interface PairSyntax {
  readonly key: YamlSyntax | null;
  readonly value: YamlSyntax | null;
}

export interface AliasSyntax {
  readonly kind: 'alias';
  readonly offset: number;
}

/** Why a text is no YAML document. */
export type YamlProblem =
  | { readonly problem: 'syntax' | 'second-document'; readonly offset: number; readonly message: string }
  | { readonly problem: 'too-deep' };
