import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface MotoServer {
  readonly url: string;
  /** What it logged so far: an internal error is told there alone. */
  log(): string;
  close(): Promise<void>;
}

/** moto's server, started from the environment of the peers, with nothing in it. @param settings of moto */
export async function startMoto(settings: Readonly<Record<string, string>> = {}): Promise<MotoServer> {
  const command = process.env.PEERS_MOTO;
  if (!command) throw new Error('PEERS_MOTO names no moto_server: run this with npm run test:peers');
  const port = await freePort();
  const server = spawn(command, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...settings },
  });
  let said = '';
  server.stderr.on('data', (text) => {
    said += text;
  });
  const ended = new Promise<void>((done) => server.once('exit', () => done()));
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url))) {
    if (server.exitCode !== null) throw new Error(`moto_server ended with ${server.exitCode}: ${said}`);
    await delay(50);
  }
  return {
    url,
    log: () => said,
    async close() {
      server.kill();
      await ended;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/moto-api/data.json`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as { port: number };
  await new Promise((closed) => probe.close(closed));
  return port;
}
