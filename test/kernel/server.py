"""Listens on a port and tells every client that says something which address it was seen from."""
import socket, sys, threading


def answer(connection, peer):
    with connection:
        connection.settimeout(5)
        try:
            if connection.recv(100):
                connection.sendall(f"{name} {peer[0]}".encode())
        except OSError:
            pass


v6 = ":" in sys.argv[1]
name = f"[{sys.argv[1]}]:{sys.argv[2]}" if v6 else f"{sys.argv[1]}:{sys.argv[2]}"
server = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(64)
print("listening", flush=True)
while True:
    threading.Thread(target=answer, args=server.accept(), daemon=True).start()
