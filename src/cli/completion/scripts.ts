/** A shell that completions are offered for. */
export type Shell = 'bash' | 'zsh' | 'fish'

export const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish']

/**
 * The script that makes a shell ask `<program> __complete <shell> ...` for the words that may come next. It holds no
 * word of its own, so that it need not be printed anew for a new version.
 */
export function completionScript(shell: Shell, program: string): string {
  const name = `_${program.replace(/\W/g, '_')}_complete`
  return SCRIPTS[shell](program, name)
}

const SCRIPTS: Readonly<Record<Shell, (program: string, name: string) => string>> = {
  // The line, not bash's words: bash has taken those apart at colons and equals signs.
  bash: (program, name) => `# ${program} completion for bash. In ~/.bashrc: source <(${program} completion bash)
${name}() {
    local word
    COMPREPLY=()
    while IFS= read -r word; do
        COMPREPLY+=("$word")
    done < <("$1" __complete bash "$COMP_WORDBREAKS" "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
complete -o nospace -F ${name} ${program}
`,
  zsh: (program, name) => `#compdef ${program}
# ${program} completion for zsh. In ~/.zshrc, after compinit: source <(${program} completion zsh)
${name}() {
    local word description kind
    local -a whole partial
    while IFS=$'\\t' read -r word kind description; do
        word="\${word//\\\\/\\\\\\\\}"
        word="\${word//:/\\\\:}"
        if [[ $kind == partial ]]; then
            partial+=("$word:$description")
        else
            whole+=("$word:$description")
        fi
    done < <("\${words[1]}" __complete zsh "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)
    (( $#partial )) && _describe -t partial ${program} partial -S ''
    (( $#whole )) && _describe -t whole ${program} whole
    return 0
}
if [[ \${funcstack[1]} == _${program} ]]; then
    ${name} "$@"
else
    compdef ${name} ${program}
fi
`,
  fish: (
    program,
    name,
  ) => `# ${program} completion for fish. Once: ${program} completion fish > ~/.config/fish/completions/${program}.fish
function ${name}
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    $words[1] __complete fish $words[2..-1] "$current" 2>/dev/null
end
complete -c ${program} -f -a '(${name})'
`,
}
