import { expect, test } from 'vitest';
import { cidrBlocks } from './cidr-blocks.ts';

const cases = [
  { block: '10.0.0.0/16', count: 2, bits: 8, blocks: ['10.0.0.0/24', '10.0.1.0/24'] },
  {
    block: '192.168.0.0/24',
    count: 4,
    bits: 6,
    blocks: ['192.168.0.0/26', '192.168.0.64/26', '192.168.0.128/26', '192.168.0.192/26'],
  },
  { block: '10.0.3.7/16', count: 1, bits: 8, blocks: ['10.0.0.0/24'], reason: 'host bits of the block do not count' },
  { block: '10.0.0.0/16', count: 256, bits: 8, last: '10.0.255.0/24' },
  { block: '10.0.0.0/16', count: 257, bits: 8, blocks: undefined, reason: 'the service gives 256 at most' },
  { block: '10.0.0.0/28', count: 2, bits: 8, blocks: undefined, reason: 'no room' },
  { block: '10.0.0.0/16', count: 0, bits: 8, blocks: undefined },
  { block: '10.0.0.256/16', count: 1, bits: 8, blocks: undefined },
  {
    block: '2001:db8:1234:1a00::/56',
    count: 2,
    bits: 64,
    blocks: ['2001:db8:1234:1a00::/64', '2001:db8:1234:1a01::/64'],
  },
  { block: '::/0', count: 1, bits: 64, blocks: ['::/64'] },
  { block: 'fd00:0:0:1::/64', count: 2, bits: 8, blocks: ['fd00:0:0:1::/120', 'fd00:0:0:1::100/120'] },
];
test.each(cases)('$count of $bits bits in $block', ({ block, count, bits, blocks, last, reason }) => {
  const made = cidrBlocks(block, count, bits);
  expect(last === undefined ? made : made?.at(-1), reason).toEqual(last ?? blocks);
});
