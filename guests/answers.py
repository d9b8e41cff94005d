"""What a web server may answer, and the class that each answer has in every language: step 4 of the exchange in docs/PROTOCOL.md."""

import json
import socket
import subprocess
import threading

OK = b"HTTP/1.1 200 OK\r\nserver: odd\r\n\r\nOK"
# The answer, and the class of the job's failure; none where it is right.
ANSWERS = [
    (OK, ""),
    (b"HTTP/1.0 200\r\n\r\nOK", ""),
    (b"HTTP/1.1 200 OK\r\nno header\r\ncontent-length: 7\r\n\r\nOK", ""),
    (b"x" * 2000, "body"),
    (OK + b"!" * 2000, "body"),
    (b"SSH-2.0-x", "body"),
    (b"SSH-2.0-x\r\n\r\nOK", "body"),
    (b"HTTP/2.0 200 OK\r\n\r\nOK", "body"),
    (b"", "eof"),
    (b"HTT", "eof"),
    (b"HTTP/1.1 rubbish", "eof"),
    (OK[:-4], "eof"),
    (b"HTTP/1.7 200 OK\r\n\r\nOK", "body"),
    (b"HTTP/1.1 2x0 OK\r\n\r\nOK", "body"),
    (b"HTTP/1.1 200x\r\n\r\nOK", "body"),
    (b"HTTP/1.1  200 OK\r\n\r\nOK", "body"),
    (b"HTTP/1.1 20\r\n\r\nOK", "body"),
    (b"HTTP/1.1 503 Busy\r\n\r\nOK", "status"),
    (b"HTTP/1.1 201\r\n\r\nOK", "status"),
    (OK[:-1], "eof"),
    (OK[:-2], "eof"),
    (OK + b"\n", "body"),
    (OK[:-2] + b"KO", "body"),
]
# An early end is tried again.
ATTEMPTS = {"eof": 4}
# What hangs is ended.
LONGEST_S = 60


class Server:
    """Gives the answer whose number is the path, and closes; counts what was asked."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.address = "127.0.0.1:{}".format(self.listener.getsockname()[1])
        self.asked = {}
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            stream, _ = self.listener.accept()
            with stream:
                request = b""
                while b"\r\n\r\n" not in request:
                    request += stream.recv(4096) or b"\r\n\r\n"
                path = request.split()[1].decode() if request.startswith(b"GET /") else "/0-0"
                self.asked[path] = self.asked.get(path, 0) + 1
                try:
                    stream.sendall(ANSWERS[int(path[1:].split("-")[0])][0])
                    # The client closes when it has all: bytes that it has not read would come back as a reset.
                    stream.shutdown(socket.SHUT_WR)
                    stream.settimeout(10)
                    stream.recv(1)
                except OSError:
                    pass


def judged(server, name, number, command, folder):
    """What is wrong with a guest's judgement of one answer; empty if nothing."""
    answer, fault = ANSWERS[number]
    path = f"/{number}-{name}"
    command = [*command, "--gate", "--workload", f"http:http://{server.address}{path}", "--jobs", "1", "--workers", "1"]
    try:
        ran = subprocess.run(command, cwd=folder, input=b"go\n" * 4, capture_output=True, timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        return f"{name}: the answer {answer[:40]!r} has no end within {LONGEST_S} s"
    events = [json.loads(line) for line in ran.stdout.splitlines()]
    errors = next((event["errors"] for event in events if event["event"] == "done"), ran.stderr.decode(errors="replace"))
    wanted, asked = {fault: 1} if fault else {}, server.asked.get(path, 0)
    if errors == wanted and asked == ATTEMPTS.get(fault, 1):
        return ""
    return (f"{name}: the answer {answer[:40]!r} must be {wanted or 'right'} after {ATTEMPTS.get(fault, 1)} requests, "
            f"and was {errors or 'right'} after {asked}: docs/PROTOCOL.md, \"The exchange of http\"")
