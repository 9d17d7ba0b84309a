"""Words that customers write all the time and pages hardly ever: who wants, has, asks.

Hand-written, beside the function words in `validators.grounding.foreign`. One of these alone
tells a language, so words that exist in English, or in several of these languages, have no
place here; neither have names of things, which travel.
"""

from collections.abc import Mapping
from types import MappingProxyType

_GERMAN = """ich habe möchte brauche hätte würde werde wurde gerne warum wieso weshalb bitte danke
    hallo meine meinen meiner meinem mein nicht nichts niemand jemand jemanden mich mir wir
    unsere haben können könnten sollte müsste wollte weiß bekomme bekommen erhalten bestellt
    bestellung lieferung rechnung konto geld zurück kündigen löschen hilfe leider immer noch
    schon wieder endlich sofort verstehe geht kommt gibt dafür damit darauf dazu moechte koennen
    fuer zurueck mahnung abbuchung mitarbeiter"""
_SPANISH = """quiero quisiera necesito puedo podría tengo tiene tienen hablar estoy estamos soy
    gracias hola buenos buenas días tardes dónde cómo cuándo cuánto cuál qué porqué usted ustedes
    mis nuestro conmigo pedido envío factura cuenta dinero devolver devolución reembolso cobrado
    cobraron comprar comprado compré recibido llegado llega ayuda ayudar tarjeta alguien nadie
    nada nunca todavía ahora mismo también porque pero hacer hecho ido voy vamos persona humano
    mi han hemos quieren haber sido estaba sigue seguir"""
_FRENCH = """je j'ai voudrais veux peux puis suis avez pouvez voulez aimerais bonjour bonsoir merci
    svp aidez aider où quand comment combien pourquoi quelqu quelqu'un personne rien jamais
    toujours encore commande colis livraison facture compte argent rembourser remboursement
    retour reçu payé payer acheté moi mes nous vous votre vos notre leur c'est est-ce êtes
    faire fait dois doit parler conseiller carte vais mieux tout ne"""
_SWEDISH = """jag vill skulle behöver kan inte har hade varför hur när var vad hej tack gärna
    snälla mitt mina ert era ni er någon något ingen aldrig alltid fortfarande redan också bara
    beställning beställt leverans faktura konto pengar tillbaka betala betalat avsluta hjälp
    hjälpa prata ringa fått får kommer finns låt mig vi hör människa medarbetare kundtjänst"""
_POLISH = """chcę chciałbym chciałabym chce potrzebuję mogę mam nie mi mnie moje moja mój moją
    jestem jest proszę dziękuję dzień dobry gdzie kiedy jak dlaczego ile co czy ktoś nikt nic
    nigdy zawsze jeszcze już zamówienie zamówienia przesyłka paczka dostawa faktura konto konta
    pieniądze zwrot zwrócić zapłacić zapłaciłem zapłaciłam otrzymałem otrzymałam kupiłem kupiłam
    pomoc pomóc rozmawiać porozmawiać was wam się żeby bez tej tego zrobiłem podałem zostałem
    zostałam konsultant konsultantem"""
_ITALIAN = """vorrei voglio posso potete grazie buongiorno ciao dove quando perché mio mia ordine
    ricevuto soldi rimborso spedizione conto carta qualcuno nessuno sono abbiamo aiuto parlare
    ancora pagato pagare comprato arrivato"""
_DUTCH = """ik wil heb hebben graag kunt kunnen mijn niet waar waarom wanneer hoe bedankt hallo
    bestelling levering factuur rekening geld terug betalen betaald iemand niemand nog altijd
    helpen hulp spreken medewerker"""
_PORTUGUESE = """quero gostaria preciso posso tenho obrigado obrigada olá bom dia onde porquê quando
    meu minha encomenda fatura conta dinheiro reembolso comprei recebi alguém ninguém ainda
    falar ajuda você vocês não"""
_DANISH = """jeg vil gerne kan ikke har hvorfor hvordan hvornår hvor hej tak min mit mine ordre
    levering regning konto penge tilbage betale betalt nogen ingen hjælp tale snakke medarbejder
    bestilling pakken pakke"""

_LISTS = {
    "de": _GERMAN,
    "es": _SPANISH,
    "fr": _FRENCH,
    "sv": _SWEDISH,
    "pl": _POLISH,
    "it": _ITALIAN,
    "nl": _DUTCH,
    "pt": _PORTUGUESE,
    "da": _DANISH,
}

SAID: Mapping[str, frozenset[str]] = MappingProxyType(
    {code: frozenset(text.split()) for code, text in _LISTS.items()}
)
"""Frequent words of customers by ISO 639 code, in lower case."""
