import { spawnSync } from 'node:child_process';

/** Types of resources that moto's CloudFormation makes, by its own list. */
export function typesOfMoto(): ReadonlySet<string> {
  const command = process.env.PEERS_PYTHON;
  if (!command) throw new Error('PEERS_PYTHON names no Python: run this with npm run test:peers');
  const script = 'from moto.cloudformation.parsing import get_model_map; print(*get_model_map())';
  const { status, stdout, stderr } = spawnSync(command, ['-W', 'ignore', '-c', script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return new Set(stdout.split(/\s+/).filter((type) => /^AWS::\w+::\w+$/.test(type)));
}
