"""Para73: measure, publish and verify how businesses protect children, against paragraph 73."""

__version__ = "0.1.0"
