"""A check that broke off: the process that was at it died, or was ended because it took too much."""

from validation.broken_off import BrokenOff


class CheckBrokeOff(Exception):
    """What was asked of another process will not be answered; that process is gone, others go on."""

    def __init__(self, because: BrokenOff) -> None:
        self.because = because
        super().__init__(because)
