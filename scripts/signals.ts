import { signalsCommand } from '../src/commands/signals.ts'

await signalsCommand()
