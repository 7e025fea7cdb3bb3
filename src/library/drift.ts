/**
 * `spike60/drift`: two sides of rows compared as Evidently compares them, and without its dependence on their number.
 * Runs in Node 20 and newer, a worker, a browser.
 * @module
 */
export type { Side } from '../monitor/columns/side.ts'
export { profileSide } from '../monitor/profile/make_profile.ts'
export type { Profile } from '../monitor/profile/profile.ts'
export { assembleReport, type DriftReport, type DriftSettings } from '../monitor/report/drift_report.ts'
