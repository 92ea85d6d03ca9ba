/** Python: what a process does to itself before it runs somebody's script. Nothing of it can be undone later. */
export const confinement = `
import json, os, resource, signal, sys

LINUX = sys.platform == 'linux'
if LINUX:
    import ctypes, struct
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
PDEATHSIG, DUMPABLE, CHILD_SUBREAPER, NO_NEW_PRIVS = 1, 4, 36, 38
MiB = 1024 * 1024


def prctl(option, value):
    return LINUX and libc.prctl(option, *map(ctypes.c_ulong, (value, 0, 0, 0))) == 0


# System call numbers are the same on every architecture. include/uapi/linux/landlock.h
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
RULE_PATH, RULE_PORT = 1, 2
READ_FILE, WRITE_FILE, READ_DIR, EXECUTE, TRUNCATE, IOCTL_DEV = 1 << 2, 1 << 1, 1 << 3, 1, 1 << 14, 1 << 15
READ = READ_FILE | READ_DIR | EXECUTE
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
MAKE_DEVICES = 1 << 6 | 1 << 11
BIND_TCP, CONNECT_TCP = 1, 2
# No signals to processes outside, no abstract unix sockets of others.
SCOPES = 3


def landlock_abi():
    if not LINUX:
        return 0
    return max(0, libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1)))


def checked(result, what, *details):
    if result < 0:
        raise OSError(ctypes.get_errno(), what, *details)
    return result


def new_ruleset(abi, files, network, scopes):
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    attributes = struct.pack('=QQQ', files, network, scopes)
    return checked(libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(size), ctypes.c_uint32(0)), 'landlock_create_ruleset')


def restrict(ruleset):
    checked(libc.syscall(RESTRICT_SELF, ruleset, ctypes.c_uint32(0)), 'landlock_restrict_self')
    os.close(ruleset)


def close_files_and_network(abi, readable, writable, ports):
    handled = (1 << 13) - 1
    if abi >= 2:
        handled |= 1 << 13
    if abi >= 3:
        handled |= TRUNCATE
    if abi >= 5:
        handled |= IOCTL_DEV
    network = BIND_TCP | CONNECT_TCP if abi >= 4 and ports is not None else 0
    ruleset = new_ruleset(abi, handled, network, SCOPES if abi >= 6 else 0)

    def allow(path, rights):
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            return
        try:
            if not os.path.isdir(path):
                rights &= FILE_RIGHTS
            rule = struct.pack('=Qi', rights & handled, fd)
            checked(libc.syscall(ADD_RULE, ruleset, ctypes.c_int(RULE_PATH), rule, ctypes.c_uint32(0)), 'landlock_add_rule', path)
        finally:
            os.close(fd)

    for path in ('/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/proc/self',
                 '/proc/cpuinfo', '/proc/meminfo', '/proc/stat'):
        allow(path, READ)
    for name in ('alternatives', 'ca-certificates', 'gai.conf', 'group', 'host.conf', 'hostname', 'hosts', 'ld.so.cache',
                 'ld.so.conf', 'ld.so.conf.d', 'localtime', 'mime.types', 'nsswitch.conf', 'os-release', 'passwd', 'pki',
                 'protocols', 'resolv.conf', 'services', 'ssl/certs', 'ssl/cert.pem', 'ssl/openssl.cnf', 'timezone'):
        allow('/etc/' + name, READ)
    for path in {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix, *sys.path, *readable}:
        if path and os.path.isabs(path) and os.path.dirname(path) != path:
            allow(path, READ)
    for path in ('/dev/null', '/dev/full'):
        allow(path, READ_FILE | WRITE_FILE)
    for path in ('/dev/zero', '/dev/random', '/dev/urandom'):
        allow(path, READ_FILE)
    for path in writable:
        allow(path, handled & ~MAKE_DEVICES)
    if network:
        for port in ports:
            rule = struct.pack('=QQ', CONNECT_TCP, port)
            checked(libc.syscall(ADD_RULE, ruleset, ctypes.c_int(RULE_PORT), rule, ctypes.c_uint32(0)), 'landlock_add_rule', port)
    restrict(ruleset)


def mount_own_files(directory, user, megabytes):
    """A file system of its own, in memory and of limited size, over the work directory; only this process and what it
    starts see it. False where the system does not let us."""
    if not LINUX or os.geteuid() != 0 or user is None:
        return False
    NEW_MOUNTS, NOSUID, NODEV, REC_PRIVATE = 0x20000, 2, 4, 0x4000 | 0x40000
    if libc.unshare(NEW_MOUNTS) != 0 or libc.mount(b'none', b'/', None, ctypes.c_ulong(REC_PRIVATE), None) != 0:
        return False
    options = 'size=%dm,nr_inodes=16k,mode=0700,uid=%d,gid=%d' % (megabytes, user['uid'], user['gid'])
    return libc.mount(b'tmpfs', os.fsencode(directory), b'tmpfs', ctypes.c_ulong(NOSUID | NODEV), options.encode()) == 0


def become(user):
    if user is not None and os.geteuid() == 0:
        os.setgroups([])
        os.setgid(user['gid'])
        os.setuid(user['uid'])


def set_limits(limits):
    for name, value in limits.items():
        number = getattr(resource, name, None)
        if number is None:
            continue
        hard = resource.getrlimit(number)[1]
        if hard == resource.RLIM_INFINITY or hard > value:
            try:
                resource.setrlimit(number, (value, value))
            except (ValueError, OSError):
                pass
`
