"""What must be so before anything is installed. Standard library only, and written to be read by any Python 3."""

import argparse
import os
import shutil
import socket
import sys

NEEDED = (3, 11)
DISK = 3 * 1024**3  # the packages take about 1.5 GB, the rest is room to work


def problem(folder: str, port: "int | None") -> str:
    """A sentence on what is in the way and how to mend it, or an empty one."""
    if sys.version_info[:2] < NEEDED:
        return (
            "Lockport needs Python 3.11 or newer, and this is {}.{}. Install one and say: make run PYTHON=python3.11"
        ).format(*sys.version_info[:2])
    if not os.access(folder, os.W_OK):
        return "This folder cannot be written to: {}. Clone into a folder of your own.".format(folder)
    if not os.path.exists(os.path.join(folder, ".venv", "installed")) and shutil.disk_usage(folder).free < DISK:
        return "Less than 3 GB of disk are free, too little to install Lockport. Free some, then try again."
    if port is not None and not 1024 <= port <= 65535:
        return "Port {} cannot be used: choose one from 1024 to 65535, such as make run PORT=8000".format(port)
    if port is not None and taken(port):
        return "Port {} is taken by another program. Stop it, or choose another: make run PORT={}".format(
            port, port + 1
        )
    return ""


def taken(port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int)
    found = problem(os.getcwd(), parser.parse_args().port)
    if found:
        sys.exit(found)
