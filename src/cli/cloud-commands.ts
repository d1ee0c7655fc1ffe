import { type Command, InvalidArgumentError, Option } from 'commander';
import { askControlDoor, type ControlDoor, type ControlMembers, columns } from './cloud-control.ts';
import { readGivenFile } from './given-file.ts';
import { amount, serverUrl, wholeNumber } from './given-values.ts';
import { printRefusal } from './print-refusal.ts';

/**
 * `deuteron cloud <command>`: looks at a simulated cloud that runs, and makes things happen in it. All of it goes through
 * the control door, so it works on a server's cloud as on one that runs alone.
 */
export function addCloudCommands(cloud: Command): void {
  addLooks(cloud);
  addFaults(cloud);
  addClock(cloud);
  addSurroundings(cloud);
}

/** A command with what all of them share. */
function command(cloud: Command, name: string, description: string, example: string): Command {
  return cloud
    .command(name)
    .description(description)
    .addOption(
      new Option('--url <url>', 'address of the simulated cloud')
        .env('DEUTERON_CLOUD_URL')
        .argParser(serverUrl)
        .default('http://127.0.0.1:4401'),
    )
    .option('--json', 'the answer as JSON', false)
    .addHelpText('after', `\nExample:\n${example.replace(/^/gm, '  ')}\n`);
}

function withPlace(made: Command): Command {
  return made
    .option('--account-id <digits>', 'only this account')
    .option('--region <name>', 'only this region')
    .option('--stack <name>', 'only this stack; shop-* for a beginning');
}

function show<Answer>({ json }: ControlDoor, answer: Answer | undefined, text: (answer: Answer) => string): void {
  if (answer !== undefined) console.log(json ? JSON.stringify(answer, null, 2) : text(answer));
}

interface PlaceFlags extends ControlDoor {
  readonly accountId?: string;
  readonly region?: string;
  readonly stack?: string;
}

interface ShownStack {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  readonly status: string;
  readonly id: string;
}

interface ShownRequest {
  readonly position: number;
  readonly at: string;
  readonly action: string;
  readonly accountId: string;
  readonly region: string;
  readonly stackName?: string;
  readonly error?: string;
}

function addLooks(cloud: Command): void {
  command(cloud, 'look', 'what the cloud is: its seed, its clock, what is in flight', 'deuteron cloud look').action(
    async (door: ControlDoor) => {
      const answer = await askControlDoor<object>(door, 'GET', '');
      show(door, answer, (found) => JSON.stringify(found, null, 2));
    },
  );

  command(
    cloud,
    'stacks',
    'the stacks of all accounts and regions, the latest first',
    'deuteron cloud stacks --account-id 111122223333\naws cloudformation describe-stack-events --endpoint-url http://127.0.0.1:4401 --stack-name shop',
  )
    .option('--account-id <digits>', 'only this account')
    .option('--region <name>', 'only this region')
    .option('--deleted', 'deleted ones too', false)
    .option('--limit <number>', 'at most so many', wholeNumber(1), 100)
    .action(async ({ deleted, limit, ...door }: PlaceFlags & { deleted: boolean; limit: number }) => {
      const { accountId, region } = door;
      const answer = await askControlDoor<{ stacks: ShownStack[] }>(door, 'GET', '/stacks', {
        accountId,
        region,
        deleted,
        limit,
      });
      show(door, answer, ({ stacks }) =>
        stacks.length === 0
          ? 'There is no stack.'
          : columns(stacks.map((stack) => [stack.status, stack.accountId, stack.region, stack.name])),
      );
    });

  withPlace(
    command(
      cloud,
      'requests',
      'the journal: every call that may change something',
      'deuteron cloud requests --stack shop --action UpdateStack',
    ),
  )
    .option('--action <name>', 'only this action, e.g. CreateStack')
    .option('--after <position>', 'only what came behind this position', wholeNumber(0))
    .option('--reads', 'the latest calls that change nothing instead', false)
    .option('--limit <number>', 'at most so many', wholeNumber(1), 1_000)
    .action(async (flags: PlaceFlags & { action?: string; after?: number; reads: boolean; limit: number }) => {
      const { accountId, region, stack: stackName, action, after, reads, limit } = flags;
      const query = { accountId, region, stackName, action, after, reads, limit };
      const answer = await askControlDoor<{ requests: ShownRequest[] }>(flags, 'GET', '/requests', query);
      show(flags, answer, ({ requests }) =>
        requests.length === 0
          ? 'There was no such call.'
          : columns(
              requests.map(
                ({ position, at, action: called, accountId: account, region: where, stackName: name, error }) => [
                  ...[String(position), at, called, account, where, name ?? '-', error ?? ''],
                ],
              ),
            ),
      );
    });
}

