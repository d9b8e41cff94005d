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


def processes_with(text):
    """Processes whose command line names `text`, a folder of this test alone, by number."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if text.encode() in line:
                found.append(int(entry.name))
    return found


class Engine:
    """Programs that were started, to be ended."""

    def __init__(self, folder):
        self.folder = folder
        self.started = {}

    def start(self, name, *command, **more):
        log = open(self.folder / f"{name}.log", "ab")
        self.started[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **more)

    def end(self, name):
        process = self.started.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in reversed(list(self.started)):
            self.end(name)
        # What an engine had started lives on for a moment; it names a folder of this test.
        for number in processes_with(str(self.folder)):
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                pass


class Slurm(Engine):
    """A controller and the nodes nodea and nodeb."""

    def __enter__(self):
        self.auth()
        host = socket.gethostname()
        ports = {name: free_port() for name in ["ctld", "nodea", "nodeb"]}
        nodes = "\n".join(
            f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[node]} CPUs={os.cpu_count()} RealMemory=500"
            for node in ["nodea", "nodeb"]
        )
        self.conf = self.folder / "slurm.conf"
        self.conf.write_text(
            f"ClusterName=loopback\nSlurmctldHost={host}(127.0.0.1)\nSlurmctldPort={ports['ctld']}\nSlurmUser=root\n"
            "SlurmdUser=root\nProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\n"
            "JobAcctGatherType=jobacct_gather/none\nAccountingStorageType=accounting_storage/none\n"
            "SelectType=select/cons_tres\nSelectTypeParameters=CR_CPU\nReturnToService=2\nMpiDefault=none\nSlurmdTimeout=20\n"
            f"AuthType=auth/munge\nAuthInfo=socket={self.folder}/munge/socket\nCredType=cred/munge\n"
            f"StateSaveLocation={self.folder}/state\nSlurmdSpoolDir={self.folder}/spool-%n\n"
            f"SlurmctldPidFile={self.folder}/ctld.pid\nSlurmdPidFile={self.folder}/slurmd-%n.pid\n"
            f"{nodes}\nPartitionName=all Nodes=nodea,nodeb Default=YES OverSubscribe=EXCLUSIVE State=UP\n"
        )
        os.environ["SLURM_CONF"] = str(self.conf)
        self.start("slurmctld", "slurmctld", "-D", "-f", str(self.conf))
        for node in ["nodea", "nodeb"]:
            self.start(node, "slurmd", "-D", "-N", node, "-f", str(self.conf))
        idle = lambda: self.ask("sinfo", "-N", "-h", "-t", "idle").count("\n") == 2
        wait_for("node that is idle", idle)
        return self

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
        return subprocess.run(command, text=True, capture_output=True, timeout=60).stdout


class Ssh(Engine):
    """Hosts hosta and hostb, each an sshd of its own, and a wrapper that reaches them one at a time."""

    def __enter__(self):
        # sshd wants it, and distributions make it when the service starts.
        pathlib.Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
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
        # Two shards at once would disturb each other: these hosts are one machine.
        self.wrapper.write_text(f'#!/bin/sh\nexec flock {self.folder}/lock /usr/bin/ssh -F {client} "$@"\n')
        self.wrapper.chmod(0o755)
        return self


def listens(port):
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0
