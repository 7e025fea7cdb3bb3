import { trainCommand } from '../src/commands/train.ts'

await trainCommand()
