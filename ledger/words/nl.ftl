# Nederlands. Elke catalogus heeft dezelfde boodschappen met dezelfde waarden;
# tests/cli/test_languages.py zoekt wat ontbreekt. Wat een regeling over zichzelf zegt, staat in haar
# eigen bestand, onder `words`.

## Delen van zinnen

also = { $one }; { $other }
and = en
or = of
item = { $name }: { $said }
quoted = ‘{ $what }’
day-of-year = { $day } { $month }
moment = { $day } om { $time }
span = van { $since } tot en met { $until }
span-open = vanaf { $since }
value-yes = ja
value-no = nee
value-none = geen
measure-h = u
measure-hour = uur
measure-voucher = cheque
measure-vouchers = cheques
rate = { $give } is { $get }
amount-of = { $amount } van { $lot }
every-scheme = alle regelingen
place-at-4 = Opper-Oostenrijk
place-be-bru = Brussel
place-be-vlg = Vlaanderen
place-be-wal = Wallonië
place-gb-eng = Engeland
place-gb-sct = Schotland

january = januari
february = februari
march = maart
april = april
may = mei
june = juni
july = juli
august = augustus
september = september
october = oktober
november = november
december = december

measured-minute = uren
measured-cent = euro
measured-voucher = cheques
rounded-nearest = afgerond { $unit ->
    [minute] op de dichtstbijzijnde minuut
    [hour] op het dichtstbijzijnde uur
    [cent] op de dichtstbijzijnde cent
    [euro] op de dichtstbijzijnde euro
   *[voucher] op de dichtstbijzijnde cheque
}
rounded-up = naar boven afgerond { $unit ->
    [minute] op een hele minuut
    [hour] op een heel uur
    [cent] op een hele cent
    [euro] op een hele euro
   *[voucher] op een hele cheque
}
rounded-down = naar beneden afgerond { $unit ->
    [minute] op een hele minuut
    [hour] op een heel uur
    [cent] op een hele cent
    [euro] op een hele euro
   *[voucher] op een hele cheque
}
rounded-nearest-to = afgerond op de dichtstbijzijnde { $amount }
rounded-up-to = naar boven afgerond op een veelvoud van { $amount }
rounded-down-to = naar beneden afgerond op een veelvoud van { $amount }

## Teksten die het domein bewaart, onder hun Engelse vorm

text-amount = uitkomst
text-room-under-the-cap = ruimte onder het plafond
text-the-term-is-over = de termijn is voorbij
text-the-person-has-died = de persoon is overleden
text-the-request-was-given-up = de aanvraag is ingetrokken
text-it-came-free-and-was-never-due = het kwam vrij en was nooit verschuldigd
text-the-funder-no-longer-gives-it = de financier geeft het niet meer
text-the-funder-s-deadline-is-over-what-is-left-goes-back-to-the-funder = de einddatum van de financier is voorbij; wat overblijft, gaat terug naar de financier
text-the-top-up-is-in-minutes = de aanvulling is in minuten
text-the-top-up-is-in-cents = de aanvulling is in eurocent
text-the-top-up-is-in-vouchers = de aanvulling is in cheques
text-the-top-up-is-in-sgd-cents = de aanvulling is in cent van de Singaporese dollar
text-the-top-up-is-in-gbp-pennies = de aanvulling is in penny's
text-what-had-closed-it-was-corrected = wat het had afgesloten, is rechtgezet
text-taken-in-an-account-that-was-merged-and-not-covered-by-what-is-due-to-both = opgenomen in een rekening die is samengevoegd, en niet gedekt door waar beide recht op geven
text-it-was-frozen-in-an-account-that-was-merged-into-this-one = het was bevroren in een rekening die met deze is samengevoegd
text-the-account-that-it-was-taken-in-is-no-longer-merged-into-this-one = de rekening waarin het is opgenomen, is niet langer met deze samengevoegd
text-it-was-frozen-while-this-account-was-merged = het is bevroren terwijl deze rekening was samengevoegd
text-it-was-unfrozen-while-this-account-was-merged = het is vrijgegeven terwijl deze rekening was samengevoegd
text-told-before-the-account-was-merged = gemeld voordat de rekening werd samengevoegd
text-it-was-given-back-while-this-account-was-merged = het is teruggegeven terwijl deze rekening was samengevoegd
text-it-is-carried-over-to-the-account-that-this-one-is-merged-into = het is overgebracht naar de rekening waarmee deze is samengevoegd
text-the-account-that-it-was-given-in-is-no-longer-merged-into-this-one = de rekening waarin het is gegeven, is niet langer met deze samengevoegd
text-used-within-the-term-known-afterwards = binnen de termijn gebruikt, pas daarna bekend
text-the-rest-was-not-used = de rest is niet gebruikt
text-it-was-not-captured-in-time = niet op tijd bevestigd
text-the-course-starts-is-told = het begin van de opleiding is opgegeven
text-the-course-minutes-is-told = de contacturen van de opleiding zijn opgegeven
text-the-course-hours-is-told = de uren van de opleiding zijn opgegeven
text-the-course-credits-is-told = de studiepunten van de opleiding zijn opgegeven
text-the-course-price-is-told = de prijs van de opleiding is opgegeven
text-the-course-kind-is-told = de soort opleiding is opgegeven
text-the-account-is-of-a-person = de rekening is van een persoon
text-the-account-is-of-an-enterprise = de rekening is van een onderneming
text-dimona-says-nothing-about-working-time-until-dmfa-settles-the-quarter-that-of-the-last-one-settled-for-the-job-or-else-full-time-38-hours-a-week = Dimona zegt niets over de arbeidstijd: tot de DmfA het kwartaal vastlegt, geldt die van het laatst vastgelegde kwartaal van de baan, of anders voltijds, 38 uur per week

## Feiten

employee = werknemer bij { $employer }, { $sector }, in { $place }, { $share } van een voltijdse baan, { $weekly } per week
civil-servant = ambtenaar bij { $employer }, { $share } van een voltijdse baan
jobseeker = werkzoekende { $benefit }
self-employed = zelfstandige { $activity }
self-employed-running = { $told }, zaakvoerder van de onderneming { $enterprise }
student = student
inactive = niet actief
retired = gepensioneerd
enterprise = { $size }, actief in { $place }
evidence-declared = aangegeven
evidence-settled = vastgesteld
settles = al het werk daar { $span }
time-assumed = aangenomen
born = geboren op { $day }
died = overleden op { $day }
sex-female = vrouw
sex-male = man
sex-x = geslacht x
qualified = hoogste kwalificatie: niveau { $level } sinds { $day }
lives = woont in { $place } { $span }
top-up = { $funder } voegt { $amount } toe aan { $scheme } als { $bucket }, bruikbaar { $span }
top-up-course = alleen voor de opleiding { $course }
top-up-kinds = alleen voor opleidingen van de soort { $kinds }

## Gebeurtenissen

