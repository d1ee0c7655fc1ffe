import { expect, test } from 'vitest';
import { readTerraformModule } from '../../bundles/index.ts';
import { compareModules } from './compare-modules.ts';

async function compare(before: string, after: string, locks: readonly [string, string] = ['', '']) {
  const [was, is] = await Promise.all(
    [before, after].map((text, index) =>
      readTerraformModule(
        new Map([
          ['main.tf', text],
          ['.terraform.lock.hcl', locks[index]!],
        ]),
      ),
    ),
  );
  if (!was?.ok || !is?.ok) throw new Error('the configuration of the test is wrong');
  const { findings, resources } = compareModules(was.value, is.value);
  return {
    told: findings.map(({ code, versionClass, path, logicalId }) => `${code} ${versionClass} ${path ?? logicalId}`),
    impacts: Object.fromEntries(resources.map(({ logicalId, impact }) => [logicalId, impact])),
    messages: findings.map(({ message }) => message).join('\n'),
  };
}

const variable = (body: string) => `variable "size" {\n${body}\n}\n`;
test.each([
  ['a default is added', 'type = string', 'type = string\ndefault = "s"', ['I-SCHEMA compatible size']],
  ['a default is dropped', 'type = string\ndefault = "s"', 'type = string', ['I-REQ breaking size']],
  ['a default changes', 'default = 1', 'default = 2', ['I-DEFAULT compatible size']],
  ['a type is widened', 'type = number', 'type = string', ['I-SCHEMA compatible size']],
  ['a type is narrowed', 'type = string', 'type = number', ['I-TYPE breaking size']],
  ['a type is spaced otherwise', 'type = map( string )', 'type = map(string)', []],
  ['null is refused', 'default = 1', 'default = 1\nnullable = false', ['I-TYPE breaking size']],
  [
    'a validation is added',
    'type = string',
    'type = string\nvalidation {\ncondition = length(var.size) > 2\nerror_message = "Longer, please."\n}',
    ['I-BOUND-TIGHT breaking size'],
  ],
  ['it becomes sensitive', 'type = string', 'type = string\nsensitive = true', ['I-SCHEMA compatible size']],
  ['only its words change', 'description = "a"', 'description = "b"', []],
])('a variable: %s', async (_what, before, after, told) => {
  expect((await compare(variable(before), variable(after))).told).toEqual(told);
});

test('variables and outputs come and go', async () => {
  const before = 'variable "a" {}\noutput "x" {\nvalue = var.a\n}\noutput "y" {\nvalue = 1\n}\n';
  const after = 'variable "b" {}\noutput "y" {\nvalue = 1\nsensitive = true\n}\noutput "z" {\nvalue = 1\n}\n';
  expect((await compare(before, after)).told.sort()).toEqual([
    'I-ADD-REQ breaking b',
    'I-OUT-ADD compatible z',
    'I-OUT-REMOVE breaking x',
    'I-OUT-TYPE breaking y',
    'I-REMOVE breaking a',
  ]);
});

test('a secret default is shown nowhere', async () => {
  const secret = (text: string) => variable(`sensitive = true\ndefault = "${text}"`);
  const told = await compare(secret('quiet-one'), secret('quiet-two'));
  expect(told.told).toEqual(['I-DEFAULT compatible size']);
  expect(JSON.stringify(told)).not.toContain('quiet');
});

const database = (body: string) => `resource "aws_db_instance" "main" {\n${body}\n}\n`;
test.each([
  ['encryption', 'storage_encrypted = false', 'storage_encrypted = true', 'replace', 'D-REPL data-affecting'],
  ['tags', 'tags = { a = "1" }', 'tags = { a = "2" }', 'update-in-place', 'R-UPD-NOINT compatible'],
  [
    'a class',
    'instance_class = "db.t3.small"',
    'instance_class = "db.t3.large"',
    'update-interrupt',
    'R-UPD-INT compatible',
  ],
  [
    'backups',
    'backup_retention_period = 7',
    'backup_retention_period = 1',
    'update-interrupt',
    'D-PROTECT data-affecting',
  ],
  ['how many', 'count = 2', 'count = 1', 'conditional-replace', 'R-CREPL data-affecting'],
])('of a database changes %s', async (_what, before, after, impact, told) => {
  const compared = await compare(database(before), database(after));
  expect(compared.impacts).toEqual({ 'aws_db_instance.main': impact });
  expect(compared.told.some((each) => each.startsWith(told))).toBe(true);
});

test('the guard against destruction is protection', async () => {
  const compared = await compare(database('lifecycle {\nprevent_destroy = true\n}'), database(''));
  expect(compared.told).toEqual(['D-PROTECT data-affecting aws_db_instance.main']);
});

test('what a local or a default gives otherwise, changes whatever reads it', async () => {
  const file = (tag: string) =>
    `locals {\n  base = "${tag}"\n  tags = { team = local.base }\n}\nresource "aws_vpc" "main" {\n  tags = local.tags\n  cidr_block = "10.0.0.0/16"\n}\n`;
  expect((await compare(file('a'), file('b'))).impacts).toEqual({ 'aws_vpc.main': 'update-in-place' });
  expect((await compare(file('a'), file('a'))).told).toEqual([]);
});

test('moved, forgotten, removed and renamed', async () => {
  const queue = (name: string) => `resource "aws_sqs_queue" "${name}" {\n  delay_seconds = 5\n}\n`;
  const moved = 'moved {\n  from = aws_sqs_queue.a\n  to = aws_sqs_queue.b\n}\n';
  const dropped = 'removed {\n  from = aws_sqs_queue.a\n  lifecycle {\n    destroy = false\n  }\n}\n';
  expect((await compare(queue('a'), queue('b') + moved)).told).toEqual(['R-MOVED compatible aws_sqs_queue.b']);
  expect((await compare(queue('a'), dropped)).told).toEqual(['R-RETAIN breaking aws_sqs_queue.a']);
  expect((await compare(queue('a'), '# empty')).told).toEqual(['D-REPL data-affecting aws_sqs_queue.a']);
  const renamed = await compare(queue('a'), queue('b'));
  expect(renamed.impacts).toEqual({ 'aws_sqs_queue.a': 'remove', 'aws_sqs_queue.b': 'add' });
  expect(renamed.messages).toContain('a moved block from aws_sqs_queue.a to aws_sqs_queue.b');
});

test('a provider with another major version cannot go back', async () => {
  const file = (version: string) =>
    `terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n      version = "${version}"\n    }\n  }\n}\n`;
  expect((await compare(file('~> 5.0'), file('~> 6.0'))).told).toEqual(['R-PROVIDER breaking hashicorp/aws']);
  const lock = (version: string) => `provider "registry.terraform.io/hashicorp/aws" {\n  version = "${version}"\n}\n`;
  const minor = await compare(file('~> 5.0'), file('~> 5.0'), [lock('5.10.0'), lock('5.30.0')]);
  expect(minor.told).toEqual(['R-PROVIDER compatible hashicorp/aws']);
});

test('modules that are called are not looked into', async () => {
  const call = (version: string) => `module "db" {\n  source = "example/db/aws"\n  version = "${version}"\n}\n`;
  expect((await compare(call('1.0.0'), call('2.0.0'))).told).toEqual(['R-NESTED breaking module.db']);
  expect((await compare(call('1.0.0'), call('1.0.0'))).told).toEqual([]);
});

test('what is no HCL is refused', async () => {
  const read = await readTerraformModule(new Map([['main.tf', 'resource "a" {']]));
  expect(read.ok ? 'read' : read.refusal.code).toBe('terraform-module-unreadable');
});
