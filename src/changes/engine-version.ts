/** How two versions of one engine relate. */
export type VersionStep = 'same' | 'minor' | 'major' | 'lower' | 'unknown';

/**
 * Compares versions by the scheme of their engine: PostgreSQL from 10 on counts majors by the first number, MySQL and
 * MariaDB by the first two, Aurora MySQL by the number behind `mysql_aurora`, OpenSearch and Redis by the first.
 * @param engine as the resource names it, e.g. `aurora-mysql`; a type stands for its engine where it has only one
 */
export function versionStep(engine: string, before: string, after: string): VersionStep {
  if (before === after) return 'same';
  const [was, is] = [readVersion(engine, before), readVersion(engine, after)];
  if (!was || !is) return 'unknown';
  if (was.product !== is.product) return productStep(was.product, is.product);
  const majors = compareNumbers(was.major, is.major);
  if (majors !== 0) return majors > 0 ? 'lower' : 'major';
  const rest = compareNumbers(was.numbers, is.numbers);
  if (rest > 0) return 'lower';
  return rest === 0 ? 'same' : 'minor';
}

interface EngineVersion {
  /** `opensearch` or `elasticsearch` where the version itself names it. */
  readonly product: string;
  readonly major: readonly number[];
  readonly numbers: readonly number[];
}

function readVersion(engine: string, version: string): EngineVersion | undefined {
  const [, product = '', plain = version] = /^([A-Za-z]+)_(\d.*)$/.exec(version) ?? [];
  const aurora = /^(\d+(?:\.\d+)*)\.mysql_aurora\.(\d+(?:\.\d+)*)/.exec(plain);
  if (aurora) {
    const numbers = toNumbers(aurora[2]!);
    return { product: 'aurora-mysql', major: numbers.slice(0, 1), numbers };
  }
  const numbers = toNumbers(plain);
  if (numbers.length === 0) return undefined;
  return {
    product: product.toLowerCase(),
    major: numbers.slice(0, majorLength(engine.toLowerCase(), numbers)),
    numbers,
  };
}

function toNumbers(text: string): readonly number[] {
  const leading = /^\d+(?:\.\d+)*/.exec(text.trim())?.[0];
  return leading === undefined ? [] : leading.split('.').map(Number);
}

function majorLength(engine: string, [first = 0]: readonly number[]): number {
  if (engine.includes('postgres')) return first >= 10 ? 1 : 2;
  if (/mysql|mariadb|oracle|aurora$/.test(engine)) return 2;
  if (engine === 'neptune' || engine === 'memcached') return 2;
  return 1;
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = a[index]! - b[index]!;
    if (difference !== 0) return difference;
  }
  return 0; // 8.0 and 8.0.35: one leaves open what the other says
}

/** Only Elasticsearch goes over to OpenSearch; nothing goes back. */
function productStep(before: string, after: string): VersionStep {
  if (before === 'elasticsearch' && after === 'opensearch') return 'major';
  return before === '' || after === '' ? 'unknown' : 'lower';
}
