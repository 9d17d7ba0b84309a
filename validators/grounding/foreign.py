"""Function words and letters by which a language is told from English.

Hand-written. Words that are common in English too ("die", "no", "on", "to") may stand here:
they count for both sides. Names of things do not belong here: they travel between languages.
"""

from collections.abc import Mapping
from types import MappingProxyType

_GERMAN = """der die das den dem des ein eine einen einem einer eines und oder aber nicht kein
    keine keinen ist sind war waren wird werden wurde wurden bin bist hat haben hatte kann
    kannst können könnt konnte muss müssen soll sollen sollte darf dürfen möchte möchten will
    wollen ich du er sie es wir ihr mich mir dich dir ihm ihn uns euch ihnen mein meine dein
    deine deinen deiner deinem sein seine ihre ihren ihrer ihrem ihres unser unsere unseren
    unserer unserem mit ohne für von vom zu zum zur bei beim nach vor über unter auf aus in im
    an am ab bis seit gegen durch um innerhalb außerhalb während wegen pro je wenn weil dass
    ob als wie so dann denn da damit sobald falls bevor nachdem auch nur noch schon mehr sehr
    immer nie bereits leider gerne gern bitte danke ja nein doch hier dort dies diese dieser
    dieses diesem diesen jede jeder jedes jeden alle alles allen was wer wo wann warum welche
    welcher welches etwas nichts sowie sonst außerdem jedoch natürlich hallo guten tag tage
    tagen woche wochen monat monate monaten jahr jahre jahren stunden uhr kostenlos kosten
    euro werktage werktagen
    zwei drei vier fünf sechs zehn"""
_SPANISH = """el la los las un una unos unas de del al y o u pero no sí si es son era fue ser
    está están estar estamos he ha han has hemos hay puede puedes pueden podemos puedo debe
    debes deben tiene tienes tienen tenemos tener hacer hace haz yo tú usted ustedes él ella
    nosotros ellos ellas me te se le les lo nos mi mis tu tus su sus nuestro nuestra nuestros
    nuestras que qué cual cuál quien como cómo cuando cuándo donde dónde porque para por con
    sin sobre entre desde hasta en a ante tras según durante dentro antes después este esta
    estos estas ese esa eso esto aquel todo toda todos todas cada otro otra otros otras muy
    más menos también tampoco ya aún solo sólo siempre nunca bien gracias hola claro lamento
    lamentamos favor días día semana semanas mes meses año años horas hora gratis euros plazo
    dos tres cuatro cinco seis diez"""
_FRENCH = """le la les un une des du de d l et ou mais ne pas plus est sont était sera serez
    seront être avez avons ai as a ont peut peux pouvez pouvons peuvent doit devez doivent
    faut fait faire je tu il elle nous vous ils elles on me te se lui leur leurs mon ma mes
    ton ta tes son sa ses notre nos votre vos y en que qui quoi dont où quand comment pourquoi
    parce car si comme lorsque puis donc ce cet cette ces cela ça ceci c j n s qu m t à au aux
    dans pour par sur sous avec sans chez entre vers depuis avant après pendant jusqu jusque
    lors dès tout tous toute toutes aucun aucune autre autres chaque même très bien aussi
    encore déjà toujours jamais seulement ici là oui non merci bonjour désolé désolée jours
    jour semaine semaines mois an ans heures heure gratuit gratuite gratuits euros délai
    deux trois quatre cinq dix"""
_SWEDISH = """och att det den de en ett i på av för med till från om men eller inte är var
    vara blir bli blev har hade kan kunde ska skulle måste får fick vill jag du han hon vi ni
    dem mig dig oss er sig min mitt mina din ditt dina vår vårt våra deras sin sitt sina som
    när där här hur vad vem varför vilken vilket vilka då så efter före innan under över
    mellan utan inom hos vid mot genom sedan tills alla allt varje någon något några ingen
    inget inga annan annat andra mycket mer mest också bara redan alltid aldrig ännu gärna
    tyvärr ja nej tack hej detta denna dessa samma eftersom dock dag dagar dagars vecka veckor
    månad månader år timmar kronor kr gratis kostnadsfritt
    två tre fyra fem sex tio"""
