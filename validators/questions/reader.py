"""Reads what a question asks, word by word.

Two questions with the same `signature` ask the same kind of thing about the same concepts;
`compare.py` then looks at what binds the concepts: who acts, from and to, before and after,
whose, how many, not.
"""

from collections.abc import Sequence

from validators.questions.asked import BARE, OWNING, WEAK, Asked
from validators.questions.kinds import modes
from validators.questions.lexicon import Lexicon, default_lexicon
from validators.questions.tokens import BREAK, OWNER, tokens

_FIRST = ("how", "todo", "if", "cost", "why", "what")
"""Kinds that say more than the others of the same text: "I want to cancel, how?"."""
_PLAIN = ("yes", "want", "state")
_POINTING = ("it", "them", "this", "that", "these", "those", "thing")
_ACTING = ("can", "yes", "will", "should", "need")
"""Kinds whose subject comes before the action: "can my wife use it?"."""
_GETS = ("get", "gets", "getting", "got", "gotten")
_DENIALS = ("not", "no", "nobody", "none", "nothing", "neither", "nor")
_HELPERS = ("was", "were", "did", "had", "has", "have", "got")


def read(question: str, lexicon: Lexicon | None = None) -> Asked:
    """Read a question. Pure; about 0.1 ms."""
    return read_words(tokens(question), lexicon or default_lexicon())


def read_words(words: Sequence[str], lexicon: Lexicon) -> Asked:
    """Read a question that `tokens` has split."""
    reader = _Reader(lexicon)
    reader.walk(lexicon.rewritten(words))
    return reader.asked()


