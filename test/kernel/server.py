"""Listens on a port and tells every client which address it was seen from."""
import socket, sys

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind((sys.argv[1], int(sys.argv[2])))
server.listen(64)
print("listening", flush=True)
while True:
    connection, peer = server.accept()
    with connection:
        try:
            connection.sendall(f"{sys.argv[1]}:{sys.argv[2]} {peer[0]}".encode())
        except OSError:
            pass
