import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface Sample {
  readonly template: string;
  readonly context: Readonly<Record<string, unknown>>;
  /** Other templates, by name. */
  readonly files: Readonly<Record<string, string>>;
}

export type Answer = (
  | { readonly text: string }
  | { readonly failed: 'syntax' | 'compiling' | 'rendering'; readonly message: string }
) & {
  /** Names that the peer hides where they are read, because they are set further on. */
  readonly hidden?: readonly string[];
};

/** Python's Jinja2 in a process of its own, which answers one sample after the other. */
export class JinjaPeer {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #waiting: ((answer: Answer) => void)[] = [];

  constructor(python: string) {
    this.#process = spawn(python, [join(import.meta.dirname, 'jinja-peer.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#waiting.shift()?.(JSON.parse(line)));
  }

  render(sample: Sample): Promise<Answer> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#process.stdin.write(`${JSON.stringify(sample)}\n`);
    });
  }

  close(): void {
    this.#process.stdin.end();
  }
}
