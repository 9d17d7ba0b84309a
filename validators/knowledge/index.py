"""The lexical index: BM25 over stemmed words, in memory. The only module with tantivy.

Ranking is BM25 (Robertson and Zaragoza, 2009) per field, summed over title, headings and
body with fixed weights, plus the same for adjacent pairs of query words (Metzler and Croft,
2005, sequential dependence): "gold card" is a product where "gold" and "card" are not. The
telling words of a page's id count as words of its title (see `place.py`).
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import tantivy

from policies.errors import StoreError
from policies.knowledge import NO_SCOPE, Passage, applies
from validators.knowledge.place import places
from validators.knowledge.query import STOP_WORDS, Weights, Words, choose_words

_MOST_CHARACTERS = 200_000
_STRIDE = 8_000
_SPARE = 16
"""Hits fetched beyond the limit, so that equal scores at the border are ordered by us."""
_HEAP_BYTES = 64_000_000
_ANALYZER: Final = "knowledge"


class LexicalIndex:
    """An immutable index of passages; any number of threads may search it."""

    def __init__(self, passages: Sequence[Passage], weights: Weights | None = None) -> None:
        """Index the passages; their order breaks ties. Raises `StoreError`."""
        self._passages = tuple(passages)
        self._weights = weights or Weights()
        self._scopes: list[Mapping[str, str]] = []
        self._analyzer = _analyzer()
        self._stop_words = frozenset(self._analyzer.analyze(STOP_WORDS))
        self._schema = _schema()
        try:
            self._searcher = self._build()
        except (ValueError, OSError, RuntimeError):
            msg = "the knowledge index could not be built: is there enough memory?"
            raise StoreError(msg) from None

    def search(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> tuple[Passage, ...]:
        """Return at most `limit` passages that share a word with the query, best first.

        Any text is a query; it has no syntax. Passages whose scope does not apply are left
        out before ranking, so they take no place.
        """
        found = self.ranked(query, scope=scope, limit=limit)
        return tuple(replace(self._passages[n], score=score) for n, score in found)

    def ranked(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> list[tuple[int, float]]:
        """Search, and return numbers of passages with their scores instead of passages."""
        wanted = min(limit, len(self._passages))
        words = self._words(query) if wanted > 0 else Words(())
        allowed = [number for number, own in enumerate(self._scopes) if applies(own, scope)]
        if not words.terms or not allowed:
            return []
        found = self._searcher.search(self._query(words, allowed), wanted + _SPARE, count=False)
        addresses = [address for _, address in found.hits]
        numbers = self._searcher.fast_field_values("number", addresses)
        scored = [(int(n or 0), float(s)) for (s, _), n in zip(found.hits, numbers, strict=True)]
        return sorted(scored, key=lambda hit: (-hit[1], hit[0]))[:wanted]

    def _words(self, query: str) -> Words:
        return choose_words(
            self._tokens(query[:_MOST_CHARACTERS]),
            is_common=self._stop_words.__contains__,
            is_known=self._known,
        )

    def _tokens(self, text: str) -> Iterator[str]:
        for start in range(0, len(text), _STRIDE):
            yield from self._analyzer.analyze(_plain(text[start : start + _STRIDE]))

    def _known(self, term: str) -> bool:
        return any(self._searcher.doc_freq(field, term) for field, _ in self._weights.words())

    def _query(self, words: Words, allowed: Sequence[int]) -> tantivy.Query:
        terms = [
            self._term(field, term, weight)
            for term in words.terms
            for field, weight in self._weights.words()
        ]
        pairs = [
            self._pair(field, pair, weight)
            for pair in words.pairs
            for field, weight in self._weights.pairs()
        ]
        matching = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, query) for query in terms + pairs]
        )
        if len(allowed) == len(self._scopes):
            return matching
        applicable = tantivy.Query.term_set_query(self._schema, "scope", list(allowed))
        silent = tantivy.Query.const_score_query(applicable, 0.0)
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, matching), (tantivy.Occur.Must, silent)]
        )

    def _term(self, field: str, term: str, weight: float) -> tantivy.Query:
        query = tantivy.Query.term_query(self._schema, field, term, "freq")
        return tantivy.Query.boost_query(query, weight)

    def _pair(self, field: str, pair: tuple[str, str], weight: float) -> tantivy.Query:
        query = tantivy.Query.phrase_query(self._schema, field, list(pair))
        return tantivy.Query.boost_query(query, weight)

    def _build(self) -> tantivy.Searcher:
        index = tantivy.Index(self._schema)
        index.register_tokenizer(_ANALYZER, self._analyzer)
        # One thread: passages keep their order, so equal content gives equal results.
        writer = index.writer(_HEAP_BYTES, 1)
        scopes: dict[frozenset[tuple[str, str]], int] = {}
        where = places({passage.source_id for passage in self._passages})
        for number, passage in enumerate(self._passages):
            scope = frozenset((k, v.casefold()) for k, v in passage.scope.items())
            if scope not in scopes:
                scopes[scope] = len(scopes)
                self._scopes.append(passage.scope)
            place = where[passage.source_id]
            writer.add_document(_document(passage, place, number, scopes[scope]))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        return index.searcher()


def _document(passage: Passage, place: str, number: int, scope: int) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("title", _plain(f"{passage.title} {place}"))
    document.add_text("headings", _plain("\n".join(passage.headings)))
    document.add_text("body", _plain(passage.text))
    document.add_unsigned("number", number)
    document.add_unsigned("scope", scope)
    return document


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for name, option in (("title", "position"), ("headings", "freq"), ("body", "position")):
        builder.add_text_field(name, tokenizer_name=_ANALYZER, index_option=option)
    builder.add_unsigned_field("number", fast=True)
    builder.add_unsigned_field("scope", indexed=True)
    return builder.build()


def _analyzer() -> tantivy.TextAnalyzer:
    """The steps of tantivy's `en_stem`, and accents folded ("cafe" finds "café")."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(40),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()


def _plain(text: str) -> str:
    """Fold compatible forms, and drop halves of surrogate pairs, which are not UTF-8."""
    return unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode())
