import { SpikeError } from '../errors.ts'
import { listOptions } from '../operations/command.ts'

/**
 * What a shell runs to complete the names of commands, and of each its options, for which it asks the command itself.
 * @throws SpikeError BAD_ARGUMENT for another shell than bash, zsh and fish.
 * @example
 * // eval "$(spike60 completion bash)"
 */
export function completionScript(shell: string, commands: string[]): string {
  const words = [...commands, 'completion'].join(' ')
  const bash = `_spike60() {
  local word=\${COMP_WORDS[COMP_CWORD]}
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W "${words} --help --version" -- "$word"))
  elif [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$(spike60 "\${COMP_WORDS[1]}" ${listOptions} 2>/dev/null)" -- "$word"))
  else COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _spike60 spike60`
  const scripts: Record<string, string> = {
    bash,
    zsh: `autoload -U +X bashcompinit && bashcompinit\n${bash}`,
    fish: `complete -c spike60 -n __fish_use_subcommand -f -a "${words}"
complete -c spike60 -n 'not __fish_use_subcommand' -a '(spike60 (commandline -opc)[2] ${listOptions} 2>/dev/null)'`,
  }
  if (scripts[shell] === undefined)
    throw new SpikeError('BAD_ARGUMENT', `completion is for ${Object.keys(scripts).join(', ')}, not for '${shell}'`)
  return scripts[shell]
}
