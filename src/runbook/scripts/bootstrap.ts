/**
 * What python3 runs (with -c) around a user's script: it confines itself, reads the request from stdin, runs the handler
 * and writes the result to file descriptor 3, which the script cannot reach by number. A constant and not a .py file, so
 * that it is part of the bundle. It needs Python 3.7 and nothing outside of its standard library.
 *
 * Request, JSON on stdin: probe (true: only confine yourself and report), script, handler, events, context, writable
 * (directories), limits, parent (pid of the server).
 * Result, JSON on descriptor 3: {"isolation": [...], "python": ..., "executable": ...} for a probe, else
 * {"payload": value} or {"failure": text}.
 */
export const bootstrap = String.raw`
import ctypes, fcntl, io, json, os, resource, struct, sys

channel = fcntl.fcntl(3, fcntl.F_DUPFD_CLOEXEC, 100)
os.close(3)
request = json.loads(sys.stdin.buffer.read())
null = os.open(os.devnull, os.O_RDONLY)
os.dup2(null, 0)
os.close(null)
os.dup2(1, 2)
os.umask(0o077)
own_pid = os.getpid()
isolation = []


def answer(result):
    # A script that forked and came back here twice has one result: that of the process the server started.
    if os.getpid() != own_pid:
        os._exit(0)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BaseException:
            pass
    data = json.dumps(result).encode('ascii')
    while data:
        data = data[os.write(channel, data):]
    # Threads and exit handlers that the script left behind get no say.
    os._exit(0)


def limit(name, value):
    number = getattr(resource, name, None)
    if number is None:
        return
    hard = resource.getrlimit(number)[1]
    if hard == resource.RLIM_INFINITY or hard > value:
        try:
            resource.setrlimit(number, (value, value))
        except (ValueError, OSError):
            pass


def set_limits(limits):
    for name, value in limits.items():
        limit(name, value)
    isolation.append('resource limits')


READ_FILE, WRITE_FILE, READ_DIR, EXECUTE, TRUNCATE, IOCTL_DEV = 1 << 2, 1 << 1, 1 << 3, 1, 1 << 14, 1 << 15
READ = READ_FILE | READ_DIR | EXECUTE
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV


def landlock(libc, writable):
    # System call numbers are the same on every architecture. include/uapi/linux/landlock.h
    create_ruleset, add_rule, restrict_self = 444, 445, 446
    abi = libc.syscall(create_ruleset, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if abi < 1:
        return None
    handled = (1 << 13) - 1
    if abi >= 2:
        handled |= 1 << 13
    if abi >= 3:
        handled |= TRUNCATE
    if abi >= 5:
        handled |= IOCTL_DEV
    # No network rules: scripts call the endpoints of the services they work on.
    # Scope (ABI 6): no signals to processes outside, no abstract unix sockets of others.
    attributes = struct.pack('=QQQ', handled, 0, 3 if abi >= 6 else 0)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    ruleset = libc.syscall(create_ruleset, attributes, ctypes.c_size_t(size), ctypes.c_uint32(0))
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), 'landlock_create_ruleset')

    def allow(path, rights):
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return
        try:
            if not os.path.isdir(path):
                rights &= FILE_RIGHTS
            rule = struct.pack('=Qi', rights & handled, fd)
            if libc.syscall(add_rule, ruleset, ctypes.c_int(1), rule, ctypes.c_uint32(0)) != 0:
                raise OSError(ctypes.get_errno(), 'landlock_add_rule', path)
        finally:
            os.close(fd)

    for path in ('/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/proc/self',
                 '/proc/cpuinfo', '/proc/meminfo', '/proc/stat'):
        allow(path, READ)
    for name in ('alternatives', 'ca-certificates', 'gai.conf', 'group', 'host.conf', 'hostname', 'hosts', 'ld.so.cache',
                 'ld.so.conf', 'ld.so.conf.d', 'localtime', 'mime.types', 'nsswitch.conf', 'os-release', 'passwd', 'pki',
                 'protocols', 'resolv.conf', 'services', 'ssl/certs', 'ssl/cert.pem', 'ssl/openssl.cnf', 'timezone'):
        allow('/etc/' + name, READ)
    for path in {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *sys.path}:
        if path and os.path.isabs(path) and os.path.dirname(path) != path:
            allow(path, READ)
    for path in ('/dev/null', '/dev/full'):
        allow(path, READ_FILE | WRITE_FILE)
    for path in ('/dev/zero', '/dev/random', '/dev/urandom'):
        allow(path, READ_FILE)
    # Everything but making device files.
    for path in writable:
        allow(path, handled & ~(1 << 6) & ~(1 << 11))
    if libc.syscall(restrict_self, ruleset, ctypes.c_uint32(0)) != 0:
        raise OSError(ctypes.get_errno(), 'landlock_restrict_self')
    os.close(ruleset)
    return abi


def confine():
    if sys.platform == 'linux':
        libc = ctypes.CDLL(None, use_errno=True)
        libc.syscall.restype = ctypes.c_long
        PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
        if libc.prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(9), 0, 0, 0) == 0:
            # The server may have gone before this signal was asked for.
            if not request['probe'] and os.getppid() != request['parent']:
                os._exit(1)
        if libc.prctl(PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)) == 0:
            isolation.append('no_new_privs')
        abi = landlock(libc, [os.getcwd(), *request['writable']])
        isolation.append('no Landlock' if abi is None else 'Landlock (ABI %d)' % abi)
    else:
        isolation.append('no Landlock')
    set_limits(request['limits'])


FILE_NAME = 'customer_script.py'
MAX_FAILURE = 8192


def failure_text(error):
    import traceback
    frames = traceback.extract_tb(error.__traceback__)
    own = next((i for i, frame in enumerate(frames) if frame.filename == FILE_NAME), len(frames))
    lines = traceback.StackSummary.from_list(frames[own:]).format()
    try:
        message = str(error)
    except BaseException:
        message = '(no text)'
    text = '%s - %s' % (type(error).__name__, message)
    if lines:
        text = 'Traceback (most recent call last):\n' + ''.join(lines) + '\n' + text
    return text if len(text) <= MAX_FAILURE else text[:2000] + '\n...\n' + text[-(MAX_FAILURE - 2000):]


def run():
    import linecache, types
    source = request['script']
    linecache.cache[FILE_NAME] = (len(source), None, source.splitlines(True), FILE_NAME)
    module = types.ModuleType('customer_script')
    module.__file__ = FILE_NAME
    sys.modules['customer_script'] = module
    sys.argv = [FILE_NAME]
    try:
        exec(compile(source, FILE_NAME, 'exec', dont_inherit=True), module.__dict__)
        handler = getattr(module, request['handler'], None)
        if not callable(handler):
            return {'failure': 'The script has no function %s.' % request['handler']}
        value = handler(request['events'], request['context'])
    except SystemExit as error:
        return {'failure': 'The script ended itself with exit code %s instead of returning.' % (error.code,)}
    except MemoryError as error:
        error.__traceback__ = None
        return {'failure': 'MemoryError - the script needs more memory than it may use.'}
    except BaseException as error:
        return {'failure': failure_text(error)}
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False).encode('utf-8', 'surrogatepass')
    except BaseException as error:
        return {'failure': 'What the handler returned is not JSON: %s - %s' % (type(error).__name__, error)}
    if len(text) > request['maxPayload']:
        return {'failure': 'What the handler returned has %d bytes of JSON; at most %d are taken.' % (len(text), request['maxPayload'])}
    return {'payload': json.loads(text)}


for stream in (sys.stdout, sys.stderr):
    stream.reconfigure(encoding='utf-8', errors='backslashreplace', line_buffering=True)
try:
    confine()
except BaseException as error:
    answer({'failure': 'The script was not started because it could not be confined: %s' % error})
if request['probe']:
    answer({'isolation': isolation, 'python': '%d.%d.%d' % sys.version_info[:3], 'executable': sys.executable})
answer(run())
`
