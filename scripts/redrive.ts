import { redriveCommand } from '../src/commands/redrive.ts'

await redriveCommand()
