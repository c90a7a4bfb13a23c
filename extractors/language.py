"""Which language a text is in, by its small words.

A statistical model (py3langid) takes over a second of processor time to load; for the languages of these mails, a few
dozen words that every sentence uses tell as much in microseconds.
"""

import re

_WORD = re.compile(r"[^\W\d_]+")
_SMALL_WORDS = {
    "en": "the and of to is are was were have has had we you your our please that this with for not but they them it"
    " be from on would can will could what when which there their these those been my me if or so an at as by"
    " do did does i he she his her just back thanks hello hi need want send credit return some all any still"
    " two one out up no order invoice delivery shipment leak broken wrong",
    "de": "der die das und ist sind war wir sie ihr ihre ihnen unser unsere bitte mit für nicht aber es von auf zu"
    " den dem des eine einen einer einem im am bei haben hat wurde werden wird können ich uns auch noch nur"
    " nach aus sich wie oder als dass an um vom zum zur über sehr geehrte damen herren guten tag danke grüßen"
    " kein keine da diese ein möchten zwei drei bestellung lieferung rechnung anbei ware zurück defekt falsch"
    " unserer bitten",
    "es": "el la los las y es son fue nosotros usted ustedes su sus nuestro nuestra por favor con para no pero de"
    " del en un una que se lo al como más o hemos han ha le les nos este esta estos estas muy ya cuando donde"
    " si sin sobre hola buenos buenas días tardes gracias saludos estimados estimado pedido está están también"
    " solo gustaría queremos devolver devolución dos tres factura adjunto queríamos abono material",
    "fr": "le la les et est sont était nous vous votre vos notre nos avec pour pas ne mais ce cette ces il elle ils"
    " de du des un une que qui se au aux en dans sur par plus ou avons avez ont a été être je bonjour merci"
    " cordialement veuillez madame monsieur sans leur d l s c n j qu y si bien très reçu souhaitons retourner"
    " deux trois commande facture pièce jointe marchandise défectueux avoir ci",
    "it": "il lo la gli le i e è sono era noi voi vostro vostra nostro nostra con per non ma di del della dei delle"
    " che si un una uno in nel nella da dal al alla alle abbiamo avete hanno ha questo questa questi come più o"
    " anche ci vi buongiorno salve grazie saluti gentile spettabile cordiali su sul sulla ordine se molto stati"
    " stato vorremmo restituire due tre reso merce fattura allegato difettoso nota",
    "nl": "de het een en is zijn was wij we u uw ons onze met voor niet maar van op te aan in die dat deze dit er"
    " bij naar hebben heeft had worden wordt kunnen kunt ik ook nog als of om uit graag alstublieft beste"
    " geachte dank bedankt groet groeten vriendelijke goedemorgen goedendag hallo geen wel over door tot dan"
    " wat jullie mijn retour willen retourneren twee drie bestelling factuur bijlage kapot stuks",
    "pt": "o a os as e é são foi nós você vocês seu sua seus nosso nossa por com para não mas de do da dos das em no"
    " na um uma que se ao como mais ou temos têm tem este esta estes isso pelo pela muito já quando bom dia boa"
    " tarde olá obrigado obrigada prezados atenciosamente favor pedido também está estão nos nas gostaríamos"
    " devolver duas dois três fatura anexo devolução mercadoria",
    "pl": "i w na z do się nie jest są był była były to że jak ale dla od po za przez przy nasz nasze naszego"
    " państwa proszę prosimy dzień dobry dziękuję dziękujemy pozdrawiam mamy oraz lub które który ten ta te tym"
    " tylko już czy o u ze zostały został jeszcze bardzo nam nas zwrot zamówienia zamówienie faktura faktury"
    " załączniku",
}


def _voters() -> dict[str, list[str]]:
    voters: dict[str, list[str]] = {}
    for language, words in _SMALL_WORDS.items():
        for word in set(words.split()):
            voters.setdefault(word, []).append(language)
    return voters


_VOTERS = _voters()
# A letter that few alphabets have says as much as a word.
_LETTERS = {
    **dict.fromkeys("ßä", "de"),
    **dict.fromkeys("ñ¿¡", "es"),
    **dict.fromkeys("œûîë", "fr"),
    **dict.fromkeys("ãõ", "pt"),
    **dict.fromkeys("ąęłńśźż", "pl"),
    **dict.fromkeys("ìò", "it"),
}
_MOST = 4_000
_LEAST_LETTERS = 20
_LEAST_SCORE = 1.5
_LEAD = 1.2


def language_of(text: str) -> str:
    """ISO 639-1 of the language most of ``text`` is in, of those customers write; '' where it can't be told."""
    lowered = text[:_MOST].lower()
    words = _WORD.findall(lowered)
    if sum(map(len, words)) < _LEAST_LETTERS:
        return ""
    scores: dict[str, float] = dict.fromkeys(_SMALL_WORDS, 0.0)
    for word in words:
        languages = _VOTERS.get(word, ())
        for language in languages:
            # A word that several languages have tells less of each.
            scores[language] += 1 / len(languages)
    for letter, language in _LETTERS.items():
        if letter in lowered:
            scores[language] += 1
    ranked = sorted(scores.items(), key=lambda entry: -entry[1])
    if ranked[0][1] < max(_LEAST_SCORE, ranked[1][1] * _LEAD):
        return ""
    return ranked[0][0]
