"""How much each kind of writing may happen, read from the settings. Pure: the settings use it."""

import re
from dataclasses import dataclass
from datetime import timedelta

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
WRITTEN = re.compile(r"([a-z]+)=(\d+)/(\d*)([smhd])")
# Of an account of a new member; an address has ADDRESS_TIMES as much, because many share one.
DEFAULT = (
    "comment=10/10m,edit=20/10m,preview=60/10m,like=60/10m,flag=20/1h,upload=30/1h,other=600/10m"
)
ADDRESS_TIMES = 10


@dataclass(frozen=True)
class Budget:
    """So many times in a time, all at once or spread over it."""

    times: int
    seconds: int

    @property
    def interval(self) -> timedelta:
        """After how long one more may be had, once all are used."""
        return timedelta(seconds=self.seconds / self.times)

    def multiplied(self, factor: int) -> "Budget":
        return Budget(self.times * factor, self.seconds)


def budgets(written: str) -> dict[str, Budget]:
    """From "comment=10/10m,like=60/1h", over those of DEFAULT; raises ValueError with a
    sentence."""
    found = {}
    for part in filter(None, f"{DEFAULT},{written}".replace(" ", "").split(",")):
        read = WRITTEN.fullmatch(part)
        if read is None or int(read[2]) < 1 or int(read[3] or 1) < 1:
            raise ValueError(f"LIMITS: “{part}” is not written as comment=10/10m.")
        found[read[1]] = Budget(int(read[2]), int(read[3] or 1) * UNITS[read[4]])
    known = {part.partition("=")[0] for part in DEFAULT.split(",")}
    if unknown := sorted(found.keys() - known):
        raise ValueError(f"LIMITS: there is no “{unknown[0]}”, only {', '.join(sorted(known))}.")
    return found
