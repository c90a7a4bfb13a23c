"""Words that tell what a request wants and what it is: `words_of_intent.json`."""

from assistant.drafting.vocabulary_lines import any_of, vocabulary

_WORDS = vocabulary("words_of_intent.json")
CREDIT = any_of(_WORDS["credit"])
REPLACEMENT = any_of(_WORDS["replacement"])
REPAIR = any_of(_WORDS["repair"])
STATUS = any_of(_WORDS["status"])
# A return that was made before.
EXISTING = any_of(_WORDS["existing"])
THANKS = any_of(_WORDS["thanks"])
CANCEL = any_of(_WORDS["cancel"])
QUOTE = any_of(_WORDS["quote"])
SUPPLIER = any_of(_WORDS["supplier"])
NOTHING = any_of(_WORDS["nothing"])
WANTS_RETURN = any_of(_WORDS["wants_return"])
# A request in the sender's own name, not only a word about returns.
WANTS_RETURN_NOW = any_of(_WORDS["wants_return_now"])
ASKS = any_of(_WORDS["asks"])
# The goods stay where they are: only money is asked for.
NO_GOODS = any_of(_WORDS["no_goods"])
DISCLAIMER = any_of(_WORDS["disclaimer"])
ADDRESSES_A_PROGRAM = any_of(_WORDS["addresses_a_program"])
# Hidden words that tell somebody what to do.
HIDDEN_ORDER = any_of(_WORDS["hidden_order"])
