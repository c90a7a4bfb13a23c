"""Learn the words of each reason: `python -m evals.learn_reasons [FOLDER...] [--check]`.

A multinomial logistic regression (stochastic gradient descent with a ridge, a fixed seed) over the sentences of
`evals/corpora/reasons.txt` and, by weak labels, over those of labelled requests: a request's label says why its goods
come back and not where that is written, so of its sentences those which a first round takes for a reason of the label
count for it, and those far from it for none. ``--check`` tells how well it does on what it has not seen (a fifth of the
corpus at a time, a seller at a time), and writes nothing; else the weights go to assistant/drafting/reason_words.npz.
"""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

import assistant.drafting
from assistant.domain.draft import Reason
from assistant.drafting.classify import spoken, voice
from assistant.drafting.reason_words import BUCKETS, ROWS, Weights, chances, counts_of, first_of, row_of, sentences_in
from assistant.drafting.words import passages
from assistant.vectors import vector
from evals.labelled import Labelled, labelled_in

CORPUS = Path(__file__).parent / "corpora" / "reasons.txt"
SETS = tuple(
    Path(__file__).parent / "sets" / name for name in ("volt", "labor", "fleet", "pipe", "food", "chem", "mro")
)
WEIGHTS = Path(assistant.drafting.__file__).parent / "reason_words.npz"
_ROUNDS = 15
_RIDGE = 1.5e-5
_FIRST_STEP = 1.2
_LIKELY, _UNLIKELY = 0.35, 0.15  # chances from which, and up to which, a request's sentence counts
_NEAREST = 3  # sentences of a request that are not taken for none: the likeliest

Pair = tuple[Reason, str]


@dataclass(frozen=True, slots=True)
class Told:
    """A labelled request: its sentences, and for each line the reasons a clerk would accept."""

    seller: str
    sentences: tuple[str, ...]
    accepted: tuple[frozenset[Reason], ...]

    @property
    def any_accepted(self) -> frozenset[Reason]:
        return frozenset().union(*self.accepted)

    @property
    def of_all(self) -> frozenset[Reason]:
        """The reasons that are right for every line; none where the lines have different ones."""
        return frozenset.intersection(*self.accepted) if self.accepted else frozenset()


def corpus(path: Path = CORPUS) -> list[Pair]:
    """The sentences of the corpus. Raises ValueError for a heading that is no reason's code."""
    found: list[Pair] = []
    reason: Reason | None = None
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            reason = Reason(line.strip("[]"))
        elif line and not line.startswith("#") and reason is not None:
            found.append((reason, line))
    return found


def digest() -> str:
    """Of the corpus: whether kept weights are still its own."""
    return hashlib.sha256(CORPUS.read_bytes()).hexdigest()[:16]


def told_in(folders: Iterable[Path]) -> list[Told]:
    """The requests below folders, each the set of one seller."""
    return [_told(folder.name, labelled) for folder in folders for labelled in labelled_in([folder])]


def _told(seller: str, labelled: Labelled) -> Told:
    everything = voice(passages(labelled.request))
    said = [place for place in everything if place.block.kind == "paragraph" or place.block.label == "subject"]
    texts = [spoken(place.text) for place in said]
    sentences = [text[start:end] for text in texts for start, end in sentences_in(text, 3)]
    accepted = [frozenset(Reason(code) for code in line["reason_code"]) for line in labelled.gold["lines"]]
    return Told(seller, tuple(dict.fromkeys(sentences)), tuple(accepted))


def learned(pairs: Sequence[Pair], requests: Sequence[Told] = (), rounds: int = 2) -> Weights:
    """From the corpus, then over again with the sentences of requests that the last weights are sure of."""
    weights = fitted(pairs)
    for _ in range(rounds if requests else 0):
        weights = fitted([*pairs, *(pair for told in requests for pair in _weakly(told, weights))])
    return weights


def _weakly(told: Told, by: Weights) -> list[Pair]:
    """A request gives its reason somewhere: at least in the sentence that is likest to; the next ones are left out."""
    wanted = told.any_accepted - {Reason.OTHER}
    heard = [(sentence, chances(sentence, by)) for sentence in told.sentences]
    of_label = [max((each[reason] for reason in wanted), default=0.0) for _, each in heard]
    nearest = sorted(range(len(heard)), key=lambda at: -of_label[at])[: _NEAREST if wanted else 0]
    found: list[Pair] = []
    for at, (sentence, each) in enumerate(heard):
        first = max(wanted or each, key=each.__getitem__)
        if at in nearest[:1] or (of_label[at] > _LIKELY and first is first_of(each)):
            found.append((first, sentence))
        elif of_label[at] < _UNLIKELY and at not in nearest:
            found.append((Reason.OTHER, sentence))
    return found