fact-annulled = het feit { $fact } heeft nooit bestaan
refused = aanvraag { $asked } geweigerd: { $detail }
restricted = { $scheme }: behouden, zonder nieuw gebruik, want: { $reason }
unrestricted = { $scheme }: opnieuw bruikbaar, want: { $reason }
published = { $scheme } beslist voortaan volgens de tekst { $digest }
record-dropped = het bericht { $record } is opgegeven: { $because }
gap-accepted = de berichten vanaf { $since } ontbreken en zijn opgegeven; er wordt verder gelezen vanaf { $until }: { $because }
log-key = de gepubliceerde boom wordt getekend met de sleutel { $key }, vanaf een boom van { $since } bladeren
log-key-instead = de gepubliceerde boom wordt getekend met de sleutel { $key }, vanaf een boom van { $since } bladeren, in plaats van { $old }
master-key = de identiteitskluis sluit de sleutels van mensen met de hoofdsleutel { $key }
settings-changed = { $command } begon als versie { $version } met { $told }
settings-as-before = dezelfde instellingen
states-repaired = rijen die niet waren wat het logboek zegt, zijn opnieuw geschreven: { $rows }
projection-rebuilt = het leesmodel { $projection } is opnieuw gemaakt, tot positie { $position }
records-replayed = opzijgezette berichten zijn opnieuw geprobeerd en afgehandeld: { $records }
decided-anew = alles tot en met { $until } is opnieuw beslist, voor iedereen
act-because = { $act }: { $because }
account-erased = de rekening is gewist: { $because }
mandate-given = mandaat { $mandate }: { $helper } mag { $actions } voor { $schemes }, { $span }
mandate-ended = mandaat { $mandate } beëindigd: { $reason }
may-read = inkijken
may-authorize = een opleidingsverstrekker machtigen
may-reserve = reserveren
may-use = gebruiken
may-transfer = overdragen
account-merged = de rekening is samengevoegd met { $account }, die haar vervangt: { $because }
account-unmerged = de rekening is niet langer samengevoegd met { $account }: { $because }
account-joined = de rekening { $account } is met deze samengevoegd: { $because }
account-parted = de rekening { $account } is niet langer met deze samengevoegd: { $because }
frozen = { $scheme } bevroren: { $reason }
unfrozen = { $scheme } niet langer bevroren: { $reason }
granted = { $amount } toegekend, bruikbaar { $span }
withdrawn = { $amount } ingetrokken: er is recht op minder dan wat was toegekend
term-corrected = { $lot } is bruikbaar { $span }, en { $funder } betaalt
shortfall = { $amount } gebruikt of gereserveerd boven wat toekomt
shortfall-settled = { $amount } minder boven wat toekomt
reserved = { $amount } gereserveerd voor { $course }
released = { $amount } teruggegeven: { $reason }
used = { $amount } gebruikt voor { $course }
reversed = gebruik van { $amount } ongedaan gemaakt: { $reason }
course-ended = opleiding van { $course } { $how }: { $because }
completed = afgelopen
given-up = stopgezet
gives-back = { $amount } komt terug
refunds = { $amount } wordt terugbetaald aan de cursist
recovers = { $amount } gaat terug naar wie betaalt
transferred = { $amount } omgezet in { $made }
transferred-back = { $amount } opnieuw omgezet in { $made }
expired = { $amount } vervallen: { $reason }
restored = { $amount } opnieuw beschikbaar: { $reason }
course = { $course } bij { $provider } (begint op { $day })

## Een uitleg

title = { $name } ({ $scheme }) op { $day }, zoals { $known } bekend
known-now = nu
known-at = op { $moment }
standing = Op die dag zijn de rechten { $standing }: { $reason }.
standing-open = bruikbaar
standing-keep = behouden, zonder nieuw gebruik
standing-freeze = bevroren
standing-lapse = verloren
standing-convert = omgezet in rechten van een andere regeling
stop-frozen = Een overheid heeft het gebruik ervan stopgezet vanaf { $day }: { $reason }.
no-period = Er is niets: op die dag liep geen enkele periode van deze regeling.
ungiven = Een aanvulling geeft niets: { $because }.
next-opens = De volgende periode die recht kan geven, gaat in op { $day }.
left-open = Wat de bronnen openlaten, en wat is aangenomen:
sources = Bronnen:
figure-available = { $amount } beschikbaar
figure-reserved = { $amount } gereserveerd
figure-used = { $amount } gebruikt
figure-expired = { $amount } vervallen
figure-shortfall = { $amount } gebruikt of gereserveerd boven wat toekomt
term = De termijn loopt { $span }; { $funder } betaalt.
lapsed = Wat overbleef, is vervallen op { $day }: { $reason }.
happened = Wat er gebeurde:
counting = geldt vanaf { $day }
because-fact = want: { $fact }; gemeld door { $source }, bekend sinds { $day }
because-decided = want: { $what }; bekend sinds { $day }
because = want: { $reason }
assumed = aangenomen: { $text }
worked-out = berekend: { $steps }
not-met = niet voldaan: { $condition }
by-rule = volgens de regel { $rule } van tekst { $digest }, van kracht { $span } { $mark }
by-rule-always = volgens de regel { $rule } van tekst { $digest } { $mark }
by-rule-elsewhere = volgens de regel { $rule } van tekst { $digest }, die hier niet geladen is
due-later = er is recht op { $amount }, maar dat is nog niet toegekend: de klok is nog niet zover
due-nothing = er is geen recht, omdat hieraan niet is voldaan: { $condition }
due-capped = er is geen recht, omdat het saldo zo hoog is als de regel toelaat
assessed = { $lot }, voor de periode { $span }: { $why }.
other-text = De regel { $rule } besliste. Hij hoort bij een andere tekst van de regeling
other-text-find = dan de tekst die hier geladen is ({ $digest }), en wordt niet getoond; te vinden met: { $command }
text-of-then = Hij hoort bij de tekst die toen besliste, { $digest }; hier is een andere in gebruik ({ $loaded })
other-text-published = Die tekst is gepubliceerd op { $day } door { $by } (gebeurtenis { $position } van het register)
conversion-rule = De regel { $rule }: { $rate }, { $rounding } { $mark }
as-above = De regel { $rule }, zoals hierboven.
number = { $name }: { $amount } { $span } { $mark }

## Een regel

rule = De regel { $rule }, voor periodes die ingaan { $span } { $mark }
rule-top-up = De regel { $rule }, voor aanvullingen die ingaan { $span } { $mark }
rule-change = De regel { $rule }, telkens als { $number } stijgt { $span } { $mark }
gives = geeft { $amount }, { $rounding }, aan wie aan dit alles voldoet:
gives-everybody = geeft { $amount }, { $rounding }, aan iedereen
where-is = waarbij { $name } staat voor { $said }
where-means = waarbij { $name } betekent: { $said }
due = toegekend { $opening }, { $lasting }
until-balance = tot het saldo gelijk is aan { $amount }
opening-start = bij het begin van de periode
opening-first-eligible-day = op de eerste dag van de periode waarop aan alles is voldaan
opening-after = op { $day } na de periode
opening-asked = op aanvraag
opening-top-up = op de eerste dag die de financier noemt
opening-change = op de dag van de wijziging
lasting-period = voor de duur van de periode
lasting-months = voor { $count ->
    [1] 1 maand
   *[other] { $count } maanden
}
lasting-open = zonder einddatum
lasting-top-up = tot de einddatum van de financier
lasting-until = tot { $day }

## Een regeling op een dag