_POLISH = """i w we z ze na do od dla po o u przy przez pod nad przed bez za między oraz lub
    albo ale a czy że żeby aby jeśli jeżeli gdy kiedy ponieważ więc jak nie tak jest są był
    była było były będzie będą być może można mogą możesz możemy mogę musi musisz muszą należy
    trzeba masz ma mamy mają mam ja ty on ona ono my wy oni one mnie mi cię ci go mu jej ją
    ich im nas nam was wam się siebie mój moja moje twój twoja twoje jego nasz nasza nasze
    naszej naszym naszego wasz swój swoje to ten ta te tego tej tym tych tymi tę tą co kto
    gdzie który która które którego której których tylko już jeszcze także też bardzo zawsze
    nigdy również niestety proszę dziękuję dziękujemy dzień dobry witaj cześć pan pani państwo
    państwa wszystkie wszystko każdy każda każde żaden inny inna inne dni dniach dnia tydzień
    tygodnia tygodni miesiąc miesięcy miesiące rok lat roku godzin godziny zł złotych
    bezpłatnie bezpłatny
    dwa dwie trzy cztery pięć sześć dziesięć"""
_ITALIAN = """il lo la i gli le un uno una di del dello della dei degli delle a al allo alla
    ai agli alle da dal dalla in nel nella nei nelle con su sul sulla per tra fra e ed o ma
    non è sono era sei siamo essere ha hai hanno abbiamo avere può puoi possono possiamo deve
    devi devono io tu lui lei noi voi loro mi ti ci vi si ne suo sua suoi sue tuo tua tuoi
    nostro nostra vostro che chi cui come quando dove perché se quindi anche ancora già sempre
    mai solo molto più meno questo questa questi queste quello quella ogni tutti tutto altro
    prima dopo entro senza fino sì grazie ciao buongiorno prego purtroppo giorni giorno mesi
    mese anni ore euro gratuito
    due tre quattro cinque dieci"""
_DUTCH = """de het een en of maar niet geen is zijn was waren wordt worden heeft hebben had
    kan kunt kunnen moet moeten mag mogen zal zullen wil willen ik jij je u hij zij ze wij we
    jullie hen mij me jou ons onze uw mijn jouw haar dat die dit deze er hier daar wat wie
    waar wanneer waarom hoe welke als omdat dan dus ook met zonder voor van naar bij tot om op
    in aan uit over onder tussen binnen na sinds tijdens te alle alles elke ieder iedere
    andere meer veel zeer heel altijd nooit nog al alleen graag helaas ja nee dank bedankt
    hallo goedendag dagen dag weken week maanden maand jaar uur gratis euro
    twee drie vier vijf zes tien"""
_PORTUGUESE = """o a os as um uma uns umas de do da dos das no na nos nas em e ou mas não é
    são foi ser está estão tem têm temos ter pode podem podemos deve devem fazer eu tu ele ela
    nós eles elas você vocês me te se lhe lhes meu minha seu sua seus suas nosso nossa que
    quem qual como quando onde porque para por pelo pela com sem sobre entre desde até ao aos
    à este esta isso isto esse essa todo toda todos todas cada outro outra muito mais menos
    também já ainda só sempre nunca sim obrigado obrigada olá dias dia meses mês anos ano
    horas grátis euros
    dois duas três quatro cinco dez"""
_DANISH = """og at det den de en et i på af for med til fra om men eller ikke er var være
    bliver blev har havde kan kunne skal skulle må vil ville får jeg du han hun vi dem mig dig
    os sig min mit mine din dit dine vores jeres deres deg meg oss som når hvor hvordan hvad
    hva hvem hvorfor hvilken så da hvis fordi efter etter før under over mellem mellom uden
    uten inden innen hos ved mod gennem siden alle alt hver nogen noen noget noe ingen anden
    andre meget mer mere også kun bare allerede altid alltid aldrig aldri gerne desværre
    dessverre ja nej nei tak takk hej hei goddag dette denne disse dage dager dag uge uger uke
    uker måned måneder år timer kr gratis
    to tre fire fem seks ti"""
