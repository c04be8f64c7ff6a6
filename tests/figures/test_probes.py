"""Curves of linear probes."""

import pytest

from fer_core.explain.probes import LayerProbes, Probe
from fer_core.figures import probe_curves, probes_caption
from fer_core.figures.style import MUTED


def probes(name, *scores):
    stages = tuple(Probe(f"conv_{number}", 9, score, score) for number, score in enumerate(scores))
    return LayerProbes(name, 90, 10, stages)


MODELS = {
    "plain": probes("plain", 0.2, 0.3, 0.5),
    "vgg": probes("vgg", 0.2, 0.5, 0.6, 0.6),
}


def test_each_model_has_a_line_with_a_point_per_stage_and_the_chosen_one_lies_on_top():
    vgg, plain = probe_curves(MODELS, chosen=["plain"]).data
    assert list(plain.x) == [1, 2, 3]
    assert list(vgg.y) == [0.2, 0.5, 0.6, 0.6]
    assert vgg.hovertext[1] == "vgg, stage 2, layer conv_1: macro-F1 0.500, accuracy 50.0%"
    assert plain.line.width > vgg.line.width
    assert vgg.line.color == MUTED
    assert plain.legendrank < vgg.legendrank


@pytest.mark.parametrize("chosen", [[], ["3"], ["8", "0"]])
def test_nine_models_all_look_different(chosen):
    models = {str(n): probes(str(n), 0.2, 0.4) for n in range(9)}
    lines = probe_curves(models, chosen=chosen).data
    looks = {(line.line.color, line.line.dash, line.marker.symbol) for line in lines}
    assert len(looks) == 9
    assert [line.name for line in lines if line.line.color != MUTED] == chosen


def test_more_chosen_models_than_colours_are_refused():
    with pytest.raises(ValueError, match="at most 3 chosen models, got 4"):
        probe_curves(MODELS, chosen=list("abcd"))


def test_a_chosen_model_without_probes_is_left_out():
    assert len(probe_curves(MODELS, chosen=["nobody"]).data) == 2
    assert "nobody" not in probes_caption(MODELS, chosen=["nobody"])


def test_the_caption_names_the_best_layers_and_where_the_features_of_the_chosen_one_form():
    caption = probes_caption(MODELS, chosen=["plain"])
    assert caption.startswith("The layers of vgg form the best features")
    assert "reaches a macro-F1 of 0.600" in caption
    assert caption.endswith("plain gains half of its score by stage 3 of 3.")
    assert "vgg gains" not in caption


def test_one_model_is_not_called_the_best():
    assert "best" not in probes_caption({"plain": MODELS["plain"]}, chosen=[])
