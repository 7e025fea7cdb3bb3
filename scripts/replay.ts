import { replayCommand } from '../src/commands/replay.ts'

await replayCommand()
