import { checkCommand } from '../src/commands/check.ts'

await checkCommand()