decree = { $name } ({ $scheme }) op { $day }, in { $unit }; { $funder } betaalt
version = tekst { $digest }, naar { $mark }
held-by-enterprise = De rechten zijn van de onderneming; wie haar leidt, deelt ze.
held-by-one = van de onderneming
nothing-granted = Geen periode die ingaat op { $day }, geeft een recht.
nothing-granted-why = Geen periode die ingaat op { $day }, geeft een recht: { $why }
use = Om het te gebruiken, moet aan dit alles voldaan zijn:
use-condition = { $name }: { $said }; zo niet: { $otherwise }
taking = Hoe het wordt opgenomen:
taking-opens = aan te vragen vanaf { $day }
taking-closes = aan te vragen uiterlijk { $day }
taking-register = de opleiding staat op haar eerste dag in het register
taking-continued = een opleiding die eruit geschrapt is, kan worden voortgezet vóór { $day }, door wie ze al eerder aanvroeg
taking-brings = een opleiding levert hoogstens dit op: { $amount }
taking-brings-first-day = een opleiding levert hoogstens dit op, met de cijfers van haar eerste dag: { $amount }
taking-pays = de cursist betaalt { $amount }
taking-held-months = een reservering die niet wordt bevestigd, vervalt na { $count ->
    [1] 1 maand
   *[other] { $count } maanden
}
taking-held-days = een reservering die niet wordt bevestigd, vervalt na { $count ->
    [1] 1 dag
   *[other] { $count } dagen
}
taking-order = het komt uit { $buckets }
then-from = dan uit
ordinary = de gewone rechten
taking-earmark = { $bucket } dient alleen hiervoor: { $said }
ending = Als een opleiding eindigt, geldt het eerste van deze gevallen:
ending-case = { $who }: { $said } ({ $because })
every-other-ending = in elk ander geval
if = als geldt: { $said }
nothing-back = er komt niets terug
shared = Wat alle aanvragen samen hebben:
shared-limit = { $name }: hoogstens { $counted } { $whose }, { $each }, voor aanvragen { $span } { $mark }; zo niet: { $otherwise }
shared-quantity = { $amount }
shared-requests = { $amount } aanvragen
shared-people = { $amount } mensen
shared-everybody = in totaal
shared-course = per opleiding
shared-provider = per aanbieder
shared-round = in elke ronde (ze beginnen op { $rounds })
shared-calendar-year = in elk kalenderjaar
shared-school-year = in elk schooljaar
shared-once = eenmalig
portability = Als de situatie verandert, geldt het eerste van deze gevallen:
case = { $who }: de rechten zijn { $standing } ({ $reason })
case-converted = { $who }: de rechten zijn { $standing }; wat overblijft, { $conversion } ({ $reason })
everybody-else = alle anderen
who = wie voldoet aan ‘{ $said }’
conversion = wordt een recht van { $scheme }: { $rate }, { $rounding } { $mark }
at-end = Wat overblijft als de termijn eindigt, { $conversion }
on-request = Op aanvraag, { $span }, geldt: wat overblijft, { $conversion }
numbers = Cijfers die gelden:

## Wat een opleiding oplevert, en een overzicht

column-scheme = regeling
held-by = onderneming { $enterprise }
column-gives = geeft
column-pays = u betaalt
column-until = aanvragen tot en met
column-from = waaruit, of waarom niet
column-usable = bruikbaar
column-available = beschikbaar
column-lapses = vervalt
column-why = waarom
column-now = nu
column-then = dan
quoted-on = { $course } bij { $provider }, aangevraagd op { $day }
state-usable = ja
state-kept = behouden, zonder nieuw gebruik
state-open = op aanvraag
state-closed = nee
prospect = { $amount }, bruikbaar: { $state }
nothing = niets
nothing-changes = er verandert niets
soon = { $day } (binnenkort)
known-today = op { $day }, volgens wat vandaag bekend is
known-then = op { $day }, volgens wat op { $moment } bekend was
others = { $count ->
    [1] nog 1 regeling heeft niets met de persoon te maken; --all toont ze
   *[other] nog { $count } regelingen hebben niets met de persoon te maken; --all toont ze
}

hindrance-standing = geen nieuw gebruik van { $scheme } op { $day }: { $reason }
hindrance-held-by-person = { $scheme } is voor personen; de rekening van een onderneming heeft er geen rechten van
hindrance-held-by-enterprise = { $scheme } is in handen van ondernemingen; van geen onderneming die de persoon op { $day } leidt, is iets bekend
hindrance-provider = { $provider } is niet erkend voor { $scheme } op { $starts }, wanneer de opleiding begint
hindrance-register = { $course } staat niet in het register van { $scheme } op { $starts }, wanneer ze begint
hindrance-before = { $scheme } heeft geen regels voor { $since }
hindrance-early-or-late = { $scheme } wordt voor een opleiding die begint op { $starts } aangevraagd van { $since } tot en met { $until }, niet op { $day }
hindrance-early = { $scheme } wordt voor een opleiding die begint op { $starts } aangevraagd vanaf { $since }, niet op { $day }
hindrance-late = { $scheme } wordt voor een opleiding die begint op { $starts } uiterlijk op { $until } aangevraagd, niet op { $day }
hindrance-frozen = het gebruik van { $scheme } is bevroren; de rechten blijven behouden
hindrance-restricted = geen gebruik van { $scheme } tot de persoon opnieuw in aanmerking komt
hindrance-worthless = de opleiding levert in deze regeling niets op, of heeft dat al gedaan
hindrance-ceiling = het saldo heeft zijn plafond bereikt
hindrance-zero = het komt uit op 0
hindrance-used-up = van { $scheme } is op { $day } niets over
hindrance-over = van { $scheme } is op { $day } niets over; sinds { $until } geeft deze regeling niets nieuws

## De woorden waarmee regels gemaakt zijn

spell-employment = werk als werknemer
spell-employment-has = is werknemer
spell-employment-has-not = is geen werknemer
spell-civil-service = werk als ambtenaar
spell-civil-service-has = is ambtenaar
spell-civil-service-has-not = is geen ambtenaar
spell-self-employment = werk als zelfstandige
spell-self-employment-has = is zelfstandige
spell-self-employment-has-not = is geen zelfstandige
spell-jobseeking = inschrijving als werkzoekende
spell-jobseeking-has = is werkzoekende
spell-jobseeking-has-not = is geen werkzoekende
spell-study = studie
spell-study-has = is student
spell-study-has-not = is geen student
spell-retirement = pensioen
spell-retirement-has = is gepensioneerd
spell-retirement-has-not = is niet gepensioneerd
spell-circumstance = een omstandigheid
spell-circumstance-has = heeft een omstandigheid
spell-circumstance-has-not = heeft geen omstandigheid
spell-enterprise = tijd als actieve onderneming
spell-enterprise-has = is een actieve onderneming
spell-enterprise-has-not = is geen actieve onderneming

like-place = in { $place }
like-sector-private = privésector
like-sector-public = openbare sector
like-activity-main = in hoofdberoep
like-activity-side = in bijberoep
like-size-small = kleine onderneming
like-size-medium = middelgrote onderneming
like-size-large = grote onderneming
like-contributes = draagt bij
like-contributes-not = draagt niet bij
like-benefit = met uitkering
like-benefit-not = zonder uitkering
like-name-arduous-work = zwaar werk
like-name-asylum-material-help = materiële hulp voor asielzoekers
like-name-cao-metalektro = cao Metalektro
like-name-career-break-training = loopbaanonderbreking voor opleiding
like-name-citizen = staatsburger
like-name-civil-service-category-c = ambtenaar van categorie C
like-name-co-funding = medefinanciering
like-name-continued-course = voortgezette opleiding
like-name-detention = detentie
like-name-development-plan = persoonlijk ontwikkelingsplan
like-name-disability-66 = arbeidshandicap van minstens 66 %
like-name-edusprong-place = plaats in Edusprong
like-name-employer-10-to-19 = werkgever met 10 tot 19 werknemers
like-name-employer-20-or-more = werkgever met 20 of meer werknemers
like-name-integration-contract = inburgeringscontract
like-name-living-wage = leefloon
like-name-low-income = laag inkomen
like-name-medium-enterprise = middelgrote onderneming
like-name-one-person-enterprise = eenmanszaak
like-name-parental-leave = ouderschapsverlof
like-name-pilot-participant = deelnemer aan een proefproject
like-name-priority-group = prioritaire groep
like-name-recognised-training-path = erkend opleidingstraject
like-name-resignation = zelf ontslag genomen
like-name-sector-training-minimum = sectoraal minimum aan opleiding
like-name-single = alleenstaand
like-name-small-enterprise = kleine onderneming
like-name-voorsprongfonds-place = plaats in het Voorsprongfonds
like-name-work-injury = arbeidsongeval of beroepsziekte

