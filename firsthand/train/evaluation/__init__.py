"""What a trained network is worth: figures with intervals, errors shown, compared, in a report.

Start at `report.evaluate`. ``of_*`` are the figures as functions of weights, which `resampling`
draws; `outcomes` is what a network says; a section of the report is a file of `sections`.
"""
