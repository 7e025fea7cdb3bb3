import { equitiesCommand } from '../src/commands/equities.ts'

await equitiesCommand()