asked-exists-on = { $what } op { $when }
asked-exists-in = { $what } op enig moment in { $when }
asked-share-in = het hoogste deel van een voltijdse baan bij { $what } in { $when }
asked-share-over = het gemiddelde deel van een voltijdse baan bij { $what } over { $when }
asked-weekly-in = de wekelijkse arbeidstijd bij { $what } in { $when }
asked-months-in = het aantal maanden met { $what } in { $when }
asked-days-in = het aantal dagen met { $what } in { $when }
asked-days-before = het aantal dagen met { $what } vóór { $when }

call-level-below = heeft een kwalificatie onder niveau { $a } op { $b }
call-level-below-not = heeft geen kwalificatie onder niveau { $a } op { $b }
call-level-from = heeft een kwalificatie van niveau { $a } of hoger op { $b }
call-level-from-not = heeft geen kwalificatie van niveau { $a } of hoger op { $b }
call-age-from = is { $a } of ouder op { $b }
call-age-from-not = is, voor zover bekend, nog geen { $a } op { $b }
call-deceased = is overleden vóór { $a }
call-deceased-not = is niet overleden vóór { $a }
call-lives-in = woont in { $a } op { $b }
call-lives-in-not = woont niet in { $a } op { $b }
call-course-month = de maand waarin de eerste opleiding begint die in { $a } is aangevraagd
call-asked-in = het aantal eerdere aanvragen in { $a }
call-completed-in = het aantal eerdere aanvragen in { $a } die voltooid zijn
call-credits-in = de studiepunten van de opleidingen die eerder in { $a } zijn aangevraagd
call-taken-in = wat in { $a } is gereserveerd of gebruikt
call-paid-in = wat betaald is voor eerdere cursussen van hetzelfde traject die beginnen in { $a }
call-times-in = hoe vaak dezelfde cursus al is aangevraagd, in { $a }
call-working-days = het aantal werkdagen na { $a }, tot en met { $b }
call-months-after = { $b ->
    [1] 1 maand
   *[other] { $b } maanden
} na { $a }
call-days-after = { $b ->
    [1] 1 dag
   *[other] { $b } dagen
} na { $a }
call-last-months = { $a ->
    [1] de maand
   *[other] de { $a } maanden
} vóór { $b }
call-year-end = de laatste dag van het jaar van { $a }
call-school-year-end = de laatste dag van het schooljaar van { $a }
call-min = het laagste van { $all }
call-max = het hoogste van { $all }
call-month = { $a } van het jaar waarin de periode ingaat

name-day = de dag zelf
name-period = de periode
name-course-starts = het begin van de opleiding
name-course-minutes = de contacttijd van de opleiding
name-course-credits = het aantal studiepunten van de opleiding
name-course-price = de prijs van de opleiding
name-course-kind = de soort opleiding
name-course-hours = de uren van de opleiding
name-quantity = wat wordt opgenomen
name-withdrawn = de opleiding is stopgezet
name-attended = het deel dat gevolgd is
name-exam = het examen
name-asked-on = de dag van de aanvraag
name-struck-on = de dag waarop ze geschrapt is
name-taken = wat ervoor is opgenomen
name-paid = wat de cursist betaalde
name-topped-up = wat de financier toevoegt
name-balance = het saldo
name-growth = de stijging, als deel van wat het was

is = { $one } is { $other }
is-not = { $one } is niet { $other }
is-below = { $one } is minder dan { $other }
is-before = { $one } valt vroeger dan { $other }
is-at-most = { $one } is hoogstens { $other }
is-by = { $one } valt niet later dan { $other }
is-above = { $one } is meer dan { $other }
is-after = { $one } valt later dan { $other }
is-at-least = { $one } is minstens { $other }
is-from = { $one } valt niet vroeger dan { $other }
plus = { $one } plus { $other }
minus = { $one } min { $other }
times = { $one } maal { $other }
divided = { $one } gedeeld door { $other }
negative = min { $what }
denied = niet { $what }
not-so = het is niet zo: { $what }
if-else = { $then } als geldt: { $test }; anders { $other }
has = heeft { $what }
has-not = heeft geen { $what }
always = altijd
never = nooit

## Waarom het register weigert: het Engels is wat het domein schrijft, en vindt de andere twee

text-withdrawn = stopgezet
text-completed = beëindigd
holder-person = een persoon
holder-enterprise = een onderneming
refused-unknown-scheme = er is geen regeling { $scheme }; bekend: { $known }
refused-wrong-holder = de rechten van { $scheme } staan op de rekening van { $holder }; deze rekening is van { $other }
refused-wrong-unit = { $scheme } wordt geteld in { $unit }, niet in { $other }
refused-nothing = een hoeveelheid is een geheel getal boven 0, niet { $quantity }
refused-capture = { $asked } kan niet worden bevestigd; er is { $held } gereserveerd
refused-reverse = { $asked } kan niet worden teruggedraaid; er is { $held } gebruikt
refused-too-little = { $asked } levert niets op in { $scheme }; zet meer om
refused-not-enough = { $asked } gevraagd, { $held } beschikbaar op { $day }
refused-beyond-course = { $asked } gevraagd; { $course } levert { $worth } van { $scheme } op, waarvan { $left } overblijft
refused-before = { $scheme } heeft geen regels voor { $since }, dus ook niet op { $day }
refused-shared = { $otherwise } (nog { $left } van { $key })
refused-struck = { $course } staat niet in het register van { $scheme } op { $starts }, wanneer ze begint; ze stond erin tot { $struck }
refused-no-reservation = er is geen open reservering { $id } op deze rekening
refused-behind = een eerdere aanvraag over { $what } wacht; deze komt erna
refused-no-use = er is geen gebruik { $id } dat op deze rekening nog kan worden teruggedraaid
refused-holds-nothing = er is op deze rekening geen reservering of gebruik { $id } waarin nog iets zit
refused-ended = hoe { $id } eindigde, is al gemeld: { $ended }; draai terug wat verkeerd is
refused-no-endings = { $scheme } heeft geen regel over hoe een opleiding eindigt; geef vrij of draai terug wat genomen is
refused-attended = { $scheme } vraagt welk deel van de opleiding gevolgd is: meld het, van 0 tot 1
refused-transfer-taken = { $id } is hier al de naam van een omzetting
refused-taken = { $id } is hier al de naam van een reservering of een gebruik
refused-convert = geen regel van { $scheme } laat een omzetting in { $target } toe op { $day }
refused-not-frozen = { $scheme } is op deze rekening niet bevroren
refused-not-frozen-all = op deze rekening zijn niet alle regelingen samen bevroren
refused-contradiction = versie { $version } van dit feit zei eerder iets anders; een verbetering heeft een versie boven { $known } nodig
refused-other-holder = dit kan alleen over { $holder } worden gezegd, en de rekening heeft feiten over een ander soort houder: meld het voor een andere rekening, of laat die feiten schrappen
refused-future = { $day } is nog niet gekomen; vandaag is { $today }
refused-no-person = de rekening { $account } is van geen persoon en heeft geen rechten; noem die van een persoon
refused-no-place = { $asked } is alleen voor de rekening { $place }, niet voor { $account }
refused-digest = { $digest } is de naam van een andere inhoud, van { $scheme }, die eerder gepubliceerd is; verander een tekst van de regeling, zodat ze een eigen kenmerk krijgt
refused-drop-why = een bericht wordt alleen met een reden opgegeven; zeg waarom
refused-gap-why = een gat wordt alleen met een reden aanvaard; zeg waarom
refused-repair-why = rijen worden alleen met een reden hersteld; zeg waarom
refused-erase-why = een rekening wordt alleen met een reden gewist; zeg waarom
refused-no-gap = er ontbreekt niets in { $partition }: { $until } komt niet na { $since }
refused-erased = deze rekening is gewist op { $day }; er wordt niets meer voor aangenomen
refused-mandate-taken = { $id } noemt hier al een ander mandaat, of een dat beëindigd is: geef dit een eigen kenmerk
refused-helper-gives-courses = { $organisation } geeft opleidingen, en wie ze volgt kan er niet door geholpen worden; geef voor elk gebruik een code
refused-too-many-mandates = deze rekening heeft { $limit } mandaten die niet voorbij zijn; beëindig er eerst een
refused-no-mandate = er is geen mandaat { $id } in deze rekening
refused-not-mandated = het mandaat { $id } laat de helper dit niet doen op { $day }; de houder kan het wel
refused-other-content = het kenmerk { $id } is eerder voor een andere inhoud gebruikt; een nieuwe inhoud heeft een nieuw kenmerk nodig

