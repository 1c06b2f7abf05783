"""Certificates and keys of a federation: a certificate authority, a server's certificate, a key pair a node."""

import subprocess
from pathlib import Path

DAYS = "30"


class SecurityError(Exception):
    """A program that makes certificates or keys is missing, or failed."""


def run(*words):
    try:
        subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise SecurityError(f"{words[0]} is missing; install openssl and openssh-client") from error
    except subprocess.CalledProcessError as error:
        raise SecurityError(f"{' '.join(map(str, words[:2]))}: {error.stderr.strip()}") from error


def make_authority(folder, name="ca"):
    """A certificate authority of its own: `NAME.crt`, `NAME.key`."""
    folder = Path(folder)
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", DAYS,
        "-subj", "/CN=greendiff federation", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.crt")
    return folder / f"{name}.crt"


def make_server_certificate(folder, address, authority="ca"):
    """`server.pem` and `server.key`, signed by the authority, for a server at `address`."""
    folder = Path(folder)
    run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=superlink",
        "-keyout", folder / "server.key", "-out", folder / "server.csr")
    (folder / "server.ext").write_text(f"subjectAltName = IP:{address}\n", encoding="utf-8")
    run("openssl", "x509", "-req", "-in", folder / "server.csr", "-CA", folder / f"{authority}.crt", "-CAkey",
        folder / f"{authority}.key", "-CAcreateserial", "-days", DAYS, "-extfile", folder / "server.ext", "-out",
        folder / "server.pem")
    return folder / "server.pem", folder / "server.key"


def make_node_key(folder, name):
    """A node's private key; `.pub` beside it is what the SuperLink must know."""
    path = Path(folder) / name
    run("ssh-keygen", "-q", "-t", "ecdsa", "-b", "384", "-N", "", "-C", name, "-f", path)
    return path
