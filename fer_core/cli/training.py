"""What a training shows of itself while it runs."""

from rich.progress import Progress

from fer_core.cli.terminal import messages


class ShownTraining:
    """Shows how far a training is, and knows it when it is stopped."""

    def __init__(self, bar: Progress, *, n_epochs: int, title: str = "") -> None:
        self.n_epochs = n_epochs
        self._bar = bar
        self._title = f"{title}: epoch" if title else "Epoch"
        self._task = bar.add_task("Training", total=None)
        self._n_finished: int | None = None  # epochs; None before the first step

    def on_step(self, epoch: int, step: int, n_steps: int) -> None:
        """Move the bar."""
        self._n_finished = epoch
        self._bar.update(
            self._task,
            description=f"{self._title} {epoch + 1} of {self.n_epochs}",
            completed=epoch * n_steps + step,
            total=self.n_epochs * n_steps,
        )

    def remove(self) -> None:
        """Take the bar away, for the next training's."""
        self._bar.remove_task(self._task)

    def on_epoch(self, entry: dict[str, float]) -> None:
        """Say in a line what an epoch brought."""
        self._n_finished = int(entry["epoch"])
        messages.print(
            f"Epoch {entry['epoch']:.0f}: loss {entry['loss']:.3f}, validation accuracy "
            f"{entry['val_accuracy']:.3f}, macro-F1 {entry['val_macro_f1']:.3f}."
        )

    def stopped(self) -> str:
        """Return the sentence for whoever stopped it."""
        if self._n_finished is None:
            return "Stopped before the first step; no finished epoch was lost."
        if self._n_finished == 0:
            return "Stopped before the first epoch was finished; nothing was kept."
        return f"Stopped after epoch {self._n_finished}; go on with --resume."
