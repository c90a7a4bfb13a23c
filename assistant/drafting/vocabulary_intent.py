"""Words that tell what a request wants and what it is: `words_of_intent.json`."""

from assistant.drafting.vocabulary_lines import any_of, vocabulary

_WORDS = vocabulary("words_of_intent.json")
CREDIT = any_of(_WORDS["credit"])
REPLACEMENT = any_of(_WORDS["replacement"])
REPAIR = any_of(_WORDS["repair"])
# Goods come back for money, in so many words.
FOR_CREDIT = any_of(_WORDS["for_credit"])
# A sentence that asks, and one that leaves it to us which.
WISH = any_of(_WORDS["wish"])
ANY_OF_THEM = any_of(_WORDS["any_of_them"])
STATUS = any_of(_WORDS["status"])
# Said of a return that was made before: somebody asks after it.
STATUS_OF_EXISTING = any_of(_WORDS["status_of_existing"])
# A return that was made before.
EXISTING = any_of(_WORDS["existing"])
THANKS = any_of(_WORDS["thanks"])
# A return by its number.
NUMBERED = any_of(_WORDS["numbered"])
# One for goods that have none yet.
ASKS_FOR_RMA = any_of(_WORDS["asks_for_rma"])
CANCEL = any_of(_WORDS["cancel"])
# An order that has not left yet.
NOT_SHIPPED = any_of(_WORDS["not_shipped"])
QUOTE = any_of(_WORDS["quote"])
# Papers asked for, not goods or money.
DOCUMENTS = any_of(_WORDS["documents"])
SUPPLIER = any_of(_WORDS["supplier"])
# A seller's terms for returns, asked after or told: nobody's wish.
TERMS = any_of(_WORDS["terms"])
NOTHING = any_of(_WORDS["nothing"])
WANTS_RETURN = any_of(_WORDS["wants_return"])
# A request in the sender's own name, not only a word about returns.
WANTS_RETURN_NOW = any_of(_WORDS["wants_return_now"])
# What was asked before is taken back.
WITHDRAWN = any_of(_WORDS["withdrawn"])
# What was asked before is changed, not taken back.
CORRECTS = any_of(_WORDS["corrects"])
# Goods, papers or news are wanted: a sale's, not a return's.
ORDERS_GOODS = any_of(_WORDS["orders_goods"])
# More of what was bought before is ordered.
MORE_OF_THEM = any_of(_WORDS["more_of_them"])
# Goods are offered to many.
PROMOTES = any_of(_WORDS["promotes"])
# Somebody asks for goods to be taken.
GOODS_GO_BACK = any_of(_WORDS["goods_go_back"])
ASKS = any_of(_WORDS["asks"])
# The goods stay where they are: only money is asked for.
NO_GOODS = any_of(_WORDS["no_goods"])
# All that is not spoken of otherwise.
THE_REST = any_of(_WORDS["the_rest"])
# Money for what is no goods.
CHARGES = any_of(_WORDS["charges"])
DISCLAIMER = any_of(_WORDS["disclaimer"])
ADDRESSES_A_PROGRAM = any_of(_WORDS["addresses_a_program"])
# Orders about the wording of an answer: nobody's goods.
ORDERS_A_TEXT = any_of(_WORDS["orders_a_text"])
# Hidden words that tell somebody what to do.
HIDDEN_ORDER = any_of(_WORDS["hidden_order"])
