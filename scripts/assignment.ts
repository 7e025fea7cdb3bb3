import { assignmentCommand } from '../src/commands/assignment.ts'

await assignmentCommand()
