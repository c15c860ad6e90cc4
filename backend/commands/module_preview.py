"""`para73 sectors preview`: a module as its readers will see it, served to this machine alone and read at each load."""

from __future__ import annotations

import mimetypes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

from backend.commands.module_files import check_files
from backend.commands.scoring import read_modules
from backend.kernel.errors import FileRefused, Para73Error, Unavailable
from backend.sectors.rules.languages import preferred
from backend.web.questionnaires import module_context
from backend.web.render import DIST, environment

_POLICY = "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'"


def preview_page(file: Path, language: str) -> str:
    """Return the module's page, or a page that lists what is wrong with the file."""
    try:
        check_files([file])
        context = module_context(read_modules([file])[0], language)
        return environment().get_template("questionnaires/module.html").render(**context, actor=None, url="/")
    except FileRefused as error:
        problems = [str(problem) for problem in error.problems]
    except Para73Error as error:
        problems = error.message.split("\n")
    template = environment().get_template("questionnaires/mistakes.html")
    return template.render(file=file.name, problems=problems, actor=None, url="/")


def preview_server(file: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of the preview, on 127.0.0.1 only; port 0 takes a free one. Raises Unavailable."""

    class Preview(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            name = path.rsplit("/", 1)[-1]
            if path.startswith("/static/") and (DIST / name).is_file():
                self._send(200, (DIST / name).read_bytes(), mimetypes.guess_type(name)[0] or "text/plain")
            elif path == "/":
                language = preferred(parse_qs(query).get("lang", []))
                self._send(200, preview_page(file, language).encode(), "text/html; charset=utf-8")
            else:
                self._send(404, b"A preview has one page only.\n", "text/plain")

        def _send(self, status: int, body: bytes, media_type: str) -> None:
            self.send_response(status)
            self.send_header("content-type", media_type)
            self.send_header("content-security-policy", _POLICY)
            self.send_header("cache-control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: an author's terminal is for the author."""

    try:
        return ThreadingHTTPServer(("127.0.0.1", port), Preview)
    except OSError as error:
        raise Unavailable(f"Port {port} cannot be used ({error.strerror}). Choose another with --port.") from error
