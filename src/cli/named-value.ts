import { InvalidArgumentError } from 'commander';

/** The two sides of a flag like `name=value`. @param form of the flag, as its help has it */
export function splitNamed(text: string, form: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`It has the form ${form}.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Reads such a flag that may be given several times. */
export function namedValues(form: string) {
  return (text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> => {
    const [name, value] = splitNamed(text, form);
    return { ...before, [name]: value };
  };
}
