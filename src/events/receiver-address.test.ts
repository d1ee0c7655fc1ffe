import { expect, test } from 'vitest';
import { guardedLookup, isForbiddenAddress } from './receiver-address.ts';

test.each([
  '127.0.0.1',
  '127.255.0.9',
  '0.0.0.0',
  '169.254.169.254',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fe80::1',
  'ff02::1',
  'fd00:ec2::254',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '::127.0.0.1',
  '64:ff9b::169.254.169.254',
])('%s is forbidden', (address) => {
  expect(isForbiddenAddress(address)).toBe(true);
});

test.each(['10.1.2.3', '192.168.1.1', '8.8.8.8', '2600:1f18::1', 'fd12::1', '::ffff:8.8.8.8', 'example.com'])(
  '%s is not',
  (address) => {
    expect(isForbiddenAddress(address)).toBe(false);
  },
);

test.each([{}, { all: true }])('a name is judged by what it is looked up as: %o', async (options) => {
  const error = await new Promise((resolve) => {
    guardedLookup('localhost', options, resolve);
  });
  expect(error).toMatchObject({ code: 'EADDRFORBIDDEN' });
});
