"""English as it is spoken in meetings: word classes that the cue patterns rely on.

Closed classes are complete for practical purposes. Verbs are an open class: those listed are
common names of
tasks at work, so that "Ben, add the question" is told from "Ben, nice question" without a
part-of-speech model.
"""

__all__ = [
    "CLAUSE_OPENERS",
    "DETERMINERS",
    "GENERIC_NOUNS",
    "NO_TASK_VERBS",
    "STOP_WORDS",
    "TASK_VERBS",
    "TIME_WORDS",
    "base_form",
    "spoken_words",
]


def spoken_words(text: str) -> frozenset[str]:
    """A word class from its members, separated by blanks."""
    return frozenset(text.split())


DETERMINERS = spoken_words(
    "the a an our my your his her its their this these those some any each every another no"
)

_PRONOUNS = spoken_words(
    "i me mine myself you yours yourself yourselves he him himself she hers herself it itself we "
    "us "
    "ours ourselves they them theirs themselves one someone somebody anyone anybody everyone "
    "everybody nobody something anything everything nothing who whom whose which what that there "
    "here"
)
_AUXILIARIES = spoken_words(
    "be am is are was were been being have has had having do does did doing done will would shall "
    "should can could may might must ought cannot wo ca isn aren wasn weren hasn haven hadn doesn "
    "don didn won wouldn shan shouldn couldn mustn needn ain gonna gotta wanna ll ve re"
)
_CONJUNCTIONS = spoken_words(
    "and or but nor so yet because since although though while whereas if unless until when "
    "whenever "
    "where wherever why how than whether"
)
_PREPOSITIONS = spoken_words(
    "about above across after against along among around as at before behind below beneath beside "
    "besides between beyond by despite down during except for from in inside instead into like "
    "near "
    "of off on onto out outside over past per through throughout till to toward towards under up "
    "upon via with within without"
)
_ADVERBS = spoken_words(
    "again almost already also always anyway apparently away back basically certainly clearly "
    "completely currently definitely either else enough especially even eventually ever exactly "
    "finally fine first further generally gladly hardly honestly hopefully however indeed instead "
    "just later least less literally luckily mainly maybe more most mostly much nearly neither "
    "never "
    "next not now obviously often okay once only otherwise particularly perhaps possibly pretty "
    "probably quickly quite rather really recently roughly seriously simply sometimes somewhere "
    "soon "
    "still such surely then therefore thus together too totally twice unfortunately usually very "
    "well yet ago ahead apart far forward fully long actually absolutely"
)
_INTERJECTIONS = spoken_words(
    "ah aha alright amazing awesome bye cheers congratulations cool correct agreed excellent "
    "goodbye "
    "great ha hello hey hi hm hmm huh lovely mhm mm nah nice no nope oh oops ok okay perfect "
    "please "
    "right sorry sure thank thanks uh uhm um welcome whoa wow yeah yep yes yup morning afternoon "
    "evening good bad better best guys folks ladies gentlemen team everyone all"
)
_TALK = spoken_words(
    "actually agree ask asked asking believe bring call called come comes coming came feel felt "
    "figure "
    "forget get gets getting got give gives giving given gave go goes going gone went guess happen "
    "happened happens happy hear heard help hope hold keep keeps kept knew know known knows let "
    "lets "
    "like liked likes look looked looking looks love made make makes making mean means meant "
    "mention "
    "mentioned need needed needs put puts realistic realize remember said saw say saying says see "
    "seem seemed seems seen sound sounds start started starting stay stop suppose supposed "
    "surprising "
    "take taken takes taking talk talked talking tell telling tend think thinking thought told "
    "took "
    "tried try trying understand use used using wait want wanted wants wish wonder wondering work "
    "worked working works worry joining join joined agrees support supports"
)
_IRREGULAR_PASTS = spoken_words(
    "ate became began bent bit blew bought broke brought built caught chose cost cut drew drove "
    "fell fed felt "
    "flew forgot fought found froze grew heard held hid hit hung hurt kept laid led left lent "
    "lost met paid "
    "ran rang read rode rose sang sank sat sent shook shot shut slept sold spent spoke stole "
    "stood struck swam "
    "taught thought threw told understood woke won wore wrote"
)
GENERIC_NOUNS = spoken_words(
    "bit bits chance couple course deal end fact idea ideas issue issues item items kind kinds lot "
    "lots matter moment one ones part parts people person piece place plan point points problem "
    "problems question questions reason rest second side situation sort stuff subject thing things "
    "time times topic topics touch use way ways word words number numbers agenda meeting list "
    "discussion update updates session call note notes guy order business minute minutes everything"
)
TIME_WORDS = spoken_words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june "
    "july "
    "august september october november december today tomorrow yesterday tonight morning afternoon "
    "evening noon midnight day days week weeks weekend month months quarter year years hour hours "
    "minute minutes second seconds o'clock mondays fridays early late"
)
_QUANTITIES = spoken_words(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred "
    "thousand million zero half dozen percent several few many both first second third fourth "
    "fifth "
    "last next other others another same own new old big small large little different whole single "
    "enough due able ready"
)
STOP_WORDS = (
    DETERMINERS
    | _PRONOUNS
    | _AUXILIARIES
    | _CONJUNCTIONS
    | _PREPOSITIONS
    | _ADVERBS
    | _INTERJECTIONS
    | _TALK
    | _IRREGULAR_PASTS
    | GENERIC_NOUNS
    | TIME_WORDS
    | _QUANTITIES
    | spoken_words("s t d m o")
)
"""Words that say nothing about the subject of a meeting."""

