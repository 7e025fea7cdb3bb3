import { settleCommand } from '../src/commands/settle.ts'

await settleCommand()
