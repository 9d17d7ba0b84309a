"""Words that mean the same, the opposite, or nothing, in customer-support English.

Hand-written and short on purpose: a wrong entry costs more than a missing one, because
two words of one row count as one word everywhere.
"""

from collections.abc import Mapping

_STOP_WORDS = """a about again all already also although am an and any anyway are as at be because
    been being
    both but by can could did do does doing done each either else even ever every few for from
    had has have having he her here hers him his how however i if in into is it its itself just
    let like may me might mine more most much must my myself no nor not now of off on once one only
    or other our ours out over own per please quite rather really same shall she should simply since
    so some still such than that the their theirs them themselves then there these they thing this
    those though through to too under until up upon us very was we were what whatever when whenever
    where which while who whom whose why will with within without would yes yet you your yours
    yourself yourselves okay ok hi hello well sure indeed course actually certainly absolutely
    good great sorry happy glad thanks thank kindly
    get got make take go come way want know let"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words that say nothing about the subject of a claim."""

GLUE_WORDS = """provide offer help assist support ensure sure process allow give designed
    design make
    include available option variety various range feature features service services certain
    important follow following inform information way able use using used work working need
    purpose specific different several depend related relate detail details type kind part set
    simply easy easily best better new key main overall particular general manner method step
    steps ask question answer note remember thing mean means refer regard regarding
    possible current currently customer customers page pages company
    understand know learn find look check see show like want try keep bring back track
    experience solution issue issues problem situation various wide multiple based many
    afraid somebody someone nobody nothing something anything whereas bear happen run turn hand
    stay fall hear whether matter case enough"""
"""Words that join facts and state little themselves."""
_IRREGULAR = """paid:pay sent:send bought:buy kept:keep held:hold took:take taken:take gave:give
    given:give made:make got:get told:tell left:leave lost:lose chose:choose chosen:choose
    went:go gone:go came:come began:begin begun:begin ran:run wrote:write written:write
    broke:break broken:break found:find met:meet sold:sell spent:spend stole:steal stolen:steal
    built:build brought:bring thought:think said:say saw:see seen:see shown:show drawn:draw
    drew:draw won:win lent:lend withdrew:withdraw withdrawn:withdraw rang:ring rung:ring
    children:child people:person men:man women:woman days:day fees:fee lives:life
    stopped:stop dealt:deal meant:mean rode:ride driven:drive drove:drive frozen:freeze
    worn:wear torn:tear hidden:hide known:know fell:fall fallen:fall flew:fly flown:fly
    less:less business:business yes:yes plus:plus bonus:bonus express:express address:address
    access:access process:process pass:pass express:express premises:premises news:news
    twice:two lowest:low higher:high highest:high larger:large largest:large longer:long
    longest:long later:late latest:late earlier:early earliest:early cheaper:cheap
    cheapest:cheap faster:fast fastest:fast bigger:large biggest:large monthly:month
    yearly:year annual:year annually:year daily:day weekly:week hourly:hour quarterly:quarter
    nightly:night fortnightly:fortnight thrice:three"""
IRREGULAR: Mapping[str, str] = dict(pair.split(":") for pair in _IRREGULAR.split())
"""Surface form -> base form, for what suffixes alone do not tell."""

