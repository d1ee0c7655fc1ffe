import { expect, test } from 'vitest';
import { attemptsMax, pauseAfter } from './delivery.ts';
import { wantsEvent } from './event.ts';
import { checkWebhookUrl } from './webhook.ts';
import { webhookHeaders } from './webhook-signature.ts';

const urls = [
  { url: 'https://ci.example.com/hook?token=a', expected: 'https://ci.example.com/hook?token=a' },
  { url: 'http://10.0.0.7:8080', expected: 'http://10.0.0.7:8080/' },
  { url: 'ftp://example.com/', expected: 'webhook-url' },
  { url: 'example.com/hook', expected: 'webhook-url' },
  { url: 'https://me:secret@example.com/', expected: 'webhook-url' },
  { url: 'http://localhost:4400/', expected: 'webhook-url' },
  { url: 'http://sub.localhost/', expected: 'webhook-url' },
  { url: 'http://127.1/', expected: 'webhook-url' },
  { url: 'http://2130706433/', expected: 'webhook-url' },
  { url: 'http://0x7f.0.0.1/', expected: 'webhook-url' },
  { url: 'http://[::1]:8080/', expected: 'webhook-url' },
  { url: 'http://[::ffff:169.254.169.254]/', expected: 'webhook-url' },
  { url: `https://example.com/${'a'.repeat(2_000)}`, expected: 'webhook-url' },
];
test.each(urls)('$url', ({ url, expected }) => {
  const checked = checkWebhookUrl(url, false);
  expect(checked.ok ? checked.value : checked.refusal.code).toBe(expected);
});

test('local addresses can be allowed, nothing else', () => {
  expect(checkWebhookUrl('http://127.0.0.1:9/', true)).toMatchObject({ ok: true });
  expect(checkWebhookUrl('file:///etc/passwd', true)).toMatchObject({ ok: false });
});

test('messages are signed as Standard Webhooks signs its example', () => {
  // Source: the test vector of the Standard Webhooks libraries
  const message = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: new Date(1_614_265_330_000),
    body: '{"test": 2432232314}',
  };
  expect(webhookHeaders(message, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

const environment = { type: 'AWS Proton Environment Status Change', resource: 'arn:aws:proton:r:a:environment/dev' };
const filters = [
  { types: [], resources: [], expected: true },
  { types: [environment.type], resources: [], expected: true },
  { types: ['Other'], resources: [], expected: false },
  { types: [], resources: [environment.resource], expected: true },
  { types: [], resources: ['arn:aws:proton:r:a:environment/de'], expected: false },
  { types: [], resources: ['arn:aws:proton:r:a:environment/*'], expected: true },
  { types: ['Other'], resources: ['arn:*'], expected: false },
];
test.each(filters)('types $types, resources $resources: $expected', ({ expected, ...filter }) => {
  expect(wantsEvent(filter, environment)).toBe(expected);
});

test('pauses grow, scatter, and end', () => {
  const pauses = Array.from({ length: attemptsMax }, (_, index) => pauseAfter(index + 1, 0));
  expect(pauses.at(-1)).toBeUndefined();
  const real = pauses.filter((pause) => pause !== undefined);
  expect(real).toHaveLength(attemptsMax - 1);
  expect(real).toEqual([...real].sort((left, right) => left - right));
  expect(pauseAfter(1, 1)).toBeGreaterThan(pauseAfter(1, 0) ?? 0);
});
