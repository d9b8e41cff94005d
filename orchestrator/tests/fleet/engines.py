"""Real engines on loopback: a Slurm of two nodes with its own munge, and two sshd. Each ends what it started, and nothing else."""

import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time

SLURM = ["slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "sinfo", "munged"]
SSH = ["parallel", "ssh", "ssh-keygen", "rsync", "flock"]
SSHD = "/usr/sbin/sshd"
# Generous: engines are slow on a busy machine.
PATIENCE_S = 300
SSHD_NEEDS = pathlib.Path("/run/sshd")


def lacking(programs):
    """Those of the programs that are not here."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    return [program for program in programs if not shutil.which(program)]


def wait_for(what, look):
    """Looks until there is something; its value."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        seen = look()
        if seen:
            return seen
        time.sleep(0.1)
    raise SystemExit(f"there is no {what} after {PATIENCE_S} s")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def words_of(number, of="cmdline"):
    """The command line of a process, or its environment; none of one that has ended."""
    try:
        return pathlib.Path(f"/proc/{number}/{of}").read_bytes().split(b"\0")[:-1]
    except OSError:
        return []


def fields_of(number):
    """The fields of /proc/PID/stat from the state on; none of a process that has ended."""
    try:
        return pathlib.Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def parent_of(number):
    return int((fields_of(number) or [0, 0])[1])


def processes():
    """The numbers of all processes but this one."""
    return [int(entry.name) for entry in pathlib.Path("/proc").iterdir() if entry.name.isdigit() and int(entry.name) != os.getpid()]


def processes_with(text):
    """Processes whose command line or environment names `text`, a folder of this test alone, by number."""
    named = lambda number: any(text.encode() in word for of in ["cmdline", "environ"] for word in words_of(number, of))
    return [number for number in processes() if named(number)]


def family_of(roots):
    """These processes and all that they started and that still hang on to them, and when each began: numbers are used again."""
    children = {}
    for number in processes():
        children.setdefault(parent_of(number), []).append(number)
    found, to_do = {}, list(roots)
    while to_do:
        number = to_do.pop()
        found[number] = fields_of(number)[19:20]
        to_do += children.get(number, [])
    return found


def kill(numbers):
    for number in numbers:
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            pass


def kill_family(found):
    kill(number for number, begun in found.items() if begun and fields_of(number)[19:20] == begun)


class Engine:
    """Programs that were started, to be ended."""

    def __init__(self, folder):
        self.folder = folder
        self.started = {}

    def start(self, name, *command, **more):
        with open(self.folder / f"{name}.log", "ab") as log:
            self.started[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **more)

    def end(self, name):
        process = self.started.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def lose(self, name):
        """Takes a node away as if its power had gone, with all that runs on it."""
        process = self.started.pop(name)
        kill_family(family_of([process.pid]))
        process.wait()

    def __enter__(self):
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        of_engines = family_of([process.pid for process in self.started.values()])
        for name in reversed(list(self.started)):
            self.end(name)
        kill_family(of_engines)

        # What an engine had started lives on for a moment; it names a folder of this test.
        def are_gone():
            left = processes_with(str(self.folder))
            kill(left)
            return not left

        wait_for("end of what the engines started", are_gone)


class Slurm(Engine):
    """A controller and the nodes nodea and nodeb."""

    def begin(self):
        self.auth()
        host = socket.gethostname()
        ports = {name: free_port() for name in ["ctld", "nodea", "nodeb"]}
        nodes = "\n".join(
            f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[node]} CPUs={os.cpu_count()} RealMemory=500"
            for node in ["nodea", "nodeb"]
        )
        self.conf = self.folder / "slurm.conf"
        # Without ReturnToService a node that is said to be gone stays so, whatever it still answers.
        self.conf.write_text(
            f"ClusterName=loopback\nSlurmctldHost={host}(127.0.0.1)\nSlurmctldPort={ports['ctld']}\nSlurmUser=root\n"
            "SlurmdUser=root\nProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\n"
            "JobAcctGatherType=jobacct_gather/none\nAccountingStorageType=accounting_storage/none\n"
            "SelectType=select/cons_tres\nSelectTypeParameters=CR_CPU\nReturnToService=0\nMpiDefault=none\nSlurmdTimeout=300\n"
            f"AuthType=auth/munge\nAuthInfo=socket={self.folder}/munge/socket\nCredType=cred/munge\n"
            f"StateSaveLocation={self.folder}/state\nSlurmdSpoolDir={self.folder}/spool-%n\n"
            f"SlurmctldPidFile={self.folder}/ctld.pid\nSlurmdPidFile={self.folder}/slurmd-%n.pid\n"
            f"{nodes}\nPartitionName=all Nodes=nodea,nodeb Default=YES OverSubscribe=EXCLUSIVE State=UP\n"
        )
        os.environ["SLURM_CONF"] = str(self.conf)
        self.start("slurmctld", "slurmctld", "-D", "-f", str(self.conf))
        for node in ["nodea", "nodeb"]:
            self.start(node, "slurmd", "-D", "-N", node, "-f", str(self.conf))
        wait_for("two nodes that are idle", lambda: self.ask("sinfo", "-N", "-h", "-t", "idle").count("\n") == 2)

    def auth(self):
        """A munge of its own: the machine's is left alone."""
        user = pwd.getpwnam("munge")
        folder = self.folder / "munge"
        folder.mkdir(mode=0o755)
        key = folder / "key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        for path in [folder, key]:
            os.chown(path, user.pw_uid, user.pw_gid)
        options = [f"--{name}={folder}/{name.split('-')[0]}" for name in ["key-file", "socket", "pid-file", "log-file", "seed-file"]]
        self.start("munged", "munged", "--foreground", *options, user=user.pw_uid, group=user.pw_gid, extra_groups=[])
        wait_for("socket of munge", lambda: (folder / "socket").exists())

    def ask(self, *command):
        """What a program of Slurm says; nothing while the controller is too busy to answer."""
        try:
            ended = subprocess.run(command, text=True, capture_output=True, timeout=60)
        except subprocess.TimeoutExpired:
            return ""
        return ended.stdout if ended.returncode == 0 else ""

    def tell(self, *command):
        """Whether a program of Slurm did what it was told."""
        return subprocess.run(command, text=True, capture_output=True).returncode == 0

    def jobs(self):
        """Number, state and reason of each job that has not ended; nothing while that is not known."""
        try:
            ended = subprocess.run(["squeue", "-h", "-r", "-o", "%i %T %r"], text=True, capture_output=True, timeout=60)
        except subprocess.TimeoutExpired:
            return None
        return None if ended.returncode else [line.split(maxsplit=2) for line in ended.stdout.splitlines()]

    def is_done(self):
        """Whether no job is left. Lets what was requeued begin at once: it waits for two minutes else."""
        jobs = self.jobs()
        for number, _, reason in jobs or []:
            if "BeginTime" in reason:
                self.tell("scontrol", "update", f"jobid={number}", "StartTime=now")
        return jobs == []


