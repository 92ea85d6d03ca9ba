import { confinement } from './confinement.ts'
import { forkServer } from './fork-server.ts'
import { pythonScript } from './python-script.ts'
import { supervisor } from './supervisor.ts'

/**
 * What python3 runs (with -c) around users' scripts: `once` with a request on stdin and a channel as descriptor 3, or
 * `serve PATH` as fork server. Constants and not .py files, so that they are part of the bundle.
 */
export const program = `${confinement}${supervisor}${pythonScript}${forkServer}
def once():
    import fcntl
    channel = fcntl.fcntl(3, fcntl.F_DUPFD_CLOEXEC, 100)
    os.close(3)
    request = json.loads(sys.stdin.buffer.read())
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(1, 2)
    if request['probe']:
        write_line(channel, {'python': '%d.%d.%d' % sys.version_info[:3], 'executable': sys.executable, 'path': [sys.prefix, sys.base_prefix, *sys.path]})
    supervise(request, channel, request['parent'])


once() if sys.argv[1] == 'once' else fork_server(sys.argv[2])
`
