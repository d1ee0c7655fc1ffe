import { describeRefusal, type Refusal } from '../errors/index.ts';

/** Nothing was asked or judged, because the command was used wrongly or a file that it names cannot be read. */
export const usedWronglyExitCode = 2;

const filesWrong = new Set(['file-unreadable', 'file-empty', 'file-too-large', 'file-not-text']);

/**
 * Says a "no" on standard error, as a sentence or, with `--json`, as `{"error":{"code","message","remedy","position"?}}`,
 * as a server sends it. The exit code is 1; for a file that cannot be read 2.
 */
export function printRefusal(
  refusal: Refusal,
  { json }: { readonly json: boolean },
  exitCode: number = filesWrong.has(refusal.code) ? usedWronglyExitCode : 1,
): void {
  const { code, message, remedy, position } = refusal;
  console.error(json ? JSON.stringify({ error: { code, message, remedy, position } }) : describeRefusal(refusal));
  process.exitCode = exitCode;
}
