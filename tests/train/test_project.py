"""From a file and a configuration to a trained network."""

from pathlib import Path

from firsthand.train import load_config, train


def test_a_table_is_learnt(tmp_path: Path) -> None:
    from sklearn.datasets import load_breast_cancer

    frame = load_breast_cancer(as_frame=True).frame
    frame.to_csv(tmp_path / "cancer.csv", index=False)
    (tmp_path / "config.yaml").write_text(
        "task: tabular\ndata: {path: cancer.csv, target: target}\ntrain: {epochs: 5}\n"
    )
    run, state = train(load_config(tmp_path / "config.yaml", ["train.lr=0.01"]), tmp_path)
    assert run.folder.is_dir()
    assert max(figures["validation_accuracy"] for figures in state.history) > 0.9
