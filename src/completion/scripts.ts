/** What each shell needs to ask `rh-batch __complete`; everything else happens there. */
export const completionScripts: Readonly<Record<'bash' | 'zsh' | 'fish', string>> = {
  bash: String.raw`# rh-batch completion for bash: eval "$(rh-batch completion bash)" in ~/.bashrc
_rh_batch() {
  COMPREPLY=()
  local reply
  while IFS= read -r reply; do
    COMPREPLY+=("$reply")
  done < <(rh-batch __complete bash "${'$'}{COMP_LINE:0:$COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
  # Nothing ends here: a value or a file of that folder follows.
  if [[ ${'$'}{#COMPREPLY[@]} -eq 1 && ${'$'}{COMPREPLY[0]} == *[=/] ]]; then
    compopt -o nospace 2>/dev/null
  fi
}
complete -F _rh_batch rh-batch
`,
  zsh: String.raw`#compdef rh-batch
# rh-batch completion for zsh: eval "$(rh-batch completion zsh)" in ~/.zshrc, behind compinit
_rh_batch() {
  local line value about
  local -a open openShown closed closedShown
  while IFS= read -r line; do
    value=${'$'}{line%%$'\t'*}
    about=${'$'}{line#*$'\t'}
    [[ -n $about ]] && about="$value  -- $about" || about=$value
    if [[ $value == *[=/] ]]; then
      open+=("$value"); openShown+=("$about")
    else
      closed+=("$value"); closedShown+=("$about")
    fi
  done < <(rh-batch __complete zsh -- "${'$'}{(@Q)words[2,CURRENT-1]}" "${'$'}{(Q)PREFIX}" 2>/dev/null)
  (( $#closed )) && compadd -l -d closedShown -a closed
  (( $#open )) && compadd -l -S '' -d openShown -a open
}
if [[ ${'$'}{funcstack[1]} == _rh_batch ]]; then _rh_batch "$@"; else compdef _rh_batch rh-batch; fi
`,
  fish: String.raw`# rh-batch completion for fish: rh-batch completion fish > ~/.config/fish/completions/rh-batch.fish
function __rh_batch_complete
  set -l before (commandline -opc)
  set -e before[1]
  rh-batch __complete fish -- $before (commandline -ct | string collect; or echo) 2>/dev/null
end
complete -c rh-batch -e
complete -c rh-batch -f -k -a '(__rh_batch_complete)'
`,
};
