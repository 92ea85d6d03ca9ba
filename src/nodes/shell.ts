import { wrapper } from '../processes/detached.ts'

/**
 * What is told to a POSIX shell on a node, on its standard input, so that a command runs there detached and is found again.
 * A command has a folder of its own, named by the command; its files are those of processes/detached.ts.
 */

/** Characters of each output that are kept, as SSM does. */
const mostOutput = 24_000

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

const enter = (base: string, id: string) => `umask 077
base=${base}
d="$base"/${quoted(id)}
# The 20th field after the command's name is when the process began; without /proc, ps says it.
began() { if [ -r "/proc/$1/stat" ]; then sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f20; else ps -o lstart= -p "$1"; fi 2>/dev/null; }
alive() {
  pid=$(head -n 1 "$d/identity")
  case $pid in ''|*[!0-9]*|1) return 1;; esac
  told=$(sed -n 2p "$d/identity")
  case $told in *') '*) told=$(printf '%s' "$told" | sed 's/.*) //' | cut -d' ' -f20);; esac
  [ -n "$told" ] && [ "$(began "$pid")" = "$told" ]
}
`

const look = (mark: string) => `
if [ ! -e "$d/identity" ]; then echo '${mark} lost'; exit 0; fi
if [ ! -e "$d/exit-code" ] && alive; then echo '${mark} running'; exit 0; fi
if [ -e "$d/exit-code" ]; then state="ended $(head -c 8 "$d/exit-code")"; else state='ended 137'; fi
if [ -e "$d/timed-out" ]; then state="$state timed-out"; fi
echo '${mark}' "$state"
for file in events.jsonl stderr.log; do
  head -c ${mostOutput} "$d/$file"
  echo; echo '${mark}'
done
`

/** Starts the program, unless it was started before, and says how far it is. Commands of a week ago are removed. */
export function startText(base: string, id: string, program: string, mark: string): string {
  return `${enter(base, id)}
mkdir -p "$d" || exit 1
if [ ! -e "$d/identity" ]; then
  find "$base" -mindepth 1 -maxdepth 1 -mtime +7 -exec rm -rf {} + 2>/dev/null
  cd "$d" || exit 1
  printf '%s' ${quoted(program)} > "program.$$" && mv "program.$$" program || exit 1
  if command -v setsid > /dev/null 2>&1; then
    setsid sh -c ${quoted(wrapper)} wrapper "$d" sh "$d/program" < /dev/null > /dev/null 2> "$d/start.log" &
  else
    set -m
    nohup sh -c ${quoted(wrapper)} wrapper "$d" sh "$d/program" < /dev/null > /dev/null 2> "$d/start.log" &
  fi
  n=0
  while [ ! -e "$d/identity" ] && [ "$n" -lt 200 ]; do sleep 0.05; n=$((n + 1)); done
  if [ ! -e "$d/identity" ]; then cat "$d/start.log" >&2; exit 1; fi
fi
${look(mark)}`
}

export function pollText(base: string, id: string, mark: string): string {
  return `${enter(base, id)}${look(mark)}`
}

export function cancelText(base: string, id: string): string {
  return `${enter(base, id)}
if [ -e "$d/identity" ] && [ ! -e "$d/exit-code" ] && alive; then
  kill -s TERM -- "-$pid"
  n=0
  while [ ! -e "$d/exit-code" ] && [ "$n" -lt 40 ]; do sleep 0.05; n=$((n + 1)); done
  kill -s KILL -- "-$pid" 2>/dev/null
fi
exit 0
`
}

export type CommandState =
  | { readonly state: 'running' | 'lost' }
  | {
      readonly state: 'ended'
      readonly exitCode: number
      readonly timedOut: boolean
      readonly stdout: string
      readonly stderr: string
    }

/** What a shell answered; undefined when it is no answer of these texts. `mark` is unknown to the command itself. */
export function readAnswer(text: string, mark: string): CommandState | undefined {
  const at = text.indexOf(`${mark} `)
  if (at < 0) return undefined
  const end = text.indexOf('\n', at)
  const [state, exitCode, flag] = text.slice(at + mark.length + 1, end).split(' ')
  if (state === 'running' || state === 'lost') return { state }
  if (state !== 'ended') return undefined
  const [stdout = '', stderr = ''] = text.slice(end + 1).split(`\n${mark}\n`)
  return { state, exitCode: Number(exitCode), timedOut: flag === 'timed-out', stdout, stderr }
}
