"""scripts/lib/fetch-archive.sh against a server of this process that continues downloads, or refuses to."""

import hashlib
import http.server
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

from greendiff_tools.paths import ROOT

CONTENTS = bytes(range(256)) * 400
SHA256 = hashlib.sha256(CONTENTS).hexdigest()
MD5 = hashlib.md5(CONTENTS).hexdigest()


class Server(http.server.BaseHTTPRequestHandler):
    """Serves CONTENTS, from a byte on where `continues` allows it."""
    continues = True
    requests = []

    def do_GET(self):
        asked = self.headers.get("Range")
        self.requests.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.continues else 0
        if start >= len(CONTENTS):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(CONTENTS)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENTS) - 1}/{len(CONTENTS)}")
        self.send_header("Content-Length", str(len(CONTENTS) - start))
        self.end_headers()
        try:
            self.wfile.write(CONTENTS[start:])
        except (BrokenPipeError, ConnectionResetError):
            pass  # curl leaves where it sees that the server cannot continue

    def log_message(self, *_):
        pass


class DownloadTests(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        Server.continues, Server.requests = True, []

    def fetch(self, checksum=SHA256, part=None):
        """Fetches into the folder, which may have a part already."""
        if part is not None:
            (self.folder / "file.part").write_bytes(part)
        url = f"http://127.0.0.1:{self.server.server_port}/file"
        job = subprocess.run(
            ["bash", "-c", f". {ROOT}/scripts/lib/fetch-archive.sh; fetch_archive {url} file {checksum}"], cwd=self.folder,
            capture_output=True, text=True, timeout=60)
        return job.returncode, job.stderr

    def assert_whole(self):
        self.assertEqual((self.folder / "file").read_bytes(), CONTENTS)
        self.assertFalse((self.folder / "file.part").exists())

    def test_a_file_is_fetched_and_verified_by_either_checksum(self):
        for checksum in (SHA256, MD5):
            self.assertEqual(self.fetch(checksum)[0], 0)
            self.assert_whole()

    def test_a_part_is_continued(self):
        self.assertEqual(self.fetch(part=CONTENTS[:1000])[0], 0)
        self.assertEqual(Server.requests, ["bytes=1000-"])
        self.assert_whole()

    def test_a_server_that_cannot_continue_is_asked_from_the_start(self):
        Server.continues = False
        self.assertEqual(self.fetch(part=CONTENTS[:1000])[0], 0)
        self.assertEqual(Server.requests[-1], None)
        self.assert_whole()

    def test_a_whole_part_is_not_asked_for_again(self):
        self.assertEqual(self.fetch(part=CONTENTS)[0], 0)
        self.assertEqual(Server.requests, [])
        self.assert_whole()

    def test_a_part_that_is_not_the_beginning_is_thrown_away(self):
        for part in (b"x" * 1000, b"x" * len(CONTENTS), b"x" * 2 * len(CONTENTS), b""):
            self.assertEqual(self.fetch(part=part)[0], 0)
            self.assert_whole()
            (self.folder / "file").unlink()

    def test_a_file_with_another_checksum_is_refused(self):
        status, errors = self.fetch("0" * 64)
        self.assertEqual(status, 1)
        self.assertIn("does not have the published checksum " + "0" * 64, errors)


if __name__ == "__main__":
    unittest.main()
