def test_each_model_has_one_line_and_the_default_one_is_marked(command):
    done = command("models")
    assert done.returncode == 0
    (line,) = done.stdout.splitlines()
    assert line.split()[:2] == ["tiny", "default"]
    assert " parameters " in line
    assert done.stderr == ""


def test_pages_are_written_again_from_stored_scores(command, tiny_product):
    page = tiny_product / "models" / "tiny" / "README.md"
    page.write_text("old")
    assert command("models", "--write-cards").returncode == 0
    assert page.read_text().startswith("# tiny\n")
    assert "[tiny](tiny/README.md) (default)" in (page.parents[1] / "README.md").read_text()


def test_a_folder_without_models_is_named_with_its_variable(command, tmp_path):
    done = command("models", product=tmp_path)
    assert str(tmp_path / "models") in done.stderr
    assert "CUE_MODELS" in done.stderr
