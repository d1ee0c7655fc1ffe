import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Where a server that sends what others ask for must not reach: itself, and what answers without asking who calls, such
 * as a cloud's metadata service. Sources: RFC 6890, RFC 4291; AWS EC2 user guide, "Instance metadata" (fd00:ec2::254).
 */
const forbidden = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  forbidden.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::', 128],
  ['::1', 128],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  ['fd00:ec2::254', 128],
] as const) {
  forbidden.addSubnet(network, bits, 'ipv6');
}
/** IPv6 forms that carry an IPv4 address in their last 32 bits: mapped, compatible, translated (RFC 6052), 6to4 aside. */
const carriers = new BlockList();
for (const network of ['::ffff:0:0', '::', '64:ff9b::', '64:ff9b:1::']) carriers.addSubnet(network, 96, 'ipv6');

/** @param host an address; a name is not judged, and false */
export function isForbiddenAddress(host: string): boolean {
  const family = isIP(host);
  if (family === 4) return forbidden.check(host, 'ipv4');
  if (family !== 6) return false;
  if (forbidden.check(host, 'ipv6')) return true;
  const inner = carriers.check(host, 'ipv6') ? carriedAddress(host) : undefined;
  return inner !== undefined && forbidden.check(inner, 'ipv4');
}

function carriedAddress(host: string): string | undefined {
  // the URL parser writes every IPv6 address in one form, hexadecimal and shortened
  const groups = (URL.parse(`http://[${host}]`)?.hostname.slice(1, -1) ?? '').split(':');
  const [high, low] = groups.slice(-2).map((group) => Number.parseInt(group || '0', 16));
  if (high === undefined || low === undefined) return undefined;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Looks a name up as Node does, and fails when any of its addresses is forbidden: what connects uses what was judged. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '');
    const wrong = addresses.find(({ address }) => isForbiddenAddress(address));
    if (wrong) {
      const message = `${hostname} is ${wrong.address}, an address of this machine or this network alone`;
      return callback(Object.assign(new Error(message), { code: 'EADDRFORBIDDEN' }), '');
    }
    if (options.all) return callback(null, addresses);
    const [first] = addresses;
    return first ? callback(null, first.address, first.family) : callback(new Error(`${hostname} has no address`), '');
  });
};
