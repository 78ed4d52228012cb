/** A failing history can be had again with its seed; the nightly size is a matter of these too. */
const number = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);

export const SEED = number('TANK_TEST_CHAOS_SEED', 7);
export const RECIPIENTS = number('TANK_TEST_CHAOS_RECIPIENTS', 10_000);
export const KILLS = number('TANK_TEST_CHAOS_KILLS', 100);
export const TIMEOUT_MS = 600_000 + KILLS * 10_000;