interface FaultFlags extends PlaceFlags {
  readonly type?: string;
  readonly logicalId?: string;
  readonly operation?: string;
  readonly phase?: string;
  readonly message?: string;
  readonly afterInitiation?: boolean;
  readonly delay?: number;
  readonly hang?: boolean;
  readonly action?: string;
  readonly code?: string;
  readonly status?: number;
  readonly role?: string;
  readonly nth?: number;
  readonly probability?: number;
  readonly times?: number;
}

function addFaults(cloud: Command): void {
  withPlace(
    command(
      cloud,
      'fault',
      'let something go wrong: the work on resources, or calls (with --code)',
      [
        'deuteron cloud fault --type AWS::RDS::DBInstance --operation create --message "no capacity" --probability 0.1',
        'deuteron cloud fault --stack shop-* --logical-id Queue --hang',
        'deuteron cloud fault --action DescribeStacks --code Throttling --message "Rate exceeded" --times 5',
      ].join('\n'),
    ),
  )
    .option('--type <type>', 'of the resource, e.g. AWS::SQS::Queue')
    .option('--logical-id <id>', 'of the resource')
    .addOption(new Option('--operation <what>', 'on the resource').choices(['create', 'update', 'delete', 'import']))
    .addOption(new Option('--phase <phase>', 'of the operation').choices(['forward', 'rollback', 'cleanup']))
    .option('--message <text>', 'the reason of the failure')
    .option('--after-initiation', 'fail when a physical resource is there already')
    .option('--delay <seconds>', 'make it slower instead', amount())
    .option('--hang', 'let it hang until the fault is cleared')
    .option('--action <name>', 'of a call')
    .option('--code <code>', 'answer calls with this error instead, e.g. AccessDenied')
    .option('--status <number>', 'HTTP status of such an answer', wholeNumber(100, 599))
    .option('--role <arn>', 'calls with this role only')
    .option('--nth <number>', 'the nth time only', wholeNumber(1))
    .option('--probability <share>', 'in this share of the cases', amount({ max: 1 }))
    .option('--times <number>', 'so many times at most', wholeNumber(1))
    .action(async (flags: FaultFlags) => {
      const isCall = flags.code !== undefined || flags.action !== undefined;
      const body = isCall ? callFault(flags) : resourceFault(flags);
      const answer = await askControlDoor<{ id: string }>(
        flags,
        'POST',
        isCall ? '/faults/call' : '/faults/resource',
        body,
      );
      show(flags, answer, ({ id }) => `Fault ${id} is injected. Clear it with: deuteron cloud clear ${id}`);
    });

  command(cloud, 'faults', 'the faults that are injected', 'deuteron cloud faults').action(
    async (door: ControlDoor) => {
      const answer = await askControlDoor<{ faults: Record<string, unknown>[] }>(door, 'GET', '/faults');
      show(door, answer, ({ faults }) =>
        faults.length === 0
          ? 'There is no fault.'
          : faults.map(({ id, ...fault }) => `${id}  ${JSON.stringify(fault)}`).join('\n'),
      );
    },
  );

  command(cloud, 'clear', 'clear one fault, or all; what hung by it goes on', 'deuteron cloud clear')
    .argument('[id]', 'of the fault')
    .action(async (id: string | undefined, door: ControlDoor) => {
      const path = id === undefined ? '/faults' : `/faults/${encodeURIComponent(id)}`;
      const answer = await askControlDoor<{ cleared: number }>(door, 'DELETE', path);
      show(door, answer, ({ cleared }) => `Faults cleared: ${cleared}`);
    });
}

function sharedFault({ accountId, region, stack, nth, probability, times }: FaultFlags): ControlMembers {
  return { accountId, region, stackName: stack, nth, probability, timesMax: times };
}

function callFault(flags: FaultFlags): ControlMembers {
  const { action, code, message = code, status, role } = flags;
  return { ...sharedFault(flags), action, code, message, httpStatus: status, roleArn: role };
}

function resourceFault(flags: FaultFlags): ControlMembers {
  const { type, logicalId, operation, phase, message, afterInitiation, delay, hang } = flags;
  const what = { type, logicalId, operation, phase, message, afterInitiation, delaySeconds: delay, hang };
  return { ...sharedFault(flags), ...what };
}

interface ShownClock {
  readonly now: string;
  readonly scale: number;
  readonly heldAt?: string;
}

