import { healthCommand } from '../src/commands/health.ts'

await healthCommand()