CLAUSE_OPENERS = (
    _PRONOUNS
    | _AUXILIARIES
    | (_CONJUNCTIONS - {"and", "or"})
    | spoken_words(
        "let please yeah yes no okay ok um uh well actually anyway anyways thanks hi hello"
    )
) - {"one"}
"""A noun phrase ends before these."""

TASK_VERBS = spoken_words(
    "add adjust analyse analyze announce answer apply approach approve arrange ask assemble assign "
    "attach attend audit backup benchmark block book bring budget build buy calculate call cancel "
    "capture change chase check circulate clarify clean clear close collect combine compare "
    "compile "
    "complete compose confirm connect consult contact convert cook coordinate copy correct cover "
    "create cut debug decide define delete deliver demo deploy describe design determine develop "
    "discuss distribute document do double-check download draft drop edit email enable ensure "
    "escalate "
    "estimate evaluate examine explore export extend extract fetch figure file fill finalise "
    "finalize "
    "find finish fix follow forward gather get give handle hand help hire host identify implement "
    "import improve include increase inform install integrate interview introduce investigate "
    "invite "
    "join keep launch lead list lock look make manage mail measure merge message migrate modify "
    "monitor move negotiate notify open order organise organize outline own package paint patch "
    "pay "
    "phone pick ping plan polish post prepare present print prioritise prioritize produce propose "
    "prototype provide publish pull purchase push put raise reach rebuild record recruit redo "
    "reduce "
    "refactor register release remind remove rename renew rent repair replace reply report request "
    "research reserve reset resolve respond restart return review revise rewrite roll run schedule "
    "search secure select sell send set setup share ship show sign simplify sketch sort speak "
    "specify "
    "split start submit summarise summarize supply swap sync take talk tell test tidy track train "
    "translate transfer trim try turn type update upgrade upload validate verify visit warn wire "
    "wrap "
    "write"
)
NO_TASK_VERBS = spoken_words(
    "be see say admit have need think agree miss assume guess not never hear go come stop wait "
    "pass "
    "believe imagine understand know want like love hate hope remember forget mean suppose bet "
    "wonder "
    "feel live die stay leave let repeat explain elaborate hold mute unmute scroll stand sit jump "
    "quote always interrupt shut argue disagree support second start finish"
)
"""What people announce or ask for within the meeting itself ("I'll be honest", "can you hear
me")."""

_IRREGULAR = {"does": "do", "goes": "go", "has": "have", "focuses": "focus", "is": "be"}


def base_form(verb: str) -> str:
    """The infinitive of a third-person form: "fixes" becomes "fix", "carries" "carry"."""
    word = verb.lower()
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:  # noqa: PLR2004 - "dies", "ties", "lies" keep the e
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zzes", "oes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
