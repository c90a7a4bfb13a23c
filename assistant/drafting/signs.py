"""More or less than the book says, by the words of our own people."""

import re

LESS = re.compile(
    r"\b(?:minus|less|took out|write off|scrap|burst|seep|leak|spill|expired|dropped|bin (?:it|them)|dump"
    r"|crush|smash|fork(?:ed)?|punctur|missing|lost|broken|broke|damaged|destroyed|soaked|stolen"
    r"|short|hin\b|bruch"
    r"|zerbrochen|ausgebucht|ausbuchen|fehl|verschrott|beschädigt|cassé|perdu|manque|roto|faltan|kapot|through)",
    re.IGNORECASE,
)
MORE = re.compile(
    r"\b(?:found|behind|not (?:in|on) the (?:system|book|sheet|list)|neither is|unbooked|plus\b|extra"
    r"|\d+ over\b|over by|more than|surplus|turned up|gefunden|zu viel|mehr|trouvé|sobran"
    r"|encontr)",
    re.IGNORECASE,
)
# Nothing to correct after all.
BOOK_STANDS = re.compile(
    r"\b(?:book|system|count|record|number)s?\s+(?:stands?|is (?:right|correct|good|ok)|was right|agrees?"
    r"|match(?:es)?|holds)\b"
    r"|\bno (?:change|difference|variance|adjustment|correction)\b|\bleave (?:it|that one|the book)\b"
    r"|\bnothing to (?:book|post|adjust|correct)\b"
    r"|(?<![\w-])(?P<n>\d+)(?: \w+){0,3},? (?:and|vs\.?|against|/|=) (?P=n)(?![\w-])|\bbestand stimmt\b"
    r"|\bkeine (?:differenz|abweichung)\b|\bsin diferencia\b"
    r"|\bpas d'écart\b",
    re.IGNORECASE,
)
