"""The words of English that belong to no noun or verb of the desk: politeness, order, negation, conditions, questions.

Everything that a sentence may contain without a meaning of its own is listed here; any other word that is left over
makes the sentence not understood. Alternatives are separated by `|`, and `(a|b)` inside a phrase means either.
"""

from __future__ import annotations

# Before a command: greetings, politeness, and the many ways to say that a command follows.
LEADS = """
hi|hello|hey|hi there|hello there|hey there|good (morning|afternoon|evening)|greetings|dear (desk|team|all)
(hi|hello|hey) (desk|team|all|everyone|folks)|desk|deskgraph|assistant
please|pls|plz|kindly|ok|okay|alright|all right|so|well|now|right now|right|great|perfect|just|simply|quickly|also
immediately|asap|right away|at once|actually|sorry|excuse me|thanks|thank you|yes|yeah|sure|oh|urgently|instead
then|first|firstly|first of all|second|secondly|third|thirdly|fourth|fifth|next|last|lastly|finally|in addition|additionally
afterwards|afterward|after that|after this|once that is done|once that's done|when that is done|when that's done|plus|besides
to (start|begin) with|to (start|begin)|as (the|a) (first|second|third|next|last) step|step (one|two|three|four|five)
go ahead and|go and|proceed to|(you|we) (need|have|ought) to|(you|we) (should|must|can|may)
(i|we) (want|need) you to|(i|we) (want|need|wish) to|(i|we)'d like you to|(i|we) would like you to
(i'd|we'd) like to|(i|we) would like to|i'd love you to|let's|lets|let us|let me
make sure to|make sure you|make sure that you|be sure to|be so (kind|good) as to|don't forget to|do not forget to|remember to
feel free to|try to|help me|help me to|time to|it's time to|it is time to
(i|we) (ask|asked) you to|(i'm|we're) asking you to|we kindly ask you to|your (task|job) is to|the task is to|the job is to
(i|we)'d be (grateful|glad|happy|thankful) if you could|(i|we) would be (grateful|glad|happy|thankful) if you could
it would be (great|nice|good|lovely|helpful) if you could|would be (great|nice|good|lovely|helpful) if you could
it'd be (great|nice|good|lovely|helpful) if you could
(i|we)'d appreciate it if you (could|would)|(i|we) would appreciate it if you (could|would)|if you (could|would)
if possible|if you don't mind|if you please|if you like|if you can
when you (have|get|find) (a|the) (minute|moment|second|chance|time)|when you have time|when possible|as soon as possible
(do|perform|execute|run) (the following|this|these steps)|here is what to do|here's what to do|(the|my) request is to
i need|we need|i want|we want|i'd like|we'd like|i would like|we would like
"""

# Before a command that has the form of a question.
ASKS = """
can (you|we|i)|could (you|we|i)|would you|will you|might you|may (i|we)|can (i|we) (get|have) you to
would you (be able|be willing|like|care) to|are you able to|is it possible to|would it be possible to
would you be so (kind|good) as to|(could|can|may|might) (i|we) ask you to|do you think you (could|can)|any chance you (could|can)
is it (ok|okay) to|can someone|could someone|can somebody|could somebody|would someone|would somebody|can anyone|could anyone
"""

# Before a command whose verb ends in -ing.
GERUND_LEADS = """
would you mind|do you mind|(i'd|we'd) appreciate you|(i|we) would appreciate you|(start|begin) (by|with)|how about|by|end by|finish by
"""

# Before something that is wanted in a state: "I want #3 closed", "make sure that #3 is closed".
WANTS = """
(i|we) want|(i|we)'d like|(i|we) would like|(i|we) need|(i'd|we'd) like to (have|see)|(i|we) want to (have|see)|get|have|let
make sure|make sure that|be sure|be sure that|ensure|ensure that|see to it|see to it that|see that|see (to it)|make certain|make certain that
(can|could|may) (we|i) (get|have)|we should have|i should have
"""

