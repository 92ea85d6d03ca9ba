/**
 * Python: a process that has imported what scripts import most, and forks a supervisor per run. It takes lines on stdin,
 * "run NUMBER SECRET" and "stop NUMBER", and tells lines of JSON on stdout: {"ready": {...}}, {"exited": NUMBER},
 * {"refused": NUMBER, "why": text}. It never reads a request, nor a script: the forked process connects to the server's
 * socket, says the secret, and gets everything there. When stdin ends, so does all of it.
 *
 * No pid leaves it: it alone reaps, so that a pid it signals is the one it means.
 */
export const forkServer = String.raw`
def fork_server(path):
    import base64, fcntl, gc, select, socket, time
    found = {'boto3': None}
    # Whatever environment the server gave is not for scripts; it was only needed to start.
    for name in ('linecache', 'traceback', 'types', 'datetime', 'random', 're', 'urllib.request', 'zipfile', 'importlib'):
        __import__(name)
    try:
        import boto3, botocore.session, botocore.httpsession, botocore.credentials, botocore.handlers, botocore.client
        import botocore.parsers, botocore.paginate, botocore.waiter, botocore.endpoint, botocore.regions, botocore.auth
        found['boto3'] = boto3.__version__
    except Exception:
        pass
    prctl(PDEATHSIG, signal.SIGKILL)
    # Not to be traced by other processes of the same user, which scripts may be.
    prctl(DUMPABLE, 0)
    own_pid = os.getpid()
    woken, wake = os.pipe()
    for fd in (woken, wake):
        os.set_blocking(fd, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    runs = {}
    killing = {}

    def tell(value):
        write_line(1, value)

    def close_all_but(kept):
        # OpenSSL keeps a random device open from when it was warmed up here, and waits for ever for one that is gone.
        random = {os.makedev(1, 8), os.makedev(1, 9)}
        known = map(int, os.listdir('/proc/self/fd')) if LINUX else range(3, 4096)
        for descriptor in known:
            try:
                if descriptor > 2 and descriptor != kept and os.fstat(descriptor).st_rdev not in random:
                    os.close(descriptor)
            except OSError:
                pass

    def connect(secret, kind):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(path)
        connection.sendall(('%s %s\n' % (secret, kind)).encode())
        return connection.detach()

    def child(secret):
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            log, conversation = connect(secret, 'log'), connect(secret, 'channel')
            channel = fcntl.fcntl(conversation, fcntl.F_DUPFD_CLOEXEC, 100)
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, 0)
            os.dup2(log, 1)
            os.dup2(log, 2)
            close_all_but(channel)
            data = b''
            while True:
                part = os.read(channel, 1 << 16)
                if not part:
                    break
                data += part
            request = json.loads(data)
        except BaseException:
            os._exit(1)
        supervise(request, channel, own_pid)

    def reap():
        for number, pid in list(runs.items()):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                continue
            # Still a zombie, so its pid is still the name of its group.
            kill_group(pid)
            os.waitpid(pid, 0)
            del runs[number]
            killing.pop(number, None)
            tell({'exited': number})

    def kill_group(pid):
        try:
            os.killpg(pid, signal.SIGKILL)
        except OSError:
            pass

    gc.collect()
    gc.freeze()
    tell({'ready': found})
    pending = b''
    while True:
        select.select([0, woken], [], [], 1 if killing else None)
        try:
            os.read(woken, 512)
        except BlockingIOError:
            pass
        reap()
        for number, until in list(killing.items()):
            if time.monotonic() > until:
                kill_group(runs[number])
        if not select.select([0], [], [], 0)[0]:
            continue
        part = os.read(0, 1 << 16)
        if not part:
            break
        *lines, pending = (pending + part).split(b'\n')
        for line in lines:
            word, number, *rest = line.decode().split(' ')
            if word == 'run':
                try:
                    pid = os.fork()
                except OSError as error:
                    tell({'refused': number, 'why': str(error)})
                    continue
                if pid == 0:
                    child(rest[0])
                runs[number] = pid
            elif number in runs:
                killing[number] = time.monotonic() + 6
                try:
                    os.kill(runs[number], signal.SIGTERM)
                except OSError:
                    pass
    for pid in runs.values():
        os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + 1
    while runs and time.monotonic() < until:
        reap_quietly = [number for number, pid in runs.items() if os.waitpid(pid, os.WNOHANG)[0]]
        for number in reap_quietly:
            del runs[number]
        time.sleep(0.005)
    for pid in runs.values():
        kill_group(pid)
    os._exit(0)
`