class Ssh(Engine):
    """Hosts hosta and hostb, each an sshd of its own, and a wrapper that reaches them one at a time."""

    def begin(self):
        # sshd wants it, and distributions make it when the service starts.
        self.made = not SSHD_NEEDS.exists()
        SSHD_NEEDS.mkdir(mode=0o755, exist_ok=True)
        for key in ["host-key", "user-key"]:
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / key)], check=True)
        shutil.copy(self.folder / "user-key.pub", self.folder / "authorized")
        hosts = ""
        for host in ["hosta", "hostb"]:
            port = free_port()
            conf = self.folder / f"{host}.conf"
            conf.write_text(
                f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {self.folder}/host-key\nPidFile {self.folder}/{host}.pid\n"
                f"UsePAM no\nStrictModes no\nPermitRootLogin yes\nAuthorizedKeysFile {self.folder}/authorized\n"
            )
            self.start(host, SSHD, "-D", "-e", "-f", str(conf))
            wait_for(f"sshd for {host}", lambda port=port: listens(port))
            hosts += f"Host {host}\n  HostName 127.0.0.1\n  Port {port}\n"
        client = self.folder / "client.conf"
        client.write_text(
            f"{hosts}Host *\n  User root\n  IdentityFile {self.folder}/user-key\n  IdentitiesOnly yes\n"
            "  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n"
        )
        self.wrapper = self.folder / "ssh"
        # Two shards at once would disturb each other: these hosts are one machine. Nobody who is without a host holds the lock.
        self.wrapper.write_text(f'#!/bin/sh\nexec flock {self.folder}/lock /usr/bin/ssh -F {client} "$@"\n')
        self.wrapper.chmod(0o755)

    def __exit__(self, *error):
        super().__exit__(*error)
        if self.made:
            SSHD_NEEDS.rmdir()


def listens(port):
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
