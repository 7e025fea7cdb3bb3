import { simulateCommand } from '../src/commands/simulate.ts'

await simulateCommand()
