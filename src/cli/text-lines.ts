/**
 * The lines of a text that comes in pieces, as NDJSON has them: ended by a line feed and by nothing else. Node's own reader
 * of lines also ends them at U+2028, which may stand inside of a JSON text.
 * @param unended what comes of a last line that is not ended: it is one like the others, or was cut off and is left out
 */
export async function* textLines(
  pieces: AsyncIterable<Uint8Array>,
  { unended }: { readonly unended: 'taken' | 'left-out' },
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let begun = '';
  for await (const piece of pieces) {
    const lines = (begun + decoder.decode(piece, { stream: true })).split('\n');
    begun = lines.pop() ?? '';
    yield* lines;
  }
  begun += decoder.decode();
  if (begun !== '' && unended === 'taken') yield begun;
}