## Waarom de API weigert

api-issues = { $count ->
    [1] één onderdeel van het verzoek is verkeerd: zie issues
   *[other] { $count } onderdelen van het verzoek zijn verkeerd: zie issues
}
api-too-large = een verzoek heeft een inhoud van ten hoogste { $limit } bytes
api-too-slow = een verzoek moet binnen { $seconds } s binnen zijn
api-long-headers = de headers van een verzoek zijn samen ten hoogste { $limit } bytes
api-no-request = dit is geen verzoek van HTTP/1.1
api-media = een inhoud is JSON in UTF-8: `Content-Type: application/json`
api-media-other = een inhoud is van { $right }, niet van { $wrong }
api-media-none = een inhoud is van { $right }: zeg dat in `Content-Type`
api-not-acceptable = antwoorden zijn JSON: `Accept: application/json`
api-twice = staat er meer dan één keer; stuur het één keer
api-defect = dit is een fout van ons; het logboek kent ze als BelGov-Trace-Id
api-method = { $method } kan hier niet; wel { $takes }
api-unreadable = het kan niet gelezen worden: stuur JSON in UTF-8
api-no-path = op dit pad is er niets
api-away = het register is nu niet bereikbaar; er is niets gedaan
api-unknown-done = het register antwoordt nu niet; of dit gedaan is, is niet bekend: stuur hetzelfde opnieuw, met dezelfde sleutel
api-unrecorded = de toegang kan nu niet worden vastgelegd, en zonder dat komt er geen antwoord
api-scope = het token mist { $scopes }
api-no-token = stuur een token mee: `Authorization: Bearer ...`
api-no-bearer = dit is geen `Bearer`-token
api-token-expired = het token is verlopen: vraag een nieuw aan
api-token-wrong = het token is niet goed: { $error }
api-no-issuer = tokens kunnen nu niet worden nagekeken: hun uitgever antwoordt niet
api-client-long = de naam van een toepassing heeft ten hoogste { $limit } tekens
api-too-many = een toepassing heeft { $quota } verzoeken per { $window } s: wacht { $wait } s
api-too-many-strangers = van één adres mogen per { $window } s { $quota } verzoeken zonder goed token komen: wacht { $wait } s
api-text-unreadable = de regels van toen zijn hier niet te lezen: deze versie van Rugzak leest de tekst van { $scheme } niet die in gebruik was, met digest { $digest }, gepubliceerd op { $day }; vraag naar een ander ogenblik, of vraag de beheerder om de versie van toen
api-not-yet = positie { $asked } is nog niet verwerkt, pas { $position }: vraag het opnieuw
api-no-account = er is geen dergelijke rekening, of u mag ze niet zien
rule-of-another-text = De regel { $rule } besliste; hij hoort bij een andere tekst van de regeling dan die nu beslist, en wordt hier niet verteld.
api-no-lot = er is op deze rekening geen dergelijk recht op { $day }
api-no-reservation = er is geen dergelijke reservering op deze rekening
api-no-scheme = er is geen regeling { $scheme }
api-no-scheme-near = er is geen regeling { $scheme }; bedoelt u { $near }?
api-no-parameters = deze vraag heeft geen parameters
api-past = naar een dag die voorbij is, wordt per rekening gevraagd; vandaag is { $today }
api-too-far = een dag ligt ten hoogste { $months } maanden vooruit: { $last }
api-enterprise-if = een onderneming heeft geen statuut: laat het weg
api-cursor = dit is geen cursor van ons: volg de link `next` van een pagina zoals hij is
api-under-way = het eerste verzoek met deze Idempotency-Key is nog bezig: vraag het opnieuw
api-key-reused = deze Idempotency-Key kwam eerder met een ander verzoek; een nieuw verzoek heeft een nieuwe sleutel nodig
api-other-provider = rugzak_provider in het token is niet de aanbieder van de opleiding: verzilver voor uzelf
api-too-many-codes = { $limit } codes in één minuut werkten niet; probeer het in de volgende minuut opnieuw
api-code = er is geen dergelijke code voor deze opleiding, aanbieder, hoeveelheid en eenheid; of ze is gebruikt, of verlopen
api-no-redemption = er is geen dergelijke verzilvering, of ze is niet van uw aanbieder
api-withheld = de regels laten dit niet toe; de houder ziet waarom
if-share = een deel wordt geschreven als 1, 0.8 of 4/5
if-full-time = een deel is ten hoogste voltijds, 1
if-enterprise = een onderneming wordt genoemd met haar verwijzing, een UUID
if-says-nothing = { $name } zegt hier niets
if-status = schrijf status=..., een van { $statuses }

## Wat er verkeerd is aan een onderdeel van een verzoek

wrong-missing = ontbreekt; het is nodig
wrong-extra-forbidden = is hier niet bekend: laat het weg
wrong-written = wordt geschreven als { $like }
wrong-string-type = moet een tekst zijn
wrong-string-too-short = moet ten minste { $min_length } tekens hebben
wrong-string-too-long = mag ten hoogste { $max_length } tekens hebben
wrong-string-pattern-mismatch = moet voldoen aan het patroon { $pattern }
wrong-string-unicode = moet een tekst in Unicode zijn
wrong-int-type = moet een geheel getal zijn
wrong-int-parsing = moet een geheel getal zijn
wrong-int-parsing-size = moet een geheel getal met minder cijfers zijn
wrong-int-from-float = moet een geheel getal zijn
wrong-float-type = moet een getal zijn
wrong-float-parsing = moet een getal zijn
wrong-finite-number = moet een eindig getal zijn
wrong-decimal-type = moet een getal zijn
wrong-decimal-parsing = moet een getal zijn
wrong-bool-type = moet true of false zijn
wrong-bool-parsing = moet true of false zijn
wrong-greater-than-equal = moet ten minste { $ge } zijn
wrong-greater-than = moet meer dan { $gt } zijn
wrong-less-than-equal = mag ten hoogste { $le } zijn
wrong-less-than = moet minder dan { $lt } zijn
wrong-too-short = moet ten minste { $min_length } onderdelen hebben
wrong-too-long = mag ten hoogste { $max_length } onderdelen hebben
wrong-list-type = moet een lijst zijn
wrong-tuple-type = moet een lijst zijn
wrong-dict-type = moet een object zijn
wrong-model-type = moet een object zijn
wrong-model-attributes-type = moet een object zijn
wrong-literal-error = moet een van { $expected } zijn
wrong-enum = moet een van { $expected } zijn
wrong-date-type = moet een dag zijn, zoals 2025-09-01
wrong-date-parsing = moet een bestaande dag zijn, zoals 2025-09-01
wrong-date-from-datetime-parsing = moet een bestaande dag zijn, zoals 2025-09-01
wrong-date-from-datetime-inexact = moet een dag zonder tijdstip zijn, zoals 2025-09-01
wrong-datetime-type = moet een tijdstip zijn, zoals 2021-11-15T09:30:00+01:00
wrong-datetime-parsing = moet een bestaand tijdstip zijn, zoals 2021-11-15T09:30:00+01:00
wrong-datetime-from-date-parsing = moet een bestaand tijdstip zijn, zoals 2021-11-15T09:30:00+01:00
wrong-timezone-aware = moet het verschil met UTC hebben, zoals +01:00
wrong-uuid-type = moet een UUID zijn
wrong-uuid-parsing = moet een UUID zijn
wrong-json-invalid = is geen JSON
wrong-invalid-json = is geen JSON
wrong-invalid-utf8 = is niet in UTF-8
wrong-duplicate-key = heeft een sleutel die er twee keer staat
wrong-not-a-number = heeft een getal dat JSON niet kent
wrong-too-deep = is te diep genest
wrong-forbidden-character = een tekst heeft een NUL of een half surrogaatpaar, wat geen databank kan bewaren
wrong-value = is niet zoals het document van de API het beschrijft
text-this-is-a-national-number-a-key-is-of-your-own-making = dit is een rijksregisternummer; een sleutel maakt u zelf
text-this-looks-like-a-national-number-the-subject-belongs-in-the-body-as-an-opaque-id = dit lijkt een rijksregisternummer; over wie het gaat, hoort in de inhoud, als een verwijzing

