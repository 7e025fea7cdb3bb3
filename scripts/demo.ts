import { demoCommand } from '../src/commands/demo.ts'

await demoCommand()
