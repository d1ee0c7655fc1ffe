/**
 * What a plain (unquoted) YAML scalar means in a template; undefined stands for null.
 *
 * The service reads YAML 1.1, so `yes` and `off` are booleans. A number is taken as one only if writing it again
 * gives the same text: `012`, `1.10`, `1e3`, `0x1F`, `22:30` and account ids with leading zeros stay text, because
 * what the author wrote is what the reader of the property shall get. Dates are text.
 * Source: CloudFormation user guide, "Template format" (YAML 1.1 without timestamps).
 */
export function plainScalar(source: string): string | number | boolean | undefined {
  switch (source) {
    case '':
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return undefined;
  }
  const first = source.charCodeAt(0);
  if (first === 0x2d || (first >= 0x30 && first <= 0x39)) return numberOrText(source);
  if (source.length > 5) return source;
  if (/^(?:true|True|TRUE|yes|Yes|YES|on|On|ON)$/.test(source)) return true;
  if (/^(?:false|False|FALSE|no|No|NO|off|Off|OFF)$/.test(source)) return false;
  return source;
}

function numberOrText(source: string): string | number {
  const number = Number(source);
  return Number.isFinite(number) && String(number) === source ? number : source;
}
