import { handoffCommand } from '../src/commands/handoff.ts'

await handoffCommand()
