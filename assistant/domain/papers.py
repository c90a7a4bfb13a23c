"""The papers a line comes with, by the policy: which are there, and which hold its approval while they are not."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from assistant.domain.approval import Decision
from assistant.domain.draft import CaseLine, Draft, FindingCode
from assistant.domain.policy import Judgement, LineJudgement, Paper
from extractors.document import Document

_AT_APPROVAL = frozenset({"at approval", "before receipt"})
# By what a paper is known, in a file's name or its words. A paper that is none of these is seen by a person only.
_KNOWN_BY: Mapping[str, re.Pattern[str]] = {
    "carrier inspection report": re.compile(
        r"inspection[ _-]?(?:report|waiver|request)|(?:carrier|freight)[ _-]inspection|waiver of inspection"
        r"|damage[ _-]report|schadens?protokoll|constat d.avarie",
        re.IGNORECASE,
    ),
    "NCR": re.compile(r"(?<![a-z])ncr(?![a-z])|non-?conform\w+[ _-](?:report|notice|no)|\b8d[ -]report", re.IGNORECASE),
    "SDS": re.compile(r"(?<![a-z])m?sds(?![a-z])|safety[ _-]data[ _-]sheet|sicherheitsdatenblatt", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingPaper:
    """A paper that is not there for a line (from 1). ``holds``: the line is not approved without it, or a reason."""

    line: int
    name: str
    before: str
    holds: bool

    def __str__(self) -> str:
        return f"line {self.line}: {self.name}, before {self.before}"


def missing(
    draft: Draft, judgement: Judgement, documents: Iterable[Document], decisions: Iterable[Decision], revision: int
) -> tuple[MissingPaper, ...]:
    """``documents``: all that came with the case's messages. A paper that a person did without is not missing."""
    read = tuple(documents)
    done_without = waived(decisions, revision)
    return tuple(
        MissingPaper(line=number, name=paper.name, before=paper.before, holds=_holds(paper, said))
        for number, said in sorted(judgement.lines.items())
        for paper in said.papers
        if (number, paper.name) not in done_without and not _is_there(paper, draft, draft.lines[number - 1], read)
    )


def waived(decisions: Iterable[Decision], revision: int) -> Mapping[tuple[int, str], str]:
    """(line, paper) that somebody decided to do without in a revision, and why."""
    return {
        (line, d.step): d.reason
        for d in decisions
        if d.verdict == "paper_waived" and d.revision == revision
        for line in d.lines
    }


def asked_for(papers: Iterable[MissingPaper]) -> Iterator[tuple[int, str]]:
    """What the sender is asked for: what has to be there before money moves. What goods bring along is told later."""
    for paper in papers:
        if paper.before != "receipt" and paper.name != "photos":  # for photos the request itself is looked through
            yield paper.line, paper.name


def _holds(paper: Paper, said: LineJudgement) -> bool:
    """Whether approving is the last moment before which it has to be there."""
    return paper.before == "approval" or (paper.before == "credit" and said.credit_timing in _AT_APPROVAL)


def _is_there(paper: Paper, draft: Draft, line: CaseLine, documents: tuple[Document, ...]) -> bool:
    if paper.name == "photos":
        return not draft.has(FindingCode.MISSING_PHOTOS) or any(document.has_picture for document in documents)
    if paper.name == "lot and expiry":
        return line.lot is not None
    if paper.name == "proof of purchase":
        return line.order_no is not None  # our own order says when, where and by whom
    known_by = _KNOWN_BY.get(paper.name)
    return known_by is not None and any(
        document.path != "body" and (known_by.search(document.path) or known_by.search(document.text))
        for document in documents
    )