def fitted(pairs: Sequence[Pair]) -> Weights:
    """The regression; rows are visited in an order that depends on nothing but their number."""
    reasons = tuple(sorted({reason for reason, _ in pairs}, key=lambda reason: reason.value))
    rarity = _rarity([text for _, text in pairs])
    centre = np.mean([seen for _, text in pairs if (seen := vector(text)) is not None], axis=0)
    rows = [row_of(text, rarity, centre) for _, text in pairs]
    wanted = np.eye(len(reasons), dtype="float32")[[reasons.index(reason) for reason, _ in pairs]]
    scores = np.zeros((ROWS, len(reasons)), dtype="float32")
    bias = np.zeros(len(reasons), dtype="float32")
    order, scale, visits = list(range(len(rows))), 1.0, 0
    chance = random.Random(1)  # noqa: S311 - an order to visit rows in, no secret
    for _ in range(_ROUNDS):
        chance.shuffle(order)
        for index in order:
            step = _FIRST_STEP / (1 + _FIRST_STEP * _RIDGE * visits * 4)
            numbers, values = rows[index]
            raw = bias + scale * (values @ scores[numbers])
            shares = np.exp(raw - raw.max())
            off = shares / shares.sum() - wanted[index]
            scale *= 1 - step * _RIDGE
            scores[numbers] -= (step / scale) * np.outer(values, off)
            bias -= 0.1 * step * off
            visits += 1
    return Weights(reasons, rarity, centre, (scale * scores).astype("float32"), bias)


def _rarity(texts: Sequence[str]) -> Any:
    """How rare each piece is over the texts, in sixteenths."""
    among = np.zeros(BUCKETS)
    for text in texts:
        for counted in counts_of(text):
            among[list(counted)] += 1
    return (np.round(16 * (1 + np.log((1 + len(texts)) / (1 + among)))) / 16).astype("float32")


def keep(weights: Weights, path: Path) -> None:
    """A byte a weight: those of pieces in ``steps`` of each column, ``rarity`` in sixteenths."""
    pieces, of_vector = weights.scores[:BUCKETS], weights.scores[BUCKETS:]
    steps = np.maximum(np.abs(pieces).max(axis=0), 1e-6) / 127
    np.savez_compressed(
        path,
        reasons=np.array([reason.value for reason in weights.reasons]),
        rarity=np.round(weights.rarity * 16).astype("uint8"),
        scores=np.round(pieces / steps).astype("int8"),
        steps=steps.astype("float32"),
        vector=of_vector.astype("float16"),
        centre=weights.centre.astype("float32"),
        bias=weights.bias,
        corpus=np.array(digest()),
    )


def of_request(told: Told, by: Weights) -> tuple[Reason, float]:
    """The reason that a request's sentences give together, and its share of all that they give."""
    total: dict[Reason, float] = {}
    for sentence in told.sentences:
        for reason, chance in chances(sentence, by).items():
            total[reason] = total.get(reason, 0.0) + chance**1.5
    total.pop(Reason.OTHER, None)
    first = max(total, key=total.__getitem__)
    return first, total[first] / sum(total.values())


def left_out(pairs: Sequence[Pair], requests: Sequence[Told]) -> dict[str, list[tuple[bool, float]]]:
    """By seller: whether a request's reason was told right by what the others taught, and how sure it was."""
    found: dict[str, list[tuple[bool, float]]] = {}
    for seller in sorted({told.seller for told in requests}):
        by = learned(pairs, [told for told in requests if told.seller != seller])
        for told in requests:
            right = told.of_all - {Reason.OTHER}
            if told.seller == seller and told.sentences and right:
                reason, share = of_request(told, by)
                found.setdefault(seller, []).append((reason in right, share))
    return found


def crossed(pairs: Sequence[Pair], parts: int = 5) -> list[tuple[Reason, Reason, float]]:
    """Every sentence of the corpus by what the other parts taught: its reason, the one told and its chance."""
    order = list(pairs)
    random.Random(3).shuffle(order)  # noqa: S311 - parts of a corpus, no secret
    found: list[tuple[Reason, Reason, float]] = []
    for part in range(parts):
        by = fitted([pair for index, pair in enumerate(order) if index % parts != part])
        for reason, text in order[part::parts]:
            heard = chances(text, by)
            first = max(heard, key=heard.__getitem__)
            found.append((reason, first, heard[first]))
    return found


def _calibration(seen: Sequence[tuple[bool, float]]) -> Iterable[str]:
    for low, high in ((0.0, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.85), (0.85, 0.95), (0.95, 1.01)):
        inside = [right for right, sure in seen if low <= sure < high]
        if inside:
            yield f"  said {low:.2f} to {min(high, 1):.2f}: {sum(inside) / len(inside):.3f} right of {len(inside)}"


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="tell how well it does on what it has not seen; write nothing")
def main(folders: tuple[Path, ...], check: bool) -> None:
    pairs, requests = corpus(), told_in(folders or SETS)
    if check:
        _check(pairs, requests)
        return
    keep(learned(pairs, requests), WEIGHTS)
    click.echo(f"learned from {len(pairs)} sentences and {len(requests)} requests; {WEIGHTS.stat().st_size:,} bytes")


def _check(pairs: Sequence[Pair], requests: Sequence[Told]) -> None:
    by_seller = left_out(pairs, requests)
    for seller, seen in by_seller.items():
        click.echo(f"{seller:8} {_share(seen):.3f} of {len(seen)} requests")
    everything = sorted((each for seen in by_seller.values() for each in seen), key=lambda each: -each[1])
    click.echo(f"all      {_share(everything):.3f}, the surest half {_share(everything[: len(everything) // 2]):.3f}")
    click.echo("\n".join(_calibration(everything)))
    told = [(reason is first, chance) for reason, first, chance in crossed(pairs)]
    click.echo(f"corpus   {_share(told):.3f} of {len(told)} sentences")
    click.echo("\n".join(_calibration(told)))


def _share(seen: Sequence[tuple[bool, float]]) -> float:
    return sum(right for right, _ in seen) / (len(seen) or 1)


if __name__ == "__main__":
    main()
