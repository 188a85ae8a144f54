"""Reads a list of [address, port, source, times, patience] and calls each so many times; prints what came of the calls.

`patience` is how many seconds a call waits for an answer.
"""
import json, socket, sys


def call(address, port, source, patience):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.settimeout(patience)
        try:
            if source:
                client.bind((source, 0))
            client.connect((address, port))
            return client.recv(200).decode() or "closed"
        except TimeoutError:
            return "timeout"
        except ConnectionRefusedError:
            return "refused"
        except OSError as error:
            return "unreachable" if error.errno in (101, 113) else f"error {error}"


answers = []
for address, port, source, times, patience in json.load(sys.stdin):
    seen = {call(address, port, source, patience) for _ in range(times)}
    answers.append(sorted(seen))
print(json.dumps(answers))
