"""Training that is killed, resumed, and stopped with Ctrl-C."""

import signal

import pytest

MANY_EPOCHS = 10_000  # never reached: the test stops the training


@pytest.mark.slow
def test_a_killed_run_can_be_resumed_and_ctrl_c_says_how(start, tmp_path):
    words = ("train", "plain", "--data", "faces.csv", "--out", tmp_path / "m")
    with start(*words, "--epochs", MANY_EPOCHS) as process:
        assert _first_epoch(process) == 1
        process.kill()
        process.communicate()

    with start(*words, "--epochs", MANY_EPOCHS, "--resume") as process:
        assert _first_epoch(process) >= 2
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate()
    lines = stderr.splitlines()
    last_epoch = len(lines[:-1]) and int(lines[-2].split()[1].rstrip(":"))
    assert process.returncode == 130
    assert lines[-1].startswith("Stopped after epoch ")
    assert lines[-1].endswith("; continue with --resume.")
    assert int(lines[-1].split()[3].rstrip(";")) >= last_epoch
    assert "Traceback" not in stderr


def _first_epoch(process) -> int:
    """Return the number of the first epoch that the process reports."""
    for line in process.stderr:
        if line.startswith("Epoch "):
            return int(line.split()[1].rstrip(":"))
    raise AssertionError("The training ended before its first epoch.")
