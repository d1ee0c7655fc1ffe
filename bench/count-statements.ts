/**
 * Preloaded into a server (`node --import`), counts what it sends to the database and says so to its parent when asked
 * by a message. A statement is one call of pg's `query`; what is outside of `begin` and `commit` is a transaction of its own.
 */
import pg from 'pg';

export interface StatementCount {
  readonly statements: number;
  readonly transactions: number;
  /** How often each text was sent. */
  readonly texts: Readonly<Record<string, number>>;
}

const count = { statements: 0, transactions: 0, texts: {} as Record<string, number> };
const inTransaction = new WeakSet<object>();
const { query } = pg.Client.prototype;

function noted(this: pg.Client, ...given: unknown[]): unknown {
  const [first] = given;
  const text = typeof first === 'string' ? first : ((first as { readonly text?: string } | null)?.text ?? '');
  count.statements += 1;
  const told = asTold(text);
  count.texts[told] = (count.texts[told] ?? 0) + 1;
  if (/^\s*begin\b/i.test(text)) inTransaction.add(this);
  if (!inTransaction.has(this) || /^\s*(commit|rollback)\s*;?\s*$/i.test(text)) {
    count.transactions += 1;
    inTransaction.delete(this);
  }
  return (query as (...args: unknown[]) => unknown).apply(this, given);
}
pg.Client.prototype.query = noted as typeof query;

/** On one line, and the same however many values are in a list. */
function asTold(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\$\d+(, ?\$\d+)+/g, '$…')
    .replaceAll(/(\(\$…\))(, ?\(\$…\))+/g, '$1…');
}

process.on('message', () => process.send?.(count));
process.channel?.unref();
