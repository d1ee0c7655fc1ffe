import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type PeerResult = { readonly text: string } | { readonly failed: string };

/** Python's Jinja2 in a process of its own; what it is asked, and what it answers, says render-peer.py. */
export interface RenderPeer {
  /** One at a time. @throws with its last words when it has ended */
  ask<Answer>(request: object): Promise<Answer>;
  close(): void;
}

export function openRenderPeer(python: string): RenderPeer {
  const child = spawn(python, [join(import.meta.dirname, 'render-peer.py')], { stdio: ['pipe', 'pipe', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  child.stdin.on('error', () => undefined); // it has ended, which is told below
  const ended = once(child, 'close').then(
    ([code]) => Promise.reject(new Error(`Python ended with exit code ${code}: ${words.trim()}`)),
    (error) => Promise.reject(error),
  );
  ended.catch(() => undefined); // told to whoever asks
  const lines = createInterface({ input: child.stdout });
  return {
    async ask(request) {
      const answered = once(lines, 'line');
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const [line] = await Promise.race([answered, ended]);
      return JSON.parse(line);
    },
    close() {
      child.stdin.end();
    },
  };
}
