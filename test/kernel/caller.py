"""Reads a list of [address, port, source, times, patience] and calls each so many times; prints what came of the calls.

`patience` is how many seconds a call waits for an answer. Calls block: who polls and then asks for SO_ERROR gets soft errors, too,
if they come early enough.
"""
import json, socket, struct, sys


def call(address, port, source, patience):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as client:
        wait = struct.pack("ll", int(patience), int(patience % 1 * 1e6))
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            client.setsockopt(socket.SOL_SOCKET, option, wait)
        try:
            if source:
                client.bind((source, 0))
            client.connect((address, port))
            client.sendall(b"hello")
            return client.recv(200).decode() or "closed"
        except (TimeoutError, BlockingIOError):
            return "timeout"
        except (ConnectionResetError, BrokenPipeError):
            return "reset"
        except ConnectionRefusedError:
            return "refused"
        except OSError as error:
            return "unreachable" if error.errno in (101, 113) else f"error {error}"


answers = []
for address, port, source, times, patience in json.load(sys.stdin):
    seen = {call(address, port, source, patience) for _ in range(times)}
    answers.append(sorted(seen))
print(json.dumps(answers))
