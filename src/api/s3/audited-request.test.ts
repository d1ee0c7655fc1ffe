import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listAudit } from '../../audit/index.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

const Bucket = 'deuteron';
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ limits: { objectBytesMax: 1_000, totalBytesMax: 100_000 } });
});
afterAll(() => api.close());

let before = 0;
beforeEach(async () => {
  before = (await entries(0))[0]?.position ?? 0;
});

/** Newest first, those of this test. */
async function entries(behind = before) {
  const listed = await listAudit(api.db, {}, {});
  return listed.ok ? listed.value.items.filter(({ position }) => position > behind) : [];
}

async function lines() {
  return (await entries()).map(({ verb, target, outcome, code }) => [verb, target, outcome, code]);
}

test('who puts and deletes an object is written down, with the request’s id; who reads is not', async () => {
  const put = await api.s3.send(new PutObjectCommand({ Bucket, Key: 'a folder/ü', Body: 'text' }));
  await api.s3.send(new GetObjectCommand({ Bucket, Key: 'a folder/ü' }));
  await api.s3.send(new ListObjectsV2Command({ Bucket }));
  await api.s3.send(new DeleteObjectCommand({ Bucket, Key: 'a folder/ü' }));
  expect(await lines()).toEqual([
    ['s3:DeleteObject', 'arn:aws:s3:::deuteron/a folder/ü', 'accepted', undefined],
    ['s3:PutObject', 'arn:aws:s3:::deuteron/a folder/ü', 'accepted', undefined],
  ]);
  expect((await entries())[1]).toMatchObject({ principal: 'administrator', requestId: put.$metadata.requestId });
});

test('an upload in parts counts when it becomes an object', async () => {
  const Key = 'parts';
  const upload = { Bucket, Key };
  const { UploadId } = await api.s3.send(new CreateMultipartUploadCommand(upload));
  const { ETag } = await api.s3.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'text' }));
  const other = await api.s3.send(new CreateMultipartUploadCommand(upload));
  await api.s3.send(new AbortMultipartUploadCommand({ ...upload, UploadId: other.UploadId }));
  expect(await lines()).toEqual([]);
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await api.s3.send(new CompleteMultipartUploadCommand({ ...upload, UploadId, MultipartUpload }));
  expect(await lines()).toEqual([['s3:CompleteMultipartUpload', 'arn:aws:s3:::deuteron/parts', 'accepted', undefined]]);
});

test('buckets are made and deleted by somebody', async () => {
  await api.s3.send(new CreateBucketCommand({ Bucket: 'another' }));
  await api.s3.send(new DeleteBucketCommand({ Bucket: 'another' }));
  expect(await lines()).toEqual([
    ['s3:DeleteBucket', 'arn:aws:s3:::another', 'accepted', undefined],
    ['s3:CreateBucket', 'arn:aws:s3:::another', 'accepted', undefined],
  ]);
});

test('what is refused is written down with its code', async () => {
  const refused = [
    new PutObjectCommand({ Bucket: 'nowhere', Key: 'x', Body: 'text' }),
    new PutObjectCommand({ Bucket, Key: 'large', Body: 'x'.repeat(1_001) }),
  ];
  for (const command of refused) await expect(api.s3.send(command)).rejects.toThrow();
  await expect(api.s3.send(new CreateBucketCommand({ Bucket }))).rejects.toThrow();
  expect((await lines()).reverse()).toEqual([
    ['s3:PutObject', 'arn:aws:s3:::nowhere/x', 'refused', 'BucketNotFound'],
    ['s3:PutObject', 'arn:aws:s3:::deuteron/large', 'refused', 'ObjectTooLarge'],
    ['s3:CreateBucket', 'arn:aws:s3:::deuteron', 'refused', 'BucketExists'],
  ]);
});

test('where the entry cannot be written the object is not either', async () => {
  await sql`create function no_entry() returns trigger language plpgsql as $$ begin raise 'no'; end $$`.execute(api.db);
  await sql`create trigger no_entry before insert on audit_entry execute function no_entry()`.execute(api.db);
  await expect(api.s3.send(new PutObjectCommand({ Bucket, Key: 'unseen', Body: 'text' }))).rejects.toThrow();
  await sql`drop function no_entry cascade`.execute(api.db);
  await expect(api.s3.send(new GetObjectCommand({ Bucket, Key: 'unseen' }))).rejects.toThrow("no object 'unseen'");
});