# Between what is meant and the verb's past: "#3 should be closed".
PASSIVES = """
(should|must|shall|ought to|has to|have to|needs to|need to|is to|are to|will need to|will have to|can now|can|may|may now|could|could now|would need to) be
(should|must|has to|have to|needs to|need to|ought to|is to|are to) (now be|also be|then be|please be|be immediately|get)
needs|need|wants to be|is supposed to be|are supposed to be|is ready to be|are ready to be
(should|must) (have been)
"""
WISHED = "to be|is|are|gets|get|being|be|to get"
MODALS = "can|could|may|might|should|shall|will|would|must"
BARE_BE = "be|get|please be|kindly be"

# Anywhere behind the verb.
FILLERS = """
please|pls|plz|kindly|now|right now|right away|straight away|immediately|at once|asap|a s a p|as soon as possible|urgently
for (me|us)|just|simply|quickly|directly|too|as well|also|again|once more|once again|for now|for good|permanently|completely|entirely
instead|if possible|if you (can|could|please|would|like|don't mind)|if that's ok|if that is ok|when possible|when you can
when you (have|get|find) (a|the) (minute|moment|second|chance|time)|when you have time|at your earliest convenience
without delay|without further delay|thanks|thank you|thanks a lot|thank you very much|thank you so much|many thanks|thx|ty|cheers
thanks in advance|thank you in advance|will you|would you|could you|can you|ok|okay|accordingly|manually|out|off|for the time being|at the moment
next|first|finally|then|already|afterwards|straightaway|myself|yourself|will ya|to be safe|in the system|in our system
"""

# What may follow even free text without being a part of it.
POLITE_ENDS = """
please|pls|plz|thanks|thank you|thanks a lot|thank you very much|thank you so much|many thanks|thx|thanks in advance
thank you in advance|cheers|thank you!|best|best regards|kind regards|regards|that's all|that is all|that's it|that is it
"""

# Between two steps, by themselves or behind a comma, "and", or the end of a sentence.
THEN = """
then|after that|after this|afterwards|afterward|thereafter|thereupon|subsequently|following that|once that is done|once that's done
once done|when done|when that is done|when that's done|next|finally|lastly|in the end|at the end|last but not least|plus|also|as well as|before you go
"""
ANDS = "and|&|plus|as well as|and also|along with|together with"
LISTED = "and|&|as well as|plus|and also|or"
NOISE = """
with|with the|to|as|a|an|the|its|their|his|her|at|by|having|using|use|set|setting|of|and|&|and also|whose|in|on|is|are|that is|that are|where the
back to|back|plus|along with|put|mark|for|from|into|onto
"""
EQUALS = "=|:|being|equals|to be|set to|->|→|as|to|should be|must be|becomes|was set to|to:|=>|:="
DETERMINERS = """
the|a|an|this|that|these|those|our|your|my own|some|another|one|a new|the new|one new|another new|a brand new|the following|the said|the same|any
"""
ALL = """
all|all the|all of the|all of|every|every single|each|each of the|each and every|every one of the|every one of|all these|all those|all of these
all our|all of our|all my|all of my|any and all|the entire list of|all remaining|all existing|all current
"""
ALL_OF_ONE = "all|all of|every one of|each of|every|each"
EVERYTHING = "everything|all of it|all that"
BOTH = "both|both the|both of the|both of"
NEWEST = "newest|latest|most recent|last|most recently created|last created|youngest"
OLDEST = "oldest|first|earliest|longest waiting"
CLEARING = "clear|remove|delete|unset|empty|erase|wipe|take away|get rid of|blank out"
NULLS = "nothing|none|null|nobody|no one|no-one|empty|blank"

IT = "it|this|that|this one|that one|the one|the same|the same one|this thing|the former|the latter"
THEM = "them|these|those|all of them|them all|all of these|all of those|both of them|them both|each of them|every one of them|these ones"
PERSON = "him|her|they|he|she|this person|that person|the person"
HIS = "his|her|their|its"
ME = "me|myself|i"
MY = "my"
NUMBERED = "number|no.|no|nr|nr.|num|num.|id|with id|with the id|with number|with the number|no:|#|number:|nos.|numbers"

