"""The keeper: a log of the night."""

from dataclasses import dataclass, field


@dataclass
class Keeper:
    name: str
    entries: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        self.entries.append(text)

    def last(self) -> str | None:
        return self.entries[-1] if self.entries else None