## Een verslag voor auditors

report-title = Auditverslag
report-ledger = Rugzak, register van opleidingsrechten
report-whole = het hele logboek
report-made = Gemaakt uit het logboek tot en met gebeurtenis { $position }, vastgelegd op { $moment }.
report-empty = Het logboek heeft geen gebeurtenis.
report-not-over = De periode was toen nog niet voorbij: de cijfers kunnen nog groeien.
report-findings = Bevindingen
report-verdict = { $count ->
    [0] Er is niets verkeerds gevonden.
    [one] Eén ding klopt niet.
   *[other] { $count } dingen kloppen niet.
}
report-checks = Wat is nagegaan, en wat daaruit kwam
report-check = Controle
report-outcome = Uitkomst
report-well = Klopt
report-unchecked = Niet nagegaan: hier is geen boom gepubliceerd om het logboek naast te leggen.
report-left-out = Niet nagegaan: het verslag moest snel klaar zijn (--quick); `rugzak audit verify` gaat het na.
report-stopped = Er is zoveel fout dat niet tot het einde gekeken is; `rugzak audit verify --all` gaat door.
report-more = en nog { $count }, die `rugzak audit verify --all` meldt
check-sums = In elke regeling en eenheid zijn alle rekeningen samen nul
check-balances = De saldi die het kantoor ziet, zijn wat het logboek optelt
check-tree = Het logboek is wat ondertekend en gepubliceerd is
check-receipts = De ontvangstbewijzen van opdrachten zeggen wat het logboek zegt
check-regulations = De teksten van de regelingen zijn die welke gepubliceerd werden, hier en in het logboek
check-states = De toestandsrijen, en wat van gedeelde grenzen genomen is, volgen uit het logboek
check-models = De leesmodellen zeggen wat het logboek zegt, tot waar elk ervan staat
report-imbalance = { $scheme }: { $column }: alle rekeningen samen maken { $amount } in plaats van nul.
report-difference = { $scheme }: op ‘{ $account }’ staat { $log } volgens het logboek, { $balances } volgens de saldi.
report-balance = Proef- en saldibalans
report-balance-read = Het eindsaldo is het beginsaldo plus debet min credit. Debet staat boven nul en credit eronder: rechten komen van de regeling, dus haar rekening staat onder nul. Dagen tellen naar wanneer het register een beweging vastlegde; een periode die voorbij is, verandert dus nooit meer.
report-account = Rekening
report-opening = Beginsaldo
report-debits = Debet
report-credits = Credit
report-movement = Debet min credit
report-closing = Eindsaldo
report-total = Totaal
report-nothing = In deze periode is niets bewogen.
report-accounts = Wat op elke rekening staat
book-pool = Regeling
book-available = Beschikbaar
book-reserved = Gereserveerd
book-used = Gebruikt
book-expired = Vervallen
book-withdrawn = Ingetrokken
book-transferred-in = Overgedragen, inkomend
book-transferred-out = Overgedragen, uitgaand
book-shortfall = Tekort
book-beyond-due = Meer dan verschuldigd
book-merged = Samengevoegd
book-means-pool = De regeling, als bron van rechten: wat ze toekende, staat aan haar creditzijde.
book-means-available = Wat nog gereserveerd, gebruikt of overgedragen kan worden; stops en termijnen daargelaten.
book-means-reserved = Wat wordt vastgehouden voor opleidingen die nog niet bevestigd of vrijgegeven zijn.
book-means-used = Wat is gebruikt bij erkende aanbieders, min wat is teruggedraaid.
book-means-expired = Wat vervallen is, min wat daarna is hersteld of ingetrokken.
book-means-withdrawn = Wat rechtzettingen terugnamen, omdat het toch niet verschuldigd was.
book-means-transferred-in = De bron van wat uit andere rechten binnenkwam: het staat aan de creditzijde.
book-means-transferred-out = Wat naar andere rechten vertrok, in de eenheid van het recht waaruit het vertrok.
book-means-shortfall = Wat ingetrokken moet worden en dat niet kan: het is al gebruikt of gereserveerd.
book-means-beyond-due = De andere kant van het tekort: wat van het gebruikte of gereserveerde niet verschuldigd is.
book-means-merged = Wat de boeken verliet omdat de rekening is samengevoegd, en in die van een ander staat; per recht is het samen nul.
report-activity = Toekenningen, gebruik en verval
report-activity-read = Naar de dag van vastlegging, min wat daarop is teruggedraaid; elke grafiek heeft haar eigen schaal, waarvan rechts de hoogste waarde staat. De totalen zijn die van de balans: credit min debet van de regeling, debet min credit van wat gebruikt en wat vervallen is.
flow-granted = Toegekend
flow-used = Gebruikt
flow-expired = Vervallen
report-chart = { $scheme }: toegekend, gebruikt en vervallen in de tijd
report-chart-desc = Samen is { $granted } toegekend, { $used } gebruikt en { $expired } vervallen. De tabel die volgt, heeft elk cijfer.
report-recorded = Vastgelegd { $step ->
    [day] op elke dag
    [week] in elke week, met haar eerste dag
    [month] in elke maand
   *[year] in elk jaar
}; wat leeg is, is weggelaten
report-days = Dagen
report-samples = Steekproef, met uitleg
report-samples-read = Van { $population } boekingen in de periode { $drawn ->
    [one] is er één getrokken
   *[other] zijn er { $drawn } getrokken
}: van elke regeling naar verhouding van haar boekingen, minstens één. Elke boeking wordt uitgelegd met wat bekend was toen ze werd vastgelegd.
report-seed = De sleutel die ze opnieuw trekt:
report-scheme = Regeling
report-holder = Van
report-recorded-at = Vastgelegd
report-effective = Met ingang van
report-kind = Gebeurtenis
report-command = Opdracht
report-actor = Gevraagd door
report-rule = Regel
report-erased = De rekening is gewist: er wordt niets meer over verteld.
report-coverage = Wat is bekeken
report-coverage-read = Tijdstippen zijn in UTC
report-in-period = De periode
report-in-log = Het hele logboek
report-events = Gebeurtenissen
report-entries = Boekingen in het journaal
report-first = Eerste gebeurtenis
report-last = Laatste gebeurtenis
report-compared = Saldi vergeleken tot en met
report-event = gebeurtenis { $position }
report-count = { $count }
report-texts = Regelingen
report-texts-read = Elke tekst waarmee op een dag van de periode over rechten beslist kon worden, zoals het logboek hem bewaart, met de SHA-256 van zijn inhoud.
report-no-text = Het logboek bevat geen regeling voor deze periode.
report-texts-count = { $count ->
    [one] Eén tekst
   *[other] { $count } teksten
}
report-published = Gepubliceerd
report-by = door { $by }
report-replaced = Vervangen:
report-digest = SHA-256
report-verify = Hoe deze pagina na te gaan
report-checkpoint = Dit controlepunt is ondertekend. Vergelijk het met wat getuigen hebben: wie hetzelfde heeft, heeft hetzelfde logboek gezien.
report-checkpoint-label = Ondertekend controlepunt
report-no-checkpoint = Er is geen ondertekend controlepunt gegeven: deze pagina alleen toont niet dat het logboek nooit is veranderd.
report-commands = Wie toegang heeft tot het register, gaat elk deel na met deze opdrachten. De afsluitcode is 1 als iets niet klopt.
report-by-totals = De balans, in kleinste eenheden
report-by-sample = Dezelfde boekingen, opnieuw getrokken
report-by-again = Deze pagina opnieuw; van hetzelfde logboek byte voor byte gelijk
report-by-replay = Elke toestand en elk leesmodel, opnieuw opgebouwd uit het logboek
report-by-export = Het logboek en zijn boeken, voor uw eigen programma's
report-by-recompute = De saldi van die export, door een tweede implementatie
report-by-verify = Het logboek tegenover de gepubliceerde boom, met de publieke sleutel zoals u die elders kreeg
report-by-prove = Een bewijs dat de eerste boeking van de steekproef in de boom staat
report-by-receipt = Dat bewijs, nagegaan zonder het register
report-personal = Rekeningen zijn verwijzingen zonder betekenis; wie het zijn, staat elders. Wat bronnen over mensen zeiden, staat in de uitleg: bewaar deze pagina zoals persoonsgegevens.

