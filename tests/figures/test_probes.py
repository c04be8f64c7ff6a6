"""Curves of linear probes."""

from fer_core.explain.probes import LayerProbes, Probe
from fer_core.figures import probe_curves, probes_caption


def probes(name, *scores):
    stages = tuple(Probe(f"conv_{number}", 9, score, score) for number, score in enumerate(scores))
    return LayerProbes(name, 90, 10, stages)


MODELS = {
    "plain": probes("plain", 0.2, 0.3, 0.5),
    "vgg": probes("vgg", 0.2, 0.5, 0.6, 0.6),
}


def test_each_model_has_a_line_with_a_point_per_stage():
    plain, vgg = probe_curves(MODELS).data
    assert list(plain.x) == [1, 2, 3]
    assert list(vgg.y) == [0.2, 0.5, 0.6, 0.6]
    assert vgg.hovertext[1] == "vgg, stage 2, layer conv_1: macro-F1 0.500, accuracy 50.0%"


def test_nine_models_all_look_different():
    lines = probe_curves({str(n): probes(str(n), 0.2, 0.4) for n in range(9)}).data
    looks = {(line.line.color, line.line.dash, line.marker.symbol) for line in lines}
    assert len(looks) == 9


def test_the_caption_names_the_best_layers_and_where_features_form():
    caption = probes_caption(MODELS)
    assert caption.startswith("The layers of vgg form the best features")
    assert "reaches a macro-F1 of 0.600" in caption
    assert "plain: from 0.20 to 0.50, half of it by stage 3 of 3." in caption
    assert "vgg: from 0.20 to 0.60, half of it by stage 2 of 4." in caption


def test_one_model_is_not_called_the_best():
    assert "best" not in probes_caption({"plain": MODELS["plain"]})
