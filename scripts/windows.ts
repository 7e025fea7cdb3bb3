import { windowsCommand } from '../src/commands/windows.ts'

await windowsCommand()
