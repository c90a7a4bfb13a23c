"""Words that give a reason: `words_of_reasons.json`, in English, German, Spanish, French, Italian and Dutch.

Words of weight PLAIN or more give a reason by themselves; lesser ones are hints. Of reasons that a text gives as
plainly the first of the file stands, so the more particular ones come first.
"""

import re

from assistant.domain.draft import Reason
from assistant.drafting.vocabulary_lines import any_of, vocabulary

PLAIN = 3
REASONS: tuple[tuple[Reason, tuple[tuple[int, re.Pattern[str]], ...]], ...] = tuple(
    (Reason(code), tuple((entry["weight"], any_of(entry["words"])) for entry in entries))
    for code, entries in vocabulary("words_of_reasons.json").items()
)

# Words before a hit that turn it round: `no damage`, `not damaged`, `nicht beschädigt`.
NEGATED = re.compile(
    r"\b(?:no|not|never|without|isn'?t|wasn'?t|weren'?t|aren'?t|nothing|none|nor"
    r"|nicht|kein(?:e[nrms]?)?|ohne|nie|sin|ning[uú]n|ninguna"
    r"|pas|aucune?|sans|jamais|geen|niet|zonder|senza|nessun[oa]?)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
