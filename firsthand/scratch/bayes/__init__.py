"""Models that turn the question around: how likely is this sample in each class?

Start with ``gaussian``, which has the densities, and ``posterior``, which has Bayes' rule;
``counting`` is the same for counts and occurrences.
"""

from firsthand.scratch.bayes.discrete_nb import BernoulliNB, MultinomialNB
from firsthand.scratch.bayes.gaussian import Moments
from firsthand.scratch.bayes.gaussian_nb import GaussianNB
from firsthand.scratch.bayes.posterior import Posterior

__all__ = ["BernoulliNB", "GaussianNB", "Moments", "MultinomialNB", "Posterior"]
