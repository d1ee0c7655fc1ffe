import type { Refusal, SourcePosition } from '../errors/index.ts';

/** Every "no" of this room, with its heading in docs/errors.md. */
export const stackRefusalCodes = {
  'stack-template-syntax':
    'The text of the template is neither well-formed YAML nor JSON, repeats a key, or has a second document.',
  'stack-template-limit': 'A limit of the service or of the parser is exceeded.',
  'stack-template-invalid': 'The template is well-formed, but not a template the service takes.',
  'stack-template-unsupported': 'The template needs a transform or macro that only the service itself can run.',
  'stack-template-circular': 'Resources or conditions depend on each other in a circle.',
  'stack-parameter-invalid': 'A parameter is missing, unknown, or its value breaks a constraint.',
  'stack-evaluation-failed': 'An intrinsic function cannot be evaluated with the values it gets.',
  'stack-properties-invalid': 'A resource has properties that its published schema does not know or allow.',
} as const;

export type StackRefusalCode = keyof typeof stackRefusalCodes;

/**
 * `message` is worded as the service words it where its wording is known, so that a client that knows the service
 * knows the message; `position` is the line of the template.
 */
export type StackRefusal = Refusal<StackRefusalCode> & {
  /** Where a repeated key stood first. */
  readonly firstPosition?: SourcePosition;
};

const remedies: Record<StackRefusalCode, string> = {
  'stack-template-syntax': 'Correct the template at this position.',
  'stack-template-limit': 'Make the template smaller, for example by splitting it into several.',
  'stack-template-invalid': 'Correct the template at this position.',
  'stack-template-unsupported': 'Write out what the transform would make, or deploy to the real service.',
  'stack-template-circular': 'Break the circle, for example by moving one reference into a resource of its own.',
  'stack-parameter-invalid': 'Give the parameter a value that its declaration in the template allows.',
  'stack-evaluation-failed': 'Correct the function or the values it reads.',
  'stack-properties-invalid': 'Compare the properties with the reference page of the resource type.',
};

export function stackRefusal(
  code: StackRefusalCode,
  message: string,
  position?: SourcePosition,
  remedy: string = remedies[code],
): StackRefusal {
  return { kind: code === 'stack-template-limit' ? 'limit' : 'invalid', code, message, remedy, position };
}
