/** The JSON of a plan with these changes of resources, each by its address. */
export function planText(
  resources: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  rest: Readonly<Record<string, unknown>> = {},
): string {
  const changes = Object.entries(resources).map(([address, { actions, before = null, after = null, ...more }]) => {
    const { action_reason, previous_address, deposed, ...change } = more;
    const type = address.split('.').at(-2) ?? '';
    return {
      address,
      mode: address.startsWith('data.') ? 'data' : 'managed',
      type,
      ...(action_reason !== undefined && { action_reason }),
      ...(previous_address !== undefined && { previous_address }),
      ...(deposed !== undefined && { deposed }),
      change: { actions, before, after, after_unknown: {}, before_sensitive: {}, after_sensitive: {}, ...change },
    };
  });
  return JSON.stringify({ format_version: '1.2', resource_changes: changes, complete: true, errored: false, ...rest });
}
