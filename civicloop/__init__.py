"""CivicLoop (创城闭环): every promise a city makes is a loop, closed only by proof that somebody else verified."""

__version__ = "0.1.0"
