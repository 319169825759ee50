"""Classical models that are fitted beside every network, so that its figures have a measure.

`fitting.fit_baselines` is the door; a module a problem says which there are.
"""