function clockText({ now, scale, heldAt }: ShownClock): string {
  const pace = scale === 0 ? 'resources are ready at once' : `a second of a resource takes ${scale} s`;
  return `${now}; ${pace}${heldAt === undefined ? '' : '; the clock is held'}`;
}

function addClock(cloud: Command): void {
  command(
    cloud,
    'clock',
    'look at the clock, or set it',
    'deuteron cloud clock --scale 0.01\ndeuteron cloud clock --hold',
  )
    .option('--scale <number>', 'real seconds for each second that a resource takes; 0 is at once', amount())
    .option('--hold', 'stop the clock: nothing happens until it is advanced or released')
    .option('--release', 'let a held clock go on')
    .action(
      async ({
        scale,
        hold,
        release,
        ...door
      }: ControlDoor & { scale?: number; hold?: boolean; release?: boolean }) => {
        const held = hold || release ? hold === true : undefined;
        const isSet = scale !== undefined || held !== undefined;
        const answer = await askControlDoor<ShownClock>(
          door,
          isSet ? 'PATCH' : 'GET',
          '/clock',
          isSet ? { scale, held } : {},
        );
        show(door, answer, clockText);
      },
    );

  command(
    cloud,
    'advance',
    'advance the clock: whatever falls due has happened when the command ends',
    'deuteron cloud advance 600',
  )
    .argument('<seconds>', 'by so much', amount())
    .action(async (seconds: number, door: ControlDoor) => {
      show(door, await askControlDoor<ShownClock>(door, 'POST', '/clock/advance', { seconds }), clockText);
    });
}

interface SurroundingFlags extends ControlDoor {
  readonly accountId: string;
  readonly region: string;
}

function inPlace(made: Command): Command {
  return made
    .requiredOption('--account-id <digits>', 'the account')
    .addOption(new Option('--region <name>', 'the region').env('AWS_REGION').default('us-east-1'));
}

function addSurroundings(cloud: Command): void {
  inPlace(
    command(
      cloud,
      'value',
      'set a parameter of the parameter store, or a secret: what templates read. Each time is a new version',
      'deuteron cloud value /app/image ami-1 --account-id 111122223333\ndeuteron cloud value db \'{"user":"ann"}\' --kind Secret --account-id 111122223333',
    ),
  )
    .argument('<name>')
    .argument('[value]', 'absent: it is removed')
    .addOption(
      new Option('--kind <kind>', 'what it is')
        .choices(['String', 'StringList', 'SecureString', 'Secret'])
        .default('String'),
    )
    .action(async (name: string, value: string | undefined, flags: SurroundingFlags & { kind: string }) => {
      const { accountId, region, kind } = flags;
      const body = { accountId, region, kind, name, value: value ?? null };
      const answer = await askControlDoor<{ version: string | null }>(flags, 'PUT', '/values', body);
      show(flags, answer, ({ version }) =>
        version === null ? `${name} is removed.` : `${name} has version ${version}.`,
      );
    });

  inPlace(
    command(
      cloud,
      'drift',
      'change or delete a resource as somebody would without CloudFormation',
      'deuteron cloud drift shop Queue --set \'{"DelaySeconds": 9}\' --account-id 111122223333',
    ),
  )
    .argument('<stack>')
    .argument('<logical-id>')
    .option('--set <json>', 'properties that differ, as a JSON merge patch', jsonObject)
    .option('--deleted', 'it is gone', false)
    .action(
      async (stackName: string, logicalId: string, flags: SurroundingFlags & { set?: object; deleted: boolean }) => {
        const { accountId, region, set: properties, deleted } = flags;
        const body = { accountId, region, stackName, logicalId, properties, deleted };
        const answer = await askControlDoor<{ drift: object | null }>(flags, 'PUT', '/drift', body);
        show(flags, answer, ({ drift }) =>
          drift === null ? `${logicalId} is as its stack has made it.` : `${logicalId} has drifted.`,
        );
      },
    );

  command(
    cloud,
    'template',
    'give the template that stands at an address, for TemplateURL and nested stacks',
    'deuteron cloud template https://templates.s3.amazonaws.com/queue.yaml queue.yaml',
  )
    .argument('<address>')
    .argument('<file>')
    .action(async (address: string, file: string, door: ControlDoor) => {
      const body = await readGivenFile(file);
      if (!body.ok) return printRefusal(body.refusal, door);
      const answer = await askControlDoor<{ bytes: number }>(door, 'PUT', '/objects', {
        url: address,
        body: body.value,
      });
      show(door, answer, ({ bytes }) => `${address} has ${bytes} bytes.`);
    });
}

function jsonObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // said below
  }
  throw new InvalidArgumentError('Give an object in JSON.');
}
