import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

export interface ServerProcess {
  readonly url: string;
  /** Shown at the first start of an installation only. */
  readonly key?: { readonly id: string; readonly secret: string };
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
}

const started = new Set<ChildProcess>();

/** A server of its own, as `npm start` runs it; resolves when it is ready. */
export async function startServer(options: {
  readonly databaseUrl: string;
  readonly dataFolder: string;
  readonly cloudUrl: string;
  readonly flags?: readonly string[];
}): Promise<ServerProcess> {
  const { databaseUrl, dataFolder, cloudUrl, flags = [] } = options;
  const program = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
  const usual = ['--port', '0', '--cloud', 'aws', '--cloud-endpoint', cloudUrl, '--data-folder', dataFolder];
  const server = spawn(process.execPath, [program, 'server', ...usual, ...flags], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      AWS_ACCESS_KEY_ID: 'SIMULATEDCLOUDACCESS',
      AWS_SECRET_ACCESS_KEY: 'simulated',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.add(server);
  const gone = new Promise<number | null>((settle) => server.once('exit', settle));
  gone.then(() => started.delete(server));
  const kill = async () => {
    server.kill('SIGKILL');
    await gone;
  };
  let [out, err] = ['', ''];
  server.stderr.on('data', (text) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    let isReady = false; // what it says from then on is read, so that it can go on, and forgotten
    server.stdout.on('data', (text) => {
      if (isReady) return;
      out += text;
      const line = out.split('\n').find((each) => each.includes('"msg":"ready"'));
      if (!line) return;
      isReady = true;
      const { url } = JSON.parse(line) as { url: string };
      const [, id] = /AWS_ACCESS_KEY_ID=(\S+)/.exec(err) ?? [];
      const [, secret] = /AWS_SECRET_ACCESS_KEY=(\S+)/.exec(err) ?? [];
      resolve({ url, key: id && secret ? { id, secret } : undefined, kill });
    });
    gone.then((code) => reject(new Error(`the server ended with ${code}: ${out}${err}`)));
  });
}

export function endServers(): void {
  for (const child of started) child.kill('SIGKILL');
}