class _Reader:
    """Goes through the words once, from left to right."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._kinds: list[str] = []
        self._concepts: list[str] = []
        self._roles: dict[str, set[str]] = {}
        self._bound: set[tuple[str, str]] = set()
        self._agents: dict[str, str] = {}
        self._patients: dict[str, str] = {}
        self._owned: dict[str, str] = {}
        self._things: list[str] = []
        self._role = BARE
        self._fresh = False
        """A role was named and nothing has taken it yet."""
        self._owner = ""
        self._waiting: list[str] = []
        """Numbers, negations and qualifiers that belong to the next concept."""
        self._agent = ""
        self._open = False
        """A kind without an agent came: what follows may name who acts."""
        self._past = False
        self._be = False
        self._passive = False
        self._started = False
        self._named = False
        """A concept came."""
        self._pointing = self._giving = False
        self._before = BREAK
        self._nominal = False
        """What is wanted is a thing: "I need a copy"."""

    def walk(self, words: Sequence[str]) -> None:
        before = BREAK
        for n, word in enumerate(words):
            following = words[n + 1] if n + 1 < len(words) else BREAK
            self._before = before
            if word in _GETS and self._participle(following):
                self._be = True
                self._past |= word == "got"
            elif word == "using" and self._follows_thing(before):
                self._beside("with")
            else:
                self._take(word, following)
            before = word

    def _follows_thing(self, before: str) -> bool:
        lexicon = self._lexicon
        tied = before in lexicon.neutral or before in lexicon.roles
        return before != BREAK and before[0] != "@" and not tied

    def _take(self, word: str, following: str) -> None:
        if word == BREAK:
            self._end()
        elif word[0] == "@":
            self._kind(word[1:])
        elif not (self._ties(word, following) or self._marks(word)):
            self._concept(word, owning=following == OWNER)

    def _ties(self, word: str, following: str) -> bool:
        """Take a word that ties others together: whose, from, to, me and you."""
        lexicon = self._lexicon
        if word in lexicon.owners:
            self._started = True
            self._owner = lexicon.owners[word]
        elif word in ("you", "yourself"):
            self._you(following)
        elif word in lexicon.roles:
            self._turn(lexicon.roles[word])
        elif word in lexicon.neutral:
            infinitive = word == "to" and lexicon.is_action(following)
            self._beside(BARE if infinitive else lexicon.neutral[word])
        else:
            return self._unsaid(word)
        return True

    def _unsaid(self, word: str) -> bool:
        """Take a word that goes without saying."""
        if word == "me":
            if not self._giving:
                self._put("me", self._role)
        elif word in self._lexicon.dropped or word in _HELPERS:
            self._light(word)
        else:
            return word == OWNER
        return True

    def _marks(self, word: str) -> bool:
        """Take a word that changes what another covers: not, all, thirty."""
        lexicon = self._lexicon
        if word in _DENIALS:
            self._wait("not")
        elif word in lexicon.adverbs:
            self._mark(lexicon.concept(word), "")
        elif word in lexicon.qualifiers:
            self._wait(word)
        elif word[0].isdigit() or word in lexicon.numbers:
            self._wait("#" + lexicon.numbers.get(word, word))
        else:
            return False
        return True

    def _end(self) -> None:
        self._turn(BARE)
        self._owner, self._open = "", False

    def _turn(self, role: str) -> None:
        """Begin a role; one that nothing followed belongs to what came before: "go up"."""
        if self._fresh:
            self._mark(self._role, self._concepts[-1] if self._concepts else "")
        self._role, self._fresh = role, role != BARE and role not in WEAK

    def _beside(self, role: str) -> None:
        """Let a weak preposition take nothing from a strong one: "out of" is "out"."""
        if not self._fresh:
            self._role = role

    def _mark(self, mark: str, concept: str) -> None:
        self._concepts.append(mark)
        self._bound.add((mark, concept))

    def _kind(self, named: str) -> None:
        kind, _, agent = named.partition("/")
        if kind in ("was", "did"):
            self._past, kind = True, "yes"
        if kind == "yes" and self._started:
            self._light("is")
            return
        self._started = True
        self._kinds.append(kind)
        self._agent = agent
        self._open = not agent and kind in _ACTING
        self._beside(BARE)

    def _light(self, word: str) -> None:
        if word in _POINTING:  # "cancel it" does not say what, "how do I do that?" does
            self._pointing |= not self._named or self._lexicon.is_action(self._before)
        self._started = True
        self._past |= word in ("was", "were", "did", "had", "got")
        self._be |= word in ("is", "are", "be", "been", "was", "were", "being", "got", "am")
        if word == "i" and not self._agent:
            self._agent = "i"

    def _you(self, following: str) -> None:
        if self._lexicon.is_action(following):
            self._agent = "you"
        else:
            self._put("you", self._role)

    def _wait(self, mark: str) -> None:
        self._started = True
        self._waiting.append(mark)
        self._concepts.append(mark)

    def _concept(self, word: str, *, owning: bool) -> None:
        concept = self._lexicon.concept(word)
        action = self._lexicon.is_action(word)
        if not self._started and action:
            self._kinds.append("want")
        elif self._kinds[-1:] == ["want"] and not self._named:
            self._nominal = not action
        self._started = self._named = True
        if concept == "ship" and (self._role == BARE or self._role in WEAK) and not self._past:
            concept = "deliver"
        if self._owner:
            self._owned.setdefault(concept, self._owner)
            self._owner = ""
        for mark in self._waiting:
            self._bound.add((mark, concept))
        self._waiting.clear()
        self._giving = concept in self._lexicon.giving
        self._put(concept, OWNING if owning else self._role, action=action)
        if action:
            self._act(concept, word)

    def _act(self, concept: str, word: str) -> None:
        if self._be and self._participle(word):
            self._passive = True
            if self._things:
                self._patients.setdefault(concept, self._things[-1])
        elif self._caused(word):
            self._concepts.remove("get")
        if self._agent:
            self._agents.setdefault(concept, self._agent)
        elif self._open and self._things and not self._be:
            self._agents.setdefault(concept, self._things[-1])
        self._agent, self._open = "", False

    def _caused(self, word: str) -> bool:
        """Tell whether something is got done: "how do I get my account removed?"."""
        got = self._agents.get("get") == "i" and "get" in self._concepts
        return got and bool(self._things) and self._participle(word) and self._role == BARE

    def _participle(self, word: str) -> bool:
        lexicon = self._lexicon
        formed = word.endswith(("ed", "en")) or word in lexicon.participles
        return formed and lexicon.is_action(word)

    def _put(self, concept: str, role: str, *, action: bool = False) -> None:
        self._fresh = False
        self._concepts.append(concept)
        self._roles.setdefault(concept, set()).add(role)
        if not action and role == BARE and concept not in self._things:
            self._things.append(concept)

    def asked(self) -> Asked:
        self._end()
        for mark in self._waiting:
            self._bound.add((mark, ""))
        kind, found = self._one_kind(), frozenset(self._concepts)
        if kind == "want" and self._nominal:
            found |= {"get"}
        if kind == "what" and {"need", "want"} & set(self._kinds):
            found |= {"require"}
        asks = modes(kind, found, self._lexicon.actions)
        kind, concepts = self._lexicon.settled(kind, found)
        told = concepts - {"you", "me"}
        if not told or (self._pointing and len(told) == 1):
            concepts = frozenset()  # "how do I cancel it?" does not stand for itself
        return Asked(
            kind=kind,
            concepts=concepts,
            roles={c: frozenset(r) for c, r in self._roles.items()},
            bound=frozenset(pair for pair in self._bound if pair[0] in concepts),
            agents=self._agents,
            patients=self._patients,
            owned=self._owned,
            things=tuple(self._things),
            modes=asks,
            past=self._past,
            passive=self._passive,
        )

    def _one_kind(self) -> str:
        kinds = [kind for kind in self._kinds if kind]
        if "want" in kinds and "todo" in kinds:
            return "how"
        for kind in _FIRST:
            if kind in kinds:
                return kind
        strong = [kind for kind in kinds if kind not in _PLAIN]
        return (strong or kinds or ["state"])[0]
