/**
 * The first `count` blocks of `size` host bits inside an address block, as `Fn::Cidr` gives them; undefined if the
 * block is no block or has no room for them. IPv4 and IPv6. Source: CloudFormation user guide, "Fn::Cidr".
 */
export function cidrBlocks(block: string, count: number, hostBits: number): readonly string[] | undefined {
  const parsed = parseBlock(block);
  if (!parsed) return undefined;
  const { family, address, prefix } = parsed;
  const bits = family === 4 ? 32 : 128;
  const newPrefix = bits - hostBits;
  if (count < 1 || count > 256 || hostBits < 1 || newPrefix < prefix) return undefined;
  if (newPrefix - prefix < 8 && count > 2 ** (newPrefix - prefix)) return undefined;
  const mask = (1n << BigInt(bits)) - (1n << BigInt(bits - prefix));
  const start = address & mask;
  const step = 1n << BigInt(hostBits);
  const write = family === 4 ? writeIpv4 : writeIpv6;
  return Array.from({ length: count }, (_, index) => `${write(start + step * BigInt(index))}/${newPrefix}`);
}

interface Block {
  readonly family: 4 | 6;
  readonly address: bigint;
  readonly prefix: number;
}

function parseBlock(block: string): Block | undefined {
  const match = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(block.trim());
  if (!match) return undefined;
  const [, text = '', prefixText = ''] = match;
  const prefix = Number(prefixText);
  const family = text.includes(':') ? 6 : 4;
  const address = family === 6 ? parseIpv6(text) : parseIpv4(text);
  if (address === undefined || prefix > (family === 4 ? 32 : 128)) return undefined;
  return { family, address, prefix };
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((address, part) => (address << 8n) | BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [left = [], right = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((address, group) => (address << 16n) | BigInt(`0x${group}`), 0n);
}

function writeIpv4(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.');
}

/** The longest run of zero groups is shortened, as RFC 5952 says. */
function writeIpv6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const runs = [...groups.join(':').matchAll(/(?:^|(?<=:))0(?::0)+(?=:|$)/g)];
  const longest = runs.toSorted((a, b) => b[0].length - a[0].length)[0];
  if (!longest) return groups.join(':');
  const joined = groups.join(':');
  const before = joined.slice(0, longest.index).replace(/:$/, '');
  const after = joined.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}
