"""Calibration: temperatures, reading and thresholds, fitted on half of a split."""

from dataclasses import replace
from typing import Final

import numpy as np
from scipy.special import softmax

from fer_core.data.dataset import FaceDataset, stratified_order
from fer_core.data.votes import vote_shares, votes_at
from fer_core.evaluate.classification import Predictions
from fer_core.expression.card import Calibration, ModelCard
from fer_core.labels import FER2013_LABELS, VOTE_LABELS
from fer_core.metrics.human import N_VOTERS, plurality_ids
from fer_core.release.reading import fit_reading
from fer_core.release.temperature import HeadCalibration, HeadTargets, VotedFaces, calibrate
from fer_core.release.thresholds import choose_thresholds

_METHOD: Final = (
    "Each head has one temperature: the one with the smallest cross-entropy (Guo et al. 2017, "
    "arXiv 1706.04599). The label head is fitted to the labels, the votes head to people's votes. "
    "The reading weighs both heads and divides out part of the class shares; then it gets a "
    "temperature that is fitted to people's votes. "
    "The expected calibration error (ECE) has 15 bins. It compares the confidence of the label "
    "head with its accuracy, and that of the votes head and of the reading with the share of "
    "people who chose the leading label. In cross-validation, each half of the faces is judged "
    "with the temperature of the other half. A perfectly calibrated model has an ECE above 0 too, "
    "because its errors on few faces scatter; its mean ECE on as many faces is given for "
    "comparison."
)


def calibrate_card(
    card: ModelCard,
    logits: dict[str, np.ndarray],
    faces: FaceDataset,
    votes: np.ndarray | None,
    *,
    split: str,
) -> ModelCard:
    """Return the card with temperatures, the rule of its reading, thresholds, and the reasons.

    Args:
        card: The card of the model.
        logits: `(n, n_classes)` by head: output of the model for the faces.
        faces: The faces of a split that the model was not trained on.
        votes: FER+ votes of the whole file, or None to leave the votes head uncalibrated.
        split: Name of the split.

    Raises:
        DataError: The votes are not of this file.
    """
    heads = calibrate_heads(logits, faces, votes)
    temperature = {name: head.temperature for name, head in heads.items()}
    probs = {name: softmax(logits[name] / divisor, axis=1) for name, divisor in temperature.items()}
    rule = None
    if votes is not None and "votes" in probs:
        truth = "what most of ten people say"
        voted = voted_faces(faces, votes)
        rule, heads["reading"] = fit_reading(
            {name: part[voted.has_votes] for name, part in probs.items()}, card.heads, voted
        )
        most = plurality_ids(votes_at(votes, faces.rows))
        shown = Predictions(VOTE_LABELS, most, rule.probs(probs, card.heads))
    else:
        truth = "those of the labels"
        shown = Predictions(FER2013_LABELS, faces.label_ids, probs["label"])
    thresholds = choose_thresholds(shown, stratified_half(faces.label_ids), truth=truth)

    def by_head(measure: str) -> dict[str, float | None]:
        return {name: getattr(head, measure) for name, head in heads.items()}

    calibration = Calibration(
        method=_METHOD,
        fitted_on=f"{heads['label'].fitted_on:,} faces, one half of {split} stratified by label",
        judged_on=f"{heads['label'].judged_on:,} faces, the other half",
        ece_before=by_head("ece_before"),
        ece_after=by_head("ece_after"),
        chance_after=by_head("chance_after"),
        ece_crosswise=by_head("ece_crosswise"),
        chance_crosswise=by_head("chance_crosswise"),
    )
    return replace(
        card,
        temperature=temperature,
        reading=rule,
        min_confidence=thresholds.common,
        min_confidence_by_label=thresholds.by_label,
        details=replace(
            card.details, calibration=calibration, min_confidence_reason=thresholds.reason
        ),
    )


def stratified_half(label_ids: np.ndarray) -> np.ndarray:
    """Return which faces are in the first half, bool `(n,)`; each label is split evenly.

    >>> int(stratified_half(np.array([0, 0, 1, 1, 1, 1])).sum())
    3
    """
    is_first = np.zeros(len(label_ids), dtype=bool)
    is_first[stratified_order(label_ids)[::2]] = True
    return is_first


def calibrate_heads(
    logits: dict[str, np.ndarray], faces: FaceDataset, votes: np.ndarray | None
) -> dict[str, HeadCalibration]:
    """Return the calibration of each head for which there are true answers.

    Args:
        logits: `(n, n_classes)` by head.
        faces: The faces that the logits are of.
        votes: FER+ votes of the whole file, or None.

    Raises:
        DataError: The votes are not of this file.
    """
    is_fitted = stratified_half(faces.label_ids)
    one_hot = np.eye(len(FER2013_LABELS))[faces.label_ids]
    heads = {"label": calibrate(HeadTargets(logits["label"], one_hot, is_fitted))}
    if votes is not None and "votes" in logits:
        voted = voted_faces(faces, votes)
        heads["votes"] = calibrate(voted.targets_of(logits["votes"][voted.has_votes]))
    return heads


def voted_faces(faces: FaceDataset, votes: np.ndarray) -> VotedFaces:
    """Return the faces that somebody could name, halved as `stratified_half` says.

    Raises:
        DataError: The votes are not of this file.
    """
    shares = vote_shares(votes, faces.rows)
    has_votes = shares.sum(axis=1) > 0
    is_fitted = stratified_half(faces.label_ids)
    return VotedFaces(has_votes, shares[has_votes], is_fitted[has_votes], N_VOTERS)
