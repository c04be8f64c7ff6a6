import json

STAGES = ["detect", "crop", "track", "classify", "step", "reading step", "draw"]


def test_the_times_of_each_stage_are_a_table_and_json(command, tmp_path):
    file = tmp_path / "times.json"
    done = command("benchmark", "--size", "320x240", "--faces", "2", "--json", file)
    assert (done.returncode, done.stderr) == (0, "")
    measured = json.loads(file.read_text())
    assert (measured["width"], measured["height"], measured["n_faces_drawn"]) == (320, 240, 2)
    assert sorted(measured["stages"]) == sorted(STAGES)
    assert measured["stages"]["step"].keys() == {"p50_ms", "p95_ms"}
    heading, header, *rows = done.stdout.splitlines()
    assert heading.startswith("tiny, blazeface, 320x240: ")
    assert header.split() == ["stage", "p50", "ms", "p95", "ms"]
    assert sorted(row[:12].strip() for row in rows) == sorted(STAGES)
