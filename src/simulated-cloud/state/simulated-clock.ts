/** How the cloud's time runs. Plain data, kept in the database. */
export interface ClockSetting {
  /** Real seconds for each second that a resource takes: 0 is instant, 1 as long as in the real service. */
  readonly scale: number;
  /** The cloud's clock is ahead of the real one by so much. */
  readonly aheadMs: number;
  /** Held: the cloud's clock stands here until it is advanced or released. */
  readonly heldAt?: Date;
}

export function clockNow(setting: ClockSetting, real: Date): Date {
  return setting.heldAt ?? new Date(real.getTime() + setting.aheadMs);
}

export function advanced(setting: ClockSetting, seconds: number): ClockSetting {
  const byMs = seconds * 1000;
  const heldAt = setting.heldAt && new Date(setting.heldAt.getTime() + byMs);
  return { ...setting, aheadMs: setting.aheadMs + byMs, heldAt };
}

/** Holding keeps the moment; releasing goes on from there. */
export function held(setting: ClockSetting, hold: boolean, real: Date): ClockSetting {
  if (hold === (setting.heldAt !== undefined)) return setting;
  if (hold) return { ...setting, heldAt: clockNow(setting, real) };
  return { scale: setting.scale, aheadMs: (setting.heldAt?.getTime() ?? 0) - real.getTime() };
}

/** How long a wait of the cloud's own takes. */
export function scaledMs(setting: ClockSetting, seconds: number): number {
  return seconds * 1000 * setting.scale;
}
