"""What the customer wants now: by what a person has not dealt with already."""

from dataclasses import replace

from policies.held import news
from policies.turn import Classification, Turn
from validators.base import IntentClassifier


async def classified(classifier: IntentClassifier, turn: Turn) -> Classification:
    """Return intent and risks of the news, and the language of the whole conversation.

    Where a person has had the conversation, what was said until then is theirs: a risk that they
    have dealt with would send every further question to them. Raises whatever `classifier` does.
    """
    fresh = news(turn.conversation, turn.held)
    seen = await classifier.classify(fresh)
    if seen.language is not None or len(fresh) == len(turn.conversation):
        return seen
    whole = await classifier.classify(turn.conversation)
    return replace(seen, language=whole.language)