_FINNISH = """ja on ei eivät ole olet olla olemme ovat oli voi voit voivat voimme voidaan
    pitää täytyy tulee minä sinä hän me te he se ne tämä tämän tuo sinun sinulle meidän meille
    teidän teille sen niiden että jos kun koska mutta tai sekä myös vain jo vielä aina kuin
    mikä mitä missä miten kuka kanssa ilman ennen jälkeen kuluessa aikana mukaan noin kaikki
    jokainen hyvin kiitos hei kyllä valitettavasti päivää päivän päivässä viikkoa kuukautta
    vuotta tuntia euroa maksuton ilmainen
    kaksi kolme neljä viisi"""
_CZECH = """a i v ve s se z ze na do od pro po o u při přes pod nad před bez za mezi nebo ale
    že aby pokud když protože jak ne ano je jsou byl byla bylo bude budou být může můžete
    můžeme lze musí musíte máte má máme já ty on ona my vy oni mi vám nám vás nás jeho její
    jejich náš naše vaše váš svůj to ten ta tento tato toto který která které co kdo kde kdy
    jen už ještě také velmi vždy nikdy bohužel prosím děkujeme děkuji dobrý den dnů dní dny
    den týdnů měsíců let hodin zdarma korun kč"""
_TURKISH = """ve veya ile için bir bu şu o da de ki mi mı mu mü değil var yok ama fakat çünkü
    eğer ise ben sen biz siz onlar size bize sizin bizim onun gibi kadar sonra önce içinde
    göre daha çok en her tüm hiç nasıl ne neden nerede olarak olan olur olabilir edebilir
    edebilirsiniz yapabilirsiniz lütfen evet hayır merhaba teşekkür teşekkürler gün günü hafta
    ay yıl saat ücretsiz"""  # noqa: RUF001 - Turkish letters
_HUNGARIAN = """a az egy és vagy de nem van vannak volt lesz lehet kell tud tudja tudjuk én te
    ő mi ti ők hogy ha mert mint ami aki amely ez ezt azt ezek csak már még is minden nagyon
    mindig soha után előtt belül alatt kívül igen köszönjük sajnos kérjük nap napon napja hét
    hónap év óra ingyenes"""
_ROMANIAN = """și sau dar nu este sunt era fi poate puteți pot putem trebuie aveți are avem eu
    tu el ea noi voi ei vă ne își care ce cine când unde cum dacă pentru cu fără din în la de
    pe prin până după înainte acest această aceste tot toți fiecare mai foarte doar deja încă
    mereu da mulțumim zile zi săptămâni luni ani ore gratuit lei"""

WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "German": frozenset(_GERMAN.split()),
        "Spanish": frozenset(_SPANISH.split()),
        "French": frozenset(_FRENCH.split()),
        "Swedish": frozenset(_SWEDISH.split()),
        "Polish": frozenset(_POLISH.split()),
        "Italian": frozenset(_ITALIAN.split()),
        "Dutch": frozenset(_DUTCH.split()),
        "Portuguese": frozenset(_PORTUGUESE.split()),
        "Danish or Norwegian": frozenset(_DANISH.split()),
        "Finnish": frozenset(_FINNISH.split()),
        "Czech": frozenset(_CZECH.split()),
        "Turkish": frozenset(_TURKISH.split()),
        "Hungarian": frozenset(_HUNGARIAN.split()),
        "Romanian": frozenset(_ROMANIAN.split()),
    }
)
"""Function words of each language, in lower case."""

_BORROWED = """café cafés résumé résumés naïve fiancé fiancée cliché clichés déjà façade
    façades décor à entrée entrées purée sauté née voilà crème brûlée piñata piñatas jalapeño
    jalapeños über señor señora smörgåsbord château soirée protégé attaché blasé touché
    communiqué exposé passé risqué pâté rosé soufflé"""
BORROWED = frozenset(_BORROWED.split())
"""English words with foreign letters."""

_ALSO_ENGLISH = """are car care come comment dine dies die falls for go had has hat hay her he
    hen i in is let mine mere mint met men my nap no of on one over pan per plus pot pour pro
    size so solo son sin sue tag ten till tills timer to ton under van volt war was we week
    will dove dock era a am an as at do den dig euro euros ale due fire sex dos"""
ALSO_ENGLISH = frozenset(_ALSO_ENGLISH.split())
"""Words above that are everyday English as well."""
