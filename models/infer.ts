import { inferCommand } from '../src/commands/infer.ts'

await inferCommand()