## Wat `audit verify` zegt

found-payload = een gebeurtenis is niet die welke gepubliceerd werd
found-name = een gebeurtenis heet anders dan gepubliceerd werd
found-version = een gebeurtenis heeft een andere versie dan gepubliceerd werd
found-account = een gebeurtenis staat bij een andere rekening dan gepubliceerd werd
found-order = een gebeurtenis staat op een andere plaats dan gepubliceerd werd
found-missing = er zijn gebeurtenissen weg
found-tail = aan het einde van het logboek zijn gebeurtenissen weg
found-inserted = er staat een gebeurtenis waar geen gepubliceerd werd
found-other-past = op een oudere kopie van het logboek is voortgeschreven
found-key = de sleutel van een rekening is veranderd of weg
found-entry = bladeren van de boom zijn niet die welke getekend werden
found-tile = een tegel van de boom is niet die welke getekend werd
found-tree = de bladeren vormen niet de boom die getekend werd
found-tree-missing = er werd een boom getekend, en die is weg uit zijn map
found-checkpoint = het nieuwste controlepunt is weg, of er werd een grotere boom getekend
found-signature = een handtekening is niet van een sleutel van het logboek
found-fork = er werden twee bomen van één grootte getekend
found-witness = een getuige kan niet gevraagd worden, of heeft niets van een boom
found-receipt = een ontvangstbewijs zegt niet wat het logboek zegt, of is niet dat wat gepubliceerd werd
found-receipt-missing = een ontvangstbewijs is weg
found-receipt-inserted = een ontvangstbewijs zegt wat geen gebeurtenis zegt
found-regulation = een tekst van een regeling is niet die welke gepubliceerd werd
found-state = een toestandsrij is niet wat het logboek zegt
found-state-missing = een toestandsrij is weg
found-state-inserted = een toestandsrij hoort bij geen rekening
found-shared = wat van een gedeelde grens genomen is, is niet wat het logboek zegt
found-model = een rij van een leesmodel is niet wat het logboek zegt
found-model-missing = een rij van een leesmodel is weg
found-model-inserted = een rij van een leesmodel is van niets in het logboek
found-log = gebeurtenissen van een rekening zijn niet in hun volgorde te lezen
verify-wrong = FOUT
verify-place = positie { $position }
verify-row = { $key } in { $table }
verify-of = rekening { $account }
verify-right = het was juist in het controlepunt van { $size } bladeren ({ $where })
verify-between = het logboek heeft het juiste sinds positie { $position }, tussen de controlepunten van { $after } en { $size } bladeren ({ $where })
verify-before = het logboek heeft het juiste sinds positie { $position }, voor het controlepunt van { $size } bladeren ({ $where })
verify-held = { $events } gebeurtenissen zijn naast de boom van { $size } bladeren gelegd
verify-held-since = { $events } gebeurtenissen vanaf blad { $since } zijn naast de boom van { $size } bladeren gelegd
verify-destroyed = van { $count } is de sleutel vernietigd: ze zijn niet meer te lezen
verify-waiting = { $count } gebeurtenissen staan nog niet in de boom
verify-beside = { $accounts } rekeningen met { $events } gebeurtenissen: ontvangstbewijzen, toestandsrijen, leesmodellen; en { $receipts } ontvangstbewijzen op zichzelf
verify-receipts = de boom van ontvangstbewijzen heeft { $size } bladeren; { $waiting } staan er nog niet in
verify-no-receipts = er is nog geen boom van ontvangstbewijzen: het volgende controlepunt maakt hem
verify-behind = { $model } loopt { $count ->
    [one] één positie
   *[other] { $count } posities
} achter: het is vergeleken tot waar het staat
verify-not-made = { $model } is niet vergeleken: het is nog niet gemaakt
verify-other-version = { $model } is niet vergeleken: een andere versie van het programma maakte het; `rugzak projections rebuild`
verify-stopped = daar gestopt; --all gaat door tot het einde
verify-well = er is niets veranderd; de volgende keer volstaat --since { $size }

## De bijzonderheden van wat een controle vond

