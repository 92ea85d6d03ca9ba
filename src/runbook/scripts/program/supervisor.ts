/**
 * Python: two processes a run. The supervisor becomes the script's user, starts the script's process, and when that ends,
 * or it is told to stop, ends whatever the script has left behind, in whatever session. A script cannot signal its
 * supervisor where Landlock knows signals (ABI 6): it is confined once more than that.
 *
 * It writes one line of JSON to the channel: {"ended": {"code": n} | {"signal": n}, "isolation": [...]}, with "broke": text
 * when a limit was broken, or {"failure": text} when the script was never started. Before it stands the script's own line.
 */
export const supervisor = String.raw`
DISK_MB = 256
DISK_ENTRIES = 16384


def write_line(channel, value):
    data = json.dumps(value).encode('ascii') + b'\n'
    while data:
        data = data[os.write(channel, data):]


class Stopped(BaseException):
    pass


def stop(_signal, _frame):
    raise Stopped()


def too_much_written(directory):
    entries = used = 0
    pending = [directory]
    while pending:
        try:
            with os.scandir(pending.pop()) as found:
                for entry in found:
                    entries += 1
                    stat = entry.stat(follow_symlinks=False)
                    used += stat.st_blocks * 512
                    if entries > DISK_ENTRIES or used > DISK_MB * MiB:
                        return True
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
        except OSError:
            continue
    return False


def end_everything(abi):
    """Ends what the script left behind. Its orphans, also those in another session, have become our children."""
    import time
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if abi >= 6:
            # Reaches what is confined with us or below us, in one sweep that no fork gets ahead of. All else is refused.
            try:
                os.kill(-1, signal.SIGKILL)
            except OSError:
                pass
        else:
            for child in children():
                try:
                    os.kill(child, signal.SIGKILL)
                except OSError:
                    pass
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.002)


def children():
    try:
        with open('/proc/self/task/%d/children' % os.getpid()) as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return []


def supervise(request, channel, parent):
    """Never returns. The channel is a descriptor above those that scripts look for, closed on exec."""
    try:
        prctl(CHILD_SUBREAPER, 1)
        os.umask(0o077)
        directory, user = request['directory'], request['user']
        isolation = []
        own_files = mount_own_files(directory, user, DISK_MB)
        os.chdir(directory)
        become(user)
        isolation.append('uid %d' % os.getuid())
        signal.signal(signal.SIGTERM, stop)
        # Asked for after the change of user, which forgets it. The one who would be missed may have gone before.
        if prctl(PDEATHSIG, signal.SIGTERM) and parent is not None and os.getppid() != parent:
            os._exit(1)
        # Another process of the same user may look into this one only if it may trace it.
        prctl(DUMPABLE, 1)
        if prctl(NO_NEW_PRIVS, 1):
            isolation.append('no_new_privs')
        abi = landlock_abi()
        if abi >= 6:
            restrict(new_ruleset(abi, 0, 0, SCOPES))
        isolation.append('Landlock (ABI %d)' % abi if abi else 'no Landlock')
        if request['proxy'] is not None:
            isolation.append('no network but a proxy to AWS')
            start_forwarder(request)
        ports = request['ports']
        if request['proxy'] is not None:
            pass
        elif abi >= 4 and ports is not None:
            isolation.append('TCP to port%s %s only' % ('' if len(ports) == 1 else 's', ', '.join(map(str, ports))) if ports else 'no TCP')
        else:
            isolation.append('TCP is open')
        isolation.append('resource limits')
        if own_files:
            isolation.append('a file system of its own')
        supervising = os.getpid()
        script = os.fork()
    except Stopped:
        os._exit(143)
    except BaseException as error:
        write_line(channel, {'failure': 'The script was not started because it could not be confined: %s' % error})
        os._exit(1)
    if script == 0:
        begin_script(request, channel, abi, supervising)
    broke = None
    status = None
    try:
        def look(_signal, _frame):
            if not own_files and too_much_written(directory):
                raise OverflowError()
        # In every case: a SIGTERM that comes just before the wait would be heard of only when something ends it.
        signal.signal(signal.SIGALRM, look)
        signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
        status = os.waitpid(script, 0)[1]
        signal.setitimer(signal.ITIMER_REAL, 0)
    except OverflowError:
        broke = 'The script wrote more than %d MB, or %d files, into its work directory.' % (DISK_MB, DISK_ENTRIES)
    except Stopped:
        pass
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 0)
    end_everything(abi)
    if status is None:
        ended = {'signal': signal.SIGKILL}
    elif os.WIFSIGNALED(status):
        ended = {'signal': os.WTERMSIG(status)}
    else:
        ended = {'code': os.WEXITSTATUS(status)}
    if request['command'] is not None:
        pass_on_result(channel, request['maxPayload'])
    write_line(channel, {'ended': ended, 'broke': broke, 'isolation': isolation})
    os._exit(0)


RESULT_FILE = '.bellhop-result'


def pass_on_result(channel, limit):
    """What another program than Python left as its result: one line of JSON, from a file of its own making."""
    import stat
    try:
        fd = os.open(RESULT_FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            return
        text = os.read(fd, 3 * limit + 65536)
        write_line(channel, json.loads(text.decode('utf-8', 'replace')))
    except (OSError, ValueError):
        pass


def start_forwarder(request):
    """Where there is no network, a proxy behind a unix socket is reached at a port of the loopback interface."""
    import socket, threading
    listener = socket.create_server(('127.0.0.1', 0), backlog=64)
    port = listener.getsockname()[1]
    address = 'http://127.0.0.1:%d' % port
    for name in ('HTTP_PROXY', 'HTTPS_PROXY'):
        request['environment'][name] = request['environment'][name.lower()] = address
    request['ports'] = [port]
    supervising = os.getpid()
    if os.fork() != 0:
        listener.close()
        return
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    prctl(PDEATHSIG, signal.SIGKILL)
    if os.getppid() != supervising:
        os._exit(1)
    os.closerange(3, listener.fileno())
    os.closerange(listener.fileno() + 1, 4096)

    def pump(source, sink):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def serve(near):
        try:
            with near, socket.socket(socket.AF_UNIX) as far:
                far.connect(request['proxy'])
                back = threading.Thread(target=pump, args=(far, near))
                back.start()
                pump(near, far)
                back.join()
        except OSError:
            pass

    while True:
        try:
            near, _ = listener.accept()
            threading.Thread(target=serve, args=(near,), daemon=True).start()
        except (OSError, RuntimeError):
            pass


def begin_script(request, channel, abi, supervising):
    """Never returns: confines this process for good and runs the script in it."""
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if prctl(PDEATHSIG, signal.SIGKILL) and os.getppid() != supervising:
            os._exit(1)
        os.environ.clear()
        os.environ.update(request['environment'])
        attachment = request['attachment']
        if attachment is not None:
            import base64
            with open(attachment['name'], 'wb') as file:
                file.write(base64.b64decode(attachment['content']))
        if abi:
            command = request['command']
            readable = request['readable']
            close_files_and_network(abi, readable, [os.getcwd(), *request['writable']], request['ports'])
        set_limits(request['limits'])
    except BaseException as error:
        write_line(channel, {'failure': 'The script was not started because it could not be confined: %s' % error})
        os._exit(1)
    if request['probe']:
        os._exit(0)
    if request['command'] is None:
        run_python(request, channel)
    try:
        read, write = os.pipe()
        if os.fork() == 0:
            # Feeds the program its input; ends with it, for the pipe breaks.
            os.close(read)
            data = json.dumps({name: request[name] for name in ('script', 'handler', 'events', 'context', 'maxPayload')}).encode()
            while data:
                data = data[os.write(write, data):]
            os._exit(0)
        os.dup2(read, 0)
        os.close(read)
        os.close(write)
        command = request['command']
        os.execve(command[0], command, request['environment'])
    except BaseException as error:
        write_line(channel, {'failure': 'The runtime could not be started: %s' % error})
        os._exit(1)
`
