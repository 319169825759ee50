"""What all tests share."""

from hypothesis import HealthCheck, settings

# how long it takes to draw an example says how busy the machine is, not whether the code is right
settings.register_profile("firsthand", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("firsthand")
