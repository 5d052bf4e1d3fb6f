"""What holds for every command of ./stackbot."""

import os
import subprocess
import sys


def test_output_that_nobody_reads_to_its_end_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "scripts", "socket", "--manifest"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert done.returncode == 141
    assert "Error" not in done.stderr