SYNONYMS: tuple[str, ...] = (
    "fee charge cost price surcharge",
    "pay payment",
    "refund reimburse reimbursement repay",
    "phone call ring telephone dial",
    "send ship dispatch despatch post mail",
    "deliver delivery arrive arrival reach land",
    "receive get obtain",
    "maximum max cap limit ceiling most",
    "minimum min least threshold",
    "cancel cancelled cancelling cancellation terminate termination",
    "buy purchase order",
    "allow permit permission able",
    "require requirement need necessary mandatory compulsory",
    "begin start commence",
    "choose choice pick select decide decision",
    "change alter modify amend switch",
    "finish complete end conclude",
    "help assist support assistance",
    "replace replacement swap exchange",
    "damage damaged broken faulty defective fault",
    "entire whole full fully complete",
    "extra additional further another",
    "include inclusive cover coverage contain",
    "keep retain hold maintain",
    "apply application",
    "approve approval accept acceptance agree",
    "remove delete erase",
    "see view show display",
    "photo picture image photograph snap",
    "website site online web internet",
    "ask request",
    "add added adding",
    "before ahead beforehand",
    "try attempt",
    "old aged age",
    "steal theft stolen",
    "house home",
    "tell notify inform notification notice",
    "quick fast quickly",
    "immediate immediately instantly instant",
    "automatic automatically",
    "car vehicle",
    "staff employee colleague agent adviser advisor representative rep",
    "vary depend differ",
    "proof evidence receipt",
    "renew renewal",
    "upgrade upgraded",
    "fix repair mend",
    "late overdue",
    "guest visitor",
    "job work",
    "parcel package",
    "child kid",
    "money fund cash",
    "withdraw withdrawal",
    "deposit",
    "earn accrue",
    "trial test",
    "credit",
    "sign enrol enroll register registration subscribe join",
    "subscription membership plan",
    "foreign abroad overseas international",
    "doctor gp physician",
    "bill invoice",
    "close closure shut",
    "eligible qualify eligibility qualification",
    "deduct deduction subtract",
    "reward perk benefit",
    "user member",
    "transfer move",
    "single each per individual",
    "leave exit quit",
    "pick collect collection fetch",
    "holiday vacation leave",
    "weekday",
    "journey trip travel",
    "luggage baggage bag suitcase",
    "flat apartment",
    "landlord owner",
    "rent rental hire",
    "fine penalty",
    "increase raise rise",
    "average typical typically usual usually normally generally",
    "expire expiry lapse",
    "pass card ticket",
    "document paperwork paper",
    "answer reply respond response",
    "suspend pause freeze",
    "claim",
    "lodge submit file",
    "guarantee promise assure ensure",
    "sum amount total",
    "place spot location",
    "transaction purchase",
    "insurance insured insure policy",
    "student pupil learner",
    "pet animal",
    "reset restart",
    "original initial",
    "password passcode pin",
    "prepaid",
    "colour color",
    "personal individual",
    "firm company business",
    "expense spend spending",
    "gas fuel petrol",
    "mate friend",
    "bundle pack",
    "size sizing",
    "recover recovery restore",
    "protect protection cover",
    "verify verification confirm confirmation validate check",
    "night overnight",
    "dispute contest challenge",
    "discount reduction saving",
    "reserve book booking reservation",
)
"""Rows of words that count as one; a word keeps its first row."""

_OPPOSITES = """exclude:include exclusion:include excluding:include free:fee waive:fee waiver:fee
    complimentary:fee gratis:fee decline:approve reject:approve refuse:approve deny:approve
    denial:approve refusal:approve prohibit:allow forbid:allow forbidden:allow ban:allow block:allow
    disallow:allow barred:allow unable:allow impossible:allow optional:require unnecessary:require
    needless:require voluntary:require
    ineligible:eligible unavailable:available unlimited:maximum uncapped:maximum limitless:maximum
    nonrefundable:refund decrease:increase reduce:increase drop:increase lower:increase
    disable:enable deactivate:activate unlock:lock
    lose:keep forfeit:keep invalid:valid void:valid uncovered:include omit:include miss:include
    close:open unchanged:change fail:succeed incorrect:correct wrong:correct temporary:permanent
    private:public unsecured:secured unverified:verify incomplete:finish
    outgoing:incoming debit:credit unused:used unworn:worn unopened:opened unsigned:signed
    unpaid:paid uninsured:insured unlicensed:licensed unregistered:registered"""
OPPOSITES: Mapping[str, str] = dict(pair.split(":") for pair in _OPPOSITES.split())
"""Word -> the word whose negation it is."""
