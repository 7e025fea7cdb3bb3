import { notebookCommand } from '../src/commands/notebook.ts'

await notebookCommand()