# Words that refuse the whole sentence wherever they are no part of a text or of one of the phrases above.
NEGATIONS = """
not|don't|dont|do not|never|no|nor|neither|doesn't|does not|shouldn't|should not|won't|will not|can't|cannot|can not|mustn't|must not
needn't|need not|didn't|isn't|aren't|wasn't|stop|avoid|refrain|nobody|nothing|ain't|no longer|hold off|forget|ignore|skip|undo
"""
EXCEPTIONS = "except|except for|but|excluding|other than|apart from|rather than|instead of|besides|without|unlike|aside from|minus|save for"
CONDITIONS = """
if|unless|when|whenever|once|until|till|in case|provided|providing|assuming|otherwise|else|as long as|while|after|before|whether|suppose
supposing|depending|depends|only if|even if|as soon as|wherever|in the event
"""
SCHEDULES = """
tomorrow|today|tonight|yesterday|later|soon|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mondays|fridays
next (week|month|year|time|monday|tuesday|wednesday|thursday|friday|morning)|this (week|month|afternoon|evening|morning|weekend)|in the (morning|afternoon|evening)
daily|weekly|hourly|monthly|every (day|week|hour|month|morning|evening|night|minute)|noon|midnight|eod|cob|end of (day|week|month)|the end of the (day|week|month)
minute|minutes|hour|hours|day|days|week|weeks|month|months|year|years|o'clock|am|pm|overnight|weekend|the weekend|periodically|eventually|at some point
"""
QUESTIONS = """
who|whom|whose|what|what's|whats|which|where|why|how|who's|is|are|was|were|does|did|do|has|am|when's|where's|should i|shall i|should we|shall we
"""
SEARCHES = """
show|list|find|search|search for|get me|display|count|look up|tell me|view|see|read|fetch|check|give me a list|give me the list|look for|query|print|export
"""

# Verbs of other desks, which this one can't do: behind "then" they are a step that is refused, not a part of a text.
FOREIGN = """
email|e-mail|mail|call|phone|notify|tell|inform|send|reply|answer|respond|message|ping|text|remind|merge|link|tag|label|print|refund|export|import
archive|show|list|find|search|get|ask|check|investigate|contact|schedule|wait|stop|cancel|undo|copy|duplicate|split|share|publish|unassign|charge
ban|block|unblock|reset|restart|reboot|install|run|execute|drop|truncate|grant|revoke|approve|reject|invite|subscribe|unsubscribe|translate|summarize
summarise|snooze|watch|follow|unfollow|mute|pin|star|vote|rate|bill|invoice|pay|ship|return|order|book
"""

# Frequent slips that are too short to be found by their distance.
SLIPS = {"adn": "and", "nad": "and", "teh": "the", "hte": "the", "tehn": "then", "thn": "then", "wih": "with", "wth": "with", "fo": "of"}


def phrases(text: str) -> list[tuple[str, ...]]:
    """The alternatives of a list, each as its words: "go|make (sure|certain)" has three."""
    found = [words for line in text.strip().splitlines() for part in _split(line) for words in _expand(part.strip())]
    return list(dict.fromkeys(tuple(words.split()) for words in found if words))


def _split(line: str) -> list[str]:
    """The parts between the bars outside of parentheses."""
    parts, depth = [""], 0
    for letter in line:
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _expand(part: str) -> list[str]:
    """The phrases that a part with parentheses stands for; one parenthesis may hold another."""
    head, opening, rest = part.partition("(")
    if not opening:
        return [part]
    depth = 1
    for place, letter in enumerate(rest):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            inner, tails = rest[:place], _expand(rest[place + 1 :])
            break
    else:
        return [part]  # a lone parenthesis is a word of its own
    middles = [words for choice in _split(inner) for words in _expand(choice)]
    return [f"{head}{middle}{tail}" for middle in middles for tail in tails]
