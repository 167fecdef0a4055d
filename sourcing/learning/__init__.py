"""What reviewers decided, turned into a proposal how to rank: examples in, model out. Nothing is in force by itself.

Only `training` and `measuring` load scikit-learn, and only when they are called; applying a model needs numpy alone.
"""

from sourcing.learning.exploring import explore
from sourcing.learning.reranker import Reranker, load

__all__ = ["Reranker", "explore", "load"]
