import type { EngineSettings } from '../core/features/engine.ts'

/** What config.yaml says of rows, for code that has no config file, as in a browser. Seconds, but for the share `min_coverage`. */
export const defaultSettings: Readonly<EngineSettings> = {
  out_of_orderness_s: 2,
  carry_s: 10,
  session_reset_s: 900,
  ahead_limit_s: 60,
  min_coverage: 0.5,
}
