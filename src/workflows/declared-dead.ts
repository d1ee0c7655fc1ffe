/** This process was silent for too long, and its work belongs to others now. */
export class DeclaredDead extends Error {
  constructor(executorId: string) {
    super(`the executor ${executorId} was declared dead; its work belongs to others`);
  }
}