detail-row = { $name }, versie { $version } van { $account }
detail-unpublished-row = positie { $position } werd nooit gepubliceerd: { $row }
detail-other-past = vanaf { $place } is niets wat gepubliceerd werd ({ $count }): op een oudere kopie van het logboek is voortgeschreven
detail-moved = de gebeurtenis van positie { $position } werd op { $other } gezet: { $row }
detail-key-changed = geen gebeurtenis van { $account } is wat gepubliceerd werd ({ $count }): de sleutel is veranderd
detail-account = de gebeurtenis op positie { $position } is van { $owner }, en staat bij { $account }
detail-payload = de inhoud op positie { $position } is veranderd: { $row }
detail-order = de gebeurtenis van positie { $position } staat op { $other }, en op haar plaats staat { $row }
detail-name = positie { $position } was een { $name }, en heet nu { $other }
detail-version = positie { $position } was versie { $version } van { $account }, en is nu versie { $other }
detail-tail = het logboek eindigt te vroeg: aan het einde weg: { $count }, { $places }
detail-missing = weg: { $count }, { $places }
detail-event-and-entry = de gebeurtenis op positie { $position } en haar blad zijn veranderd: { $row }
detail-no-leaf = een blad is één regel met een verbintenis en een positie: { $written }
detail-key-again = { $account } heeft weer een sleutel die vernietigd was
detail-key-gone = de sleutel van { $account } is weg, en niemand heeft de rekening gewist
detail-bundle-cut = een bundel eindigt midden in een blad
detail-bundle-long = een bundel heeft { $count } bladeren, en mag er { $most } hebben
detail-bundle-other = { $file } heeft { $count } bladeren, geen { $width }
detail-file-short = { $file } ontbreekt of is te kort
detail-tile = { $file } staat niet boven zijn tegels
detail-leaf = in { $file } is blad { $leaf } niet dat wat getekend werd
detail-tree = de bladeren vormen niet de boom van { $size } bladeren die getekend werd ({ $where }); tot blad { $leaf } wel
detail-fork = er werden twee bomen van { $size } bladeren getekend: { $where } heeft een andere dan { $other }
detail-no-checkpoint = de boom heeft geen controlepunt dat een sleutel ervan tekende
detail-no-checkpoint-of-it = de boom heeft geen controlepunt dat een sleutel ervan tekende; er werd er een van { $size } bladeren getekend ({ $where })
detail-tree-gone = { $folder } heeft geen gepubliceerde boom, en er werd er een van { $size } bladeren getekend ({ $where })
detail-checkpoint-gone = het nieuwste controlepunt is weg; { $where } is het laatste dat er nog is
detail-checkpoint-older = er werd een boom van { $size } bladeren getekend ({ $where }), en de nieuwste hier is van { $newest }
detail-witness = { $where } kan niet gevraagd worden: { $wrong }
detail-note-bytes = een getekende nota is tekst in UTF-8
detail-note-form = een getekende nota bestaat uit regels tekst, een lege regel en regels met handtekeningen
detail-note-signatures = een nota heeft hoogstens { $most } handtekeningen
detail-no-signature = zo schrijft men geen handtekening: { $written }
detail-checkpoint-form = een controlepunt heeft drie regels: herkomst, grootte, en de wortel in base64
detail-signature = de handtekening van { $key } is niet van deze tekst
detail-other-signer = geen sleutel van het logboek tekende het; er staat { $names }
detail-other-log = het is van een ander logboek: { $origin }
detail-other-key = een boom van { $size } bladeren wordt met { $key } getekend
detail-no-key = zo schrijft men geen publieke sleutel van Ed25519: { $written }
detail-new-key-form = een nieuwe sleutel wordt in drie regels gemeld: { $written }
detail-key-unsigned = de sleutel { $key } is niet getekend door die ervoor
detail-key-other = de sleutel { $key } is van een ander logboek, of niet in volgorde
detail-other-keys = het zijn niet die van het logboek
detail-keys-of = de sleutels van { $folder }: { $wrong }
detail-keys-begin = de sleutels van { $folder } beginnen niet met die van { $trusted }
detail-no-tree = { $folder } heeft geen gepubliceerde boom: `rugzak audit checkpoint`
detail-not-signed = er werd geen boom van { $size } bladeren getekend; de laatste: { $sizes }
detail-of-receipts = in de boom van ontvangstbewijzen: { $found }
detail-receipt-other = het ontvangstbewijs van { $command } is niet dat wat gepubliceerd werd; het heeft nummer { $number }
detail-receipt-unpublished = het ontvangstbewijs van { $command } werd nooit gepubliceerd; het heeft nummer { $number }
detail-receipt-gone = het ontvangstbewijs van { $command } is weg, en de gebeurtenissen ervan zijn er
detail-receipt-twice = het ontvangstbewijs van { $command } is er tweemaal
detail-receipt-month = het ontvangstbewijs van { $command } wordt bewaard bij die van { $month }, en werd geboekt op { $instant }
detail-receipt-no-event = het ontvangstbewijs van { $command } zegt dat de gebeurtenis ervan op positie { $position } staat, en daar staat er geen
detail-receipt-other-event = het ontvangstbewijs van { $command } zegt dat de gebeurtenis ervan op positie { $position } staat, en die is van { $other }
detail-receipt-unrefused = het ontvangstbewijs van { $command } zegt dat het geweigerd werd ({ $reason }), en geen gebeurtenis zegt dat
detail-receipt-led = het ontvangstbewijs van { $command } zegt dat het tot { $count } gebeurtenissen leidde, en niet waar
detail-receipt-version = het ontvangstbewijs van { $command } zegt dat de rekening toen op versie { $version } stond, en dat was niet zo
detail-tree-keyless = { $folder } heeft een boom zonder zijn sleutels, en er werd er een van { $size } bladeren getekend ({ $where })
detail-tree-keyed = { $folder } heeft geen gepubliceerde boom, en rekeningen hebben er sleutels voor sinds { $since }
detail-witness-lacks = { $where } heeft geen controlepunt van { $origin }, en die zijn er wel
detail-receipt-ended = het ontvangstbewijs van { $command } zegt dat de rekening op versie { $version } stond, die eindigde op { $instant }
detail-receipt-early = het ontvangstbewijs van { $command } werd geboekt op { $instant }, en dat wat ervoor kwam op { $before }
detail-receipt-unnumbered = het ontvangstbewijs van { $command } heeft geen nummer, en kwam sinds ze er een hebben
detail-receipt-number = het ontvangstbewijs van { $command } heeft nummer { $number }, en { $last } is het laatste dat gegeven werd
detail-receipt-number-twice = het ontvangstbewijs van { $command } heeft nummer { $number }, en een ander ook
detail-receipt-says = het ontvangstbewijs van { $command }: { $differences }
detail-regulation-digest = de tekst van { $scheme } die als { $digest } gepubliceerd is, is { $other }
detail-regulation-then = positie { $position } werd beslist door { $rule }, dat toen niet gepubliceerd was
detail-regulation-here = de tekst hier is niet die welke in gebruik is: { $difference }
detail-scheme-lacking = { $scheme }: { $digest } is gepubliceerd; die regeling is hier niet
detail-scheme-older = { $scheme }: { $digest } is ouder dan { $last }, dat gepubliceerd is
detail-scheme-other = { $scheme }: { $digest } is niet gepubliceerd; { $last } wel
detail-scheme-unpublished = { $scheme }: { $digest } is niet gepubliceerd
detail-no-state = er is geen toestandsrij
detail-state-version = de toestandsrij staat op versie { $version }, het logboek op { $right }
detail-state-unread = de toestandsrij is niet te lezen: { $wrong }
detail-state-due = de toestandsrij wacht op { $day }, de regelingen op { $right }
detail-state-spelling = de toestandsrij is anders gespeld dan het logboek
detail-state-differs = de toestandsrij verschilt van het logboek in { $names }
detail-taken = { $count } is ervan genomen, volgens het logboek { $right }
detail-no-version = het logboek heeft geen versie { $version }
detail-before = versie { $version } werd geboekt voor die waarop ze volgt
detail-unfolded = uit het logboek volgt geen toestand: { $wrong }
detail-unread = { $event }: { $wrong }; naar wat erop volgt tot en met { $until }, is niet gekeken
detail-event-name = { $account } versie { $version } ({ $name })
detail-form = geen bewaarde vorm begint met { $written }
detail-damaged-long = beschadigd: te lang na het uitpakken, of van onbekende lengte
detail-damaged = beschadigd: { $wrong }
detail-no-json = geen JSON: { $wrong }
detail-no-payload = een inhoud is een object met een gebeurtenis
detail-no-name = geen gebeurtenis heet { $name }
detail-model-row = { $table }: het logboek zegt { $expected }, de rij { $found }
detail-registry-lacks = het leesmodel { $name } is er, en het register heeft er geen
detail-registry-ahead = { $name } zegt dat het positie { $position } heeft, en het logboek eindigt bij { $head }
detail-about = { $about }: { $wrong }
detail-events = { $count ->
    [one] één gebeurtenis
   *[other] { $count } gebeurtenissen
}
detail-receipts = { $count ->
    [one] één ontvangstbewijs
   *[other] { $count } ontvangstbewijzen
}
detail-position = positie { $first }
detail-positions = posities { $first } tot { $last }
detail-number = nummer { $first }
detail-numbers = nummers { $first } tot { $last }
detail-difference = { $name } is er { $value }, en volgens het logboek { $right }
detail-nothing = niets
