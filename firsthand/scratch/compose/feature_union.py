"""A feature union shows the same X to several transformers, and puts the results side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from numpy.typing import ArrayLike, NDArray

from firsthand.scratch.base import Estimator, Transformer
from firsthand.scratch.compose.parts import (
    Named,
    as_columns,
    check_names,
    check_transformers,
    default_names,
    fitted_and_transformed,
    is_dropped,
    is_fitted,
    is_passed,
    joined_names,
    names_out,
    side_by_side,
    side_by_side_tags,
    within,
)
from firsthand.scratch.errors import ParameterError
from firsthand.scratch.validation import check_fitted, check_input_features

__all__ = ["FeatureUnion", "make_union"]


class FeatureUnion(Transformer, Estimator):
    """Transformers side by side, each for all columns.

    ``fit`` fits the very transformers it was given.

    Parameters
    ----------
    transformer_list : list of (str, model)
        A model is a transformer, "drop" or "passthrough".
    transformer_weights : dict of float, optional
        By what to multiply the output of the transformers of these names.

    Attributes
    ----------
    named_transformers : dict
        The models by name, as attributes, too.
    n_features_in_ : int

    Examples
    --------
    >>> from firsthand.scratch.preprocessing import MinMaxScaler
    >>> both = FeatureUnion([("scaled", MinMaxScaler()), ("raw", "passthrough")])
    >>> both.fit_transform([[1.0], [5.0]]).tolist()
    [[0.0, 1.0], [1.0, 5.0]]
    """

    parts = "transformer_list"

    def __init__(
        self,
        transformer_list: list[tuple[str, Any]],
        *,
        transformer_weights: dict[str, float] | None = None,
    ) -> None:
        self.transformer_list = transformer_list
        self.transformer_weights = transformer_weights

    def fit(self, X: Any, y: Any = None, **fit_params: Any) -> Self:
        """Fit every transformer on X; ``y`` and ``fit_params`` are handed to all."""
        self._check()
        for name, model in self._working():
            with within(f"transformer {name!r}"):
                model.fit(X, y, **fit_params)
        return self

    def fit_transform(self, X: Any, y: Any = None, **fit_params: Any) -> NDArray[Any]:
        """Fit, and return the columns that all transformers make, (n_samples, n_columns_out)."""
        self._check()

        def learn(model: Any, X: Any) -> Any:
            return fitted_and_transformed(model, X, y, **fit_params)

        return self._side_by_side(X, learn)

    def transform(self, X: Any) -> NDArray[Any]:
        """Return the columns that all transformers make, (n_samples, n_columns_out)."""
        check_fitted(self)
        return self._side_by_side(X, lambda model, X: model.transform(X))

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Return the names of the columns that come out, each after its transformer's."""
        check_fitted(self)
        names = check_input_features(self, input_features)
        made = [(n, names_out(n, m, names)) for n, m in self.transformer_list if not is_dropped(m)]
        return joined_names(made, prefixed=True)

    @property
    def named_transformers(self) -> Named:
        """The transformers by name."""
        return Named(self.transformer_list)

    @property
    def n_features_in_(self) -> int:  # pyright: ignore[reportIncompatibleVariableOverride]  # read from a part
        """The number of columns that the transformers were fitted on."""
        return self._working()[0][1].n_features_in_

    @property
    def feature_names_in_(self) -> NDArray[Any]:  # pyright: ignore[reportIncompatibleVariableOverride]  # read from a part
        """The names of the columns that the transformers were fitted on."""
        return self._working()[0][1].feature_names_in_

    def __sklearn_is_fitted__(self) -> bool:
        """Whether all transformers are fitted."""
        return all(is_fitted(model) for _, model in self._working())

    def __sklearn_tags__(self) -> Any:
        """Describe it to scikit-learn by what it is made of."""
        return side_by_side_tags(super().__sklearn_tags__(), self.transformer_list)

    def _check(self) -> None:
        check_names(self, self.transformer_list, 2)
        check_transformers(self.transformer_list)
        unknown = set(self.transformer_weights or ()) - set(self.named_transformers)
        if unknown:
            raise ParameterError(
                f"transformer_weights names {', '.join(sorted(unknown))}, which is not among "
                f"{', '.join(self.named_transformers)}."
            )

    def _working(self) -> list[tuple[str, Any]]:
        """Return the transformers that are neither dropped nor passed through."""
        return [(n, m) for n, m in self.transformer_list if not (is_dropped(m) or is_passed(m))]

    def _side_by_side(self, X: Any, work: Callable[[Any, Any], Any]) -> NDArray[Any]:
        weights = self.transformer_weights or {}
        blocks: list[NDArray[Any]] = []
        for name, model in self.transformer_list:
            if not is_dropped(model):
                with within(f"transformer {name!r}"):
                    block = as_columns(X if is_passed(model) else work(model, X))
                blocks.append(block * weights[name] if name in weights else block)
        return side_by_side(blocks, X)


def make_union(*transformers: Any) -> FeatureUnion:
    """Return a union of the transformers, each named by its class in small letters.

    Examples
    --------
    >>> from firsthand.scratch.preprocessing import StandardScaler
    >>> make_union(StandardScaler()).transformer_list
    [('standardscaler', StandardScaler())]
    """
    return FeatureUnion(list(zip(default_names(transformers), transformers, strict=True)))
