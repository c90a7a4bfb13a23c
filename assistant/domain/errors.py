"""Errors, grouped by who has to act.

BackhaulError
├── SenderMustAct        the request can't be worked as it is
├── ReviewerMustAct      a person's step was refused; they can do something else
│   ├── NotAllowedNow    the state does not allow it
│   ├── NotAllowedToYou  the person may not do it (role, drafted it, edited it)
│   ├── ChangedMeanwhile somebody else was quicker; look again
│   └── NothingLeft      the quantity that can still come back does not suffice
├── OperatorMustAct      configuration, a server or a file is wrong
│   ├── ErpUnavailable   the ERP did not answer, or its answer was lost
│   ├── LetterNotTaken   the mail server certainly has not taken a letter
│   └── LetterUnconfirmed  it was given a letter, and whether it took it is not known
└── OurFault             a rule of ours was broken; nothing was written
    └── NotFound         a record that should be there is not
"""


class BackhaulError(Exception):
    """Says what happened, what was kept and what to do next, in words for people."""


class SenderMustAct(BackhaulError):
    pass


class ReviewerMustAct(BackhaulError):
    pass


class NotAllowedNow(ReviewerMustAct):
    pass


class NotAllowedToYou(ReviewerMustAct):
    pass


class ChangedMeanwhile(ReviewerMustAct):
    pass


class NothingLeft(ReviewerMustAct):
    pass


class OperatorMustAct(BackhaulError):
    pass


class ErpUnavailable(OperatorMustAct):
    pass


class LetterNotTaken(OperatorMustAct):
    """``lasting``: the same letter would be refused again."""

    def __init__(self, message: str, *, lasting: bool = False) -> None:
        super().__init__(message)
        self.lasting = lasting


class LetterUnconfirmed(OperatorMustAct):
    pass


class OurFault(BackhaulError):
    pass


class NotFound(OurFault):
    pass
