"""Wordings that may stand for each other when two questions are compared.

The table only ever excuses a difference: two words of one row ask for the same thing. What
is in no row differs from everything else, so a missing entry costs a hit and never gives a
wrong answer. Each row therefore holds only words that customer support uses alike; words
that are close but not alike (debit and credit, order and invoice) are in different rows or
in none.
"""

THINGS = """
    parcel package
    bill invoice
    phone telephone handset
    phone_number
    fee
    cost price
    limit
    maximum max most
    minimum min
    shop store
    cash_machine atm cashpoint
    cheque
    abroad overseas foreign_country
    purpose aim goal objective
    method way approach technique
    tool platform
    function_name
    information info details data_about
    document paper paperwork
    picture image photo photograph
    faulty defective
    wrong incorrect
    fast quick swift rapid speedy
    simple easy straightforward
    error fault
    problem issue trouble
    possible able
    available
    free complimentary
    mobile cell
    sim sim_card
    broadband
    internet
    website site webpage
    person human someone_real
    customer_support customer_service support_team helpline
    child kid children
    point reward_point loyalty_point bonus_point
    money fund funds
    gift_card giftcard
    penalty
    discount
    promo_code discount_code voucher_code coupon_code promotion_code
    credit_score credit_rating
    poor bad
    packaging package_material
    policy rule
    date day_date
    pin pin_code pin_number
    password
    passcode
    two_factor two_factor_authentication 2fa
    nuisance unwanted spam
    notice_period notice
    contract
    plan tariff
    subscription
    size
    apr
    student
    large big
    significant important essential major
    number_of quantity amount
    section division
    different various diverse
    multiple several
    dimension
    app mobile_app
    online on_internet
    partner
    someone_else another_person somebody_else other_person
    terms_of_use
    additional extra further
    whole entire complete
    currently
    file
    script
    order_of sequence
    usd dollar buck
    gbp pound quid
    eur euro
    usual normal
    automatically automatic
    new_one
    instalment installment
    business company
    expiry_month
"""

DROPPED = """
    a an the
    please pls plz kindly just actually basically really simply
    hi hello hey hiya dear morning afternoon good_morning good_afternoon
    good_evening thanks thx thank cheers ta sorry team guys folks
    quick_question question one_more_thing
    is are am be being been
    do does
    it its them this that these those
    so and also too then_please well ok okay yes yeah
    i we
    by_any_chance maybe perhaps possibly
    currently at_the_moment
    thing
    such
    which who_that
    one_of_the
    very
    both_of
    to
    got_to
    help_please
    as_well
    which_is
"""
"""Words that ask for nothing: politeness, articles, forms of be and do."""

NEUTRAL = """per:of of:of on:of at:of when:of in:in for:for to:for onto:for
    with:with via:with through:with by:with about:about regarding:about"""
"""Prepositions that can stand for each other where they share the second word; see `APART`."""

APART = "with:of with:for with: about:for about:with"
"""Pairs that never stand for each other; nothing after the colon is no preposition. "Pay with
the card", "pay for the card" and "pay the card" are three questions."""

ROLES = """from:from
    out:out away:out outside:outside inside:inside
    before:before prior:before beforehand:before earlier_than:before
    after:after once:after following:after afterwards:after since:since
    until:until till:until off:off
    without:without minus:without
    over:over above:over more_than:over
    under:under below:under less_than:under
    within:within during:during while:while whilst:while
    between:between against:against except:except excluding:except besides:besides
    as:as than:than like:like
    into:into towards:into
    if:if unless:unless because:because although:although despite:despite
    instead:instead through_to:through behind:behind near:near around:near
    up:up down:down back:back
    or:or but:but"""
"""Words that say how what follows them belongs to the rest. Different roles, different
questions."""

QUALIFIERS = """any all every each only both some most none even always sometimes often usually
    never first last next previous then still yet already again no_longer
    least at_least at_most up_to exactly another other else same half part partly
    full partial
    more less fewer many much few new old"""
"""Words that change what the next word covers; they belong to that word."""

ADVERBS = """early late now later today tomorrow yesterday tonight twice together again
    immediately instantly asap urgently"""
"""Words that say when or how the whole question is meant, wherever they stand."""

GIVING = "send provide charge refund help see deliver offer explain repay"
"""Actions after which "me" goes without saying: "send me a card"."""

OWNERS = """my:my our:my mine:my your:your yours:your ur:your his:his her:her
    their:their theirs:their whose:whose"""

NUMBERS = """zero:0 one:1 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10
    eleven:11 twelve:12 dozen:12 thirteen:13 fourteen:14 fifteen:15 sixteen:16 seventeen:17
    eighteen:18 nineteen:19 twenty:20 thirty:30 forty:40 fifty:50 sixty:60 seventy:70
    eighty:80 ninety:90 hundred:100 thousand:1000 twice:2x once_a:1x
    1st:first 2nd:second 3rd:third"""

PARTICIPLES = """sent paid lost bought sold kept held taken given made done stolen chosen broken
    spent lent borne built brought told got put cut set shut split spoilt known shown"""
"""Forms of verbs that do not end in -ed or -en, or that a stem would hide."""

EXCUSED: tuple[tuple[str, str, str], ...] = (
    ("move", "change", "date due_date slot appointment time day"),
    ("send", "transfer", "money"),
    ("use", "redeem", "gift_card point promo_code"),
)
"""In a question that holds one of the last words, the first is asked as the second."""

IMPLIED: tuple[tuple[str, str], ...] = (
    ("forget", "reset"),
    ("new", "change"),
    ("new", "add"),
)
"""The first says nothing that the second does not say."""

SEPARABLE = """turn switch pay set take pick log send put sign close give call carry
    turned switched paid picked sent turning switching paying"""
PARTICLES = "on off up out back down in over"
"""A verb and the particle behind its object: "turn roaming off" is "turn off roaming"."""

LIGHT = """
    how: do
    polar: available possible allow offer option charge_for
    cost: cost charge
    dur: take arrive wait get time
    span: last be
    when: happen
    state: help
    which: require
"""
"""Kind -> concepts that add nothing to a question of this kind."""
