"""Letters: what customers read, as text and as HTML, in English, German, Spanish and French.

A letter's content is plain values (`contents`). One template a kind and form says in what order they come, one file of
phrases a language says them; `render` puts them together and fails on whatever does not fit.
"""
