# Français. Chaque catalogue a les mêmes messages avec les mêmes valeurs ;
# tests/cli/test_languages.py cherche ce qui manque. Ce qu'un dispositif dit de lui-même se trouve
# dans son propre fichier, sous `words`.

## Parties de phrases

also = { $one } ; { $other }
and = et
or = ou
item = { $name } : { $said }
quoted = « { $what } »
day-of-year = { $day ->
    [1] 1er
   *[other] { $day }
} { $month }
moment = { $day } à { $time }
span = du { $since } au { $until }
span-open = à partir du { $since }
value-yes = oui
value-no = non
value-none = aucun
measure-h = h
measure-hour = heure
measure-voucher = chèque
measure-vouchers = chèques
rate = au taux de { $get } pour { $give }
amount-of = { $amount } de { $lot }
every-scheme = tous les dispositifs
place-at-4 = Haute-Autriche
place-be-bru = Bruxelles
place-be-vlg = Flandre
place-be-wal = Wallonie
place-gb-eng = Angleterre
place-gb-sct = Écosse

january = janvier
february = février
march = mars
april = avril
may = mai
june = juin
july = juillet
august = août
september = septembre
october = octobre
november = novembre
december = décembre

measured-minute = heures
measured-cent = euros
measured-voucher = chèques
rounded-nearest = arrondi { $unit ->
    [minute] à la minute la plus proche
    [hour] à l'heure la plus proche
    [cent] au centime le plus proche
    [euro] à l'euro le plus proche
   *[voucher] au chèque le plus proche
}
rounded-up = arrondi { $unit ->
    [minute] à la minute supérieure
    [hour] à l'heure supérieure
    [cent] au centime supérieur
    [euro] à l'euro supérieur
   *[voucher] au chèque supérieur
}
rounded-down = arrondi { $unit ->
    [minute] à la minute inférieure
    [hour] à l'heure inférieure
    [cent] au centime inférieur
    [euro] à l'euro inférieur
   *[voucher] au chèque inférieur
}
rounded-nearest-to = arrondi à { $amount } près
rounded-up-to = arrondi au multiple supérieur de { $amount }
rounded-down-to = arrondi au multiple inférieur de { $amount }

## Textes que le domaine conserve, d'après leur forme anglaise

text-amount = résultat
text-room-under-the-cap = marge sous le plafond
text-the-term-is-over = le délai est écoulé
text-the-person-has-died = la personne est décédée
text-the-request-was-given-up = la demande a été retirée
text-it-came-free-and-was-never-due = cela s'est libéré et n'a jamais été dû
text-the-funder-no-longer-gives-it = le financeur ne le donne plus
text-the-funder-s-deadline-is-over-what-is-left-goes-back-to-the-funder = l'échéance du financeur est passée ; ce qui reste retourne au financeur
text-the-top-up-is-in-minutes = l'abondement est en minutes
text-the-top-up-is-in-cents = l'abondement est en centimes d'euro
text-the-top-up-is-in-vouchers = l'abondement est en chèques
text-the-top-up-is-in-sgd-cents = l'abondement est en cents de dollar de Singapour
text-the-top-up-is-in-gbp-pennies = l'abondement est en pennies
text-what-had-closed-it-was-corrected = ce qui l'avait clos a été corrigé
text-taken-in-an-account-that-was-merged-and-not-covered-by-what-is-due-to-both = pris dans un compte qui a été fusionné, et non couvert par ce qui est dû aux deux
text-it-was-frozen-in-an-account-that-was-merged-into-this-one = gelé dans un compte qui a été fusionné avec celui-ci
text-the-account-that-it-was-taken-in-is-no-longer-merged-into-this-one = le compte dans lequel cela a été pris n'est plus fusionné avec celui-ci
text-it-was-frozen-while-this-account-was-merged = gelé pendant que ce compte était fusionné
text-it-was-unfrozen-while-this-account-was-merged = dégelé pendant que ce compte était fusionné
text-told-before-the-account-was-merged = signalé avant la fusion du compte
text-it-was-given-back-while-this-account-was-merged = rendu pendant que ce compte était fusionné
text-used-within-the-term-known-afterwards = utilisé dans le délai, connu après coup
text-the-rest-was-not-used = le reste n'a pas été utilisé
text-it-was-not-captured-in-time = non confirmé à temps
text-the-course-starts-is-told = le début de la formation est indiqué
text-the-course-minutes-is-told = la durée de la formation est indiquée
text-the-course-hours-is-told = les heures de la formation sont indiquées
text-the-course-credits-is-told = les crédits de la formation sont indiqués
text-the-course-price-is-told = le prix de la formation est indiqué
text-the-course-kind-is-told = le type de formation est indiqué
text-the-account-is-of-a-person = le compte est celui d'une personne
text-the-account-is-of-an-enterprise = le compte est celui d'une entreprise
text-dimona-says-nothing-about-working-time-until-dmfa-settles-the-quarter-that-of-the-last-one-settled-for-the-job-or-else-full-time-38-hours-a-week = la Dimona ne dit rien du temps de travail : jusqu'à ce que la DmfA fixe le trimestre, celui du dernier trimestre fixé pour l'emploi, ou sinon un temps plein, 38 heures par semaine

## Faits

employee = travailleur salarié chez { $employer }, { $sector }, lieu de travail : { $place }, { $share } d'un temps plein, { $weekly } par semaine
civil-servant = fonctionnaire chez { $employer }, { $share } d'un temps plein
jobseeker = demandeur d'emploi { $benefit }
self-employed = indépendant { $activity }
self-employed-running = { $told }, à la tête de l'entreprise { $enterprise }
student = étudiant
inactive = sans activité
retired = retraité
enterprise = { $size } en activité, lieu : { $place }
evidence-declared = déclaré
evidence-settled = établi
settles = tout le travail à cet endroit { $span }
time-assumed = supposé
born = date de naissance : { $day }
died = décès le { $day }
sex-female = femme
sex-male = homme
sex-x = sexe x
qualified = qualification la plus élevée : niveau { $level } depuis le { $day }
lives = domicile : { $place }, { $span }
top-up = { $funder } ajoute { $amount } à { $scheme } comme { $bucket }, utilisable { $span }
top-up-course = seulement pour la formation { $course }
top-up-kinds = seulement pour les formations du type { $kinds }

## Événements

fact-annulled = le fait { $fact } n'a jamais existé
refused = demande { $asked } refusée : { $detail }
restricted = { $scheme } : conservé, sans nouvel usage, car : { $reason }
unrestricted = { $scheme } : à nouveau utilisable, car : { $reason }
published = { $scheme } décide désormais selon le texte { $digest }
record-dropped = l'enregistrement { $record } a été abandonné : { $because }
gap-accepted = les enregistrements à partir de { $since } manquent et ont été abandonnés ; la lecture reprend à { $until } : { $because }
account-erased = le compte a été effacé : { $because }
account-merged = le compte a été fusionné avec { $account }, qui le remplace : { $because }
account-unmerged = le compte n'est plus fusionné avec { $account } : { $because }
account-joined = le compte { $account } a été fusionné avec celui-ci : { $because }
account-parted = le compte { $account } n'est plus fusionné avec celui-ci : { $because }
frozen = gel de { $scheme } : { $reason }
unfrozen = fin du gel de { $scheme } : { $reason }
granted = octroi de { $amount }, utilisable { $span }
withdrawn = retrait de { $amount } : le droit est inférieur à ce qui avait été octroyé
term-corrected = { $lot } est utilisable { $span } ; financement : { $funder }
shortfall = { $amount } d'usages ou de réservations au-delà du droit
shortfall-settled = { $amount } de moins au-delà du droit
reserved = réservation de { $amount } pour { $course }
released = restitution de { $amount } : { $reason }
used = utilisation de { $amount } pour { $course }
reversed = annulation de l'utilisation de { $amount } : { $reason }
course-ended = formation de { $course } { $how } : { $because }
completed = terminée
given-up = abandonnée
gives-back = { $amount } revient
refunds = { $amount } est remboursé à l'apprenant
recovers = { $amount } retourne au financeur
transferred = conversion de { $amount } en { $made }
transferred-back = nouvelle conversion de { $amount } en { $made }
expired = perte de { $amount } : { $reason }
restored = { $amount } à nouveau disponibles : { $reason }
course = { $course } chez { $provider } (début le { $day })

## Une explication

title = { $name } ({ $scheme }) à la date du { $day }, selon ce qui est connu { $known }
known-now = maintenant
known-at = le { $moment }
standing = Ce jour-là, les droits sont { $standing } : { $reason }.
standing-open = utilisables
standing-keep = conservés, sans nouvel usage
standing-freeze = gelés
standing-lapse = perdus
standing-convert = convertis en droits d'un autre dispositif
stop-frozen = Une autorité en a suspendu l'usage à partir du { $day } : { $reason }.
no-period = Il n'y a rien : aucune période de ce dispositif n'était ouverte ce jour-là.
ungiven = Un abondement ne donne rien : { $because }.
next-opens = La prochaine période qui peut donner des droits s'ouvre le { $day }.
left-open = Ce que les sources laissent ouvert, et ce qui a été retenu :
sources = Sources :
figure-available = disponible : { $amount }
figure-reserved = réservé : { $amount }
figure-used = utilisé : { $amount }
figure-expired = perdu : { $amount }
figure-shortfall = utilisé ou réservé au-delà du droit : { $amount }
term = La période d'utilisation va { $span } ; financement : { $funder }.
lapsed = Ce qui restait a été perdu le { $day } : { $reason }.
happened = Ce qui s'est passé :
counting = avec effet au { $day }
because-fact = car : { $fact } ; signalé par { $source }, connu depuis le { $day }
because-decided = car : { $what } ; connu depuis le { $day }
because = car : { $reason }
assumed = hypothèse : { $text }
worked-out = calcul : { $steps }
not-met = condition non remplie : { $condition }
by-rule = selon la règle { $rule } du texte { $digest }, en vigueur { $span } { $mark }
by-rule-always = selon la règle { $rule } du texte { $digest } { $mark }
by-rule-elsewhere = selon la règle { $rule } du texte { $digest }, qui n'est pas chargé ici
due-later = le droit est de { $amount }, mais il n'est pas encore octroyé : l'horloge n'y est pas encore
due-nothing = il n'y a pas de droit, car cette condition n'est pas remplie : { $condition }
due-capped = il n'y a pas de droit, car le solde a atteint ce que la règle permet
assessed = { $lot }, pour la période { $span } : { $why }.
other-text = La règle { $rule } a décidé. Elle appartient à un autre texte du dispositif
other-text-find = que celui qui est chargé ici ({ $digest }), et n'est pas montrée ; pour la trouver : { $command }
other-text-published = Ce texte a été publié le { $day } par { $by } (événement { $position } du registre)
conversion-rule = La règle { $rule } : { $rate }, { $rounding } { $mark }
as-above = La règle { $rule }, comme ci-dessus.
number = { $name } : { $amount } { $span } { $mark }

## Une règle

rule = La règle { $rule }, pour les périodes qui commencent { $span } { $mark }
rule-top-up = La règle { $rule }, pour les abondements qui commencent { $span } { $mark }
rule-change = La règle { $rule }, chaque fois que { $number } augmente { $span } { $mark }
gives = donne { $amount }, { $rounding }, à qui remplit toutes ces conditions :
gives-everybody = donne { $amount }, { $rounding }, à tous
where-is = où { $name } désigne { $said }
where-means = où { $name } signifie : { $said }
due = octroyé { $opening }, { $lasting }
until-balance = jusqu'à ce que le solde atteigne { $amount }
opening-start = au début de la période
opening-first-eligible-day = le premier jour de la période où toutes les conditions sont remplies
opening-after = le { $day } qui suit la période
opening-asked = sur demande
opening-top-up = le premier jour que désigne le financeur
opening-change = le jour du changement
lasting-period = pour la durée de la période
lasting-months = pour { $count } mois
lasting-open = sans limite de durée
lasting-top-up = jusqu'à l'échéance du financeur
lasting-until = jusqu'au { $day } non compris

## Un dispositif à une date

decree = { $name } ({ $scheme }) à la date du { $day }, en { $unit } ; financement : { $funder }
version = texte { $digest }, d'après { $mark }
held-by-enterprise = Les droits appartiennent à l'entreprise ; ceux qui la dirigent les partagent.
held-by-one = droits de l'entreprise
nothing-granted = Aucune période qui commence le { $day } ne donne de droit.
nothing-granted-why = Aucune période qui commence le { $day } ne donne de droit : { $why }
use = Pour l'utiliser, toutes ces conditions doivent être remplies :
use-condition = { $name } : { $said } ; sinon : { $otherwise }
taking = Comment on l'utilise :
taking-opens = on le demande au plus tôt { $day }
taking-closes = on le demande au plus tard { $day }
taking-register = la formation figure au registre le jour de son début
taking-continued = une formation qui en a été radiée peut être poursuivie avant { $day }, par qui l'a déjà demandée
taking-brings = une formation apporte au plus ceci : { $amount }
taking-brings-first-day = une formation apporte au plus ceci, avec les chiffres de son premier jour : { $amount }
taking-pays = la personne en formation paie { $amount }
taking-held-months = une réservation qui n'est pas confirmée expire après { $count } mois
taking-held-days = une réservation qui n'est pas confirmée expire après { $count ->
    [1] 1 jour
   *[other] { $count } jours
}
taking-order = on puise dans { $buckets }
then-from = puis dans
ordinary = les droits ordinaires
taking-earmark = { $bucket } ne sert qu'à ceci : { $said }
ending = Quand une formation se termine, le premier de ces cas s'applique :
ending-case = { $who } : { $said } ({ $because })
every-other-ending = dans tous les autres cas
if = si { $said }
nothing-back = rien ne revient
shared = Ce que toutes les demandes ont ensemble :
shared-limit = { $name } : au plus { $counted } { $whose }, { $each }, pour les demandes { $span } { $mark } ; sinon : { $otherwise }
shared-quantity = { $amount }
shared-requests = { $amount } demandes
shared-people = { $amount } personnes
shared-everybody = au total
shared-course = par formation
shared-provider = par prestataire
shared-round = à chaque vague (elles commencent le { $rounds })
shared-calendar-year = chaque année civile
shared-school-year = chaque année scolaire
shared-once = en une fois
portability = Quand la situation change, le premier de ces cas s'applique :
case = { $who } : les droits sont { $standing } ({ $reason })
case-converted = { $who } : les droits sont { $standing } ; ce qui reste { $conversion } ({ $reason })
everybody-else = toutes les autres personnes
who = quiconque { $said }
conversion = devient un droit de { $scheme } : { $rate }, { $rounding } { $mark }
at-end = Ce qui reste à la fin de la période d'utilisation { $conversion }
on-request = Sur demande, { $span }, ce qui reste { $conversion }
numbers = Chiffres en vigueur :

## Ce qu'une formation apporte, et une vue d'ensemble

column-scheme = dispositif
held-by = entreprise { $enterprise }
column-gives = donne
column-pays = vous payez
column-until = à demander jusqu'au
column-from = d'où, ou pourquoi pas
column-usable = utilisable
column-available = disponible
column-lapses = expire
column-why = pourquoi
column-now = maintenant
column-then = ensuite
quoted-on = { $course } chez { $provider }, demande du { $day }
state-usable = oui
state-kept = conservé, sans nouvel usage
state-open = sur demande
state-closed = non
prospect = { $amount }, utilisable : { $state }
nothing = rien
nothing-changes = rien ne change
soon = { $day } (bientôt)
known-today = à la date du { $day }, selon ce qui est connu aujourd'hui
others = { $count ->
    [1] 1 autre dispositif ne concerne pas la personne ; --all le montre
   *[other] { $count } autres dispositifs ne concernent pas la personne ; --all les montre
}

hindrance-standing = pas de nouvel usage de { $scheme } le { $day } : { $reason }
hindrance-held-by-person = { $scheme } est destiné aux personnes ; le compte d'une entreprise n'en a pas de droits
hindrance-held-by-enterprise = { $scheme } appartient aux entreprises ; on ne sait rien d'une entreprise que la personne dirige le { $day }
hindrance-provider = { $provider } n'est pas reconnu pour { $scheme } le { $starts }, au début de la formation
hindrance-register = { $course } ne figure pas au registre de { $scheme } le { $starts }, jour de son début
hindrance-before = { $scheme } n'a pas de règles avant le { $since }
hindrance-early-or-late = { $scheme } se demande du { $since } au { $until } pour une formation qui commence le { $starts }, et non le { $day }
hindrance-early = { $scheme } se demande à partir du { $since } pour une formation qui commence le { $starts }, et non le { $day }
hindrance-late = { $scheme } se demande au plus tard le { $until } pour une formation qui commence le { $starts }, et non le { $day }
hindrance-frozen = l'usage de { $scheme } est gelé ; les droits sont conservés
hindrance-restricted = pas d'usage de { $scheme } tant que la personne ne remplit pas de nouveau les conditions
hindrance-worthless = la formation n'apporte rien dans ce dispositif, ou l'a déjà apporté
hindrance-ceiling = le solde a atteint son plafond
hindrance-zero = le résultat est 0
hindrance-used-up = il ne reste rien de { $scheme } le { $day }
hindrance-over = il ne reste rien de { $scheme } le { $day } ; ce dispositif ne donne plus rien de nouveau depuis le { $until }

## Le vocabulaire des règles

spell-employment = un emploi salarié
spell-employment-has = est salarié
spell-employment-has-not = n'est pas salarié
spell-civil-service = un emploi de fonctionnaire
spell-civil-service-has = est fonctionnaire
spell-civil-service-has-not = n'est pas fonctionnaire
spell-self-employment = une activité d'indépendant
spell-self-employment-has = est indépendant
spell-self-employment-has-not = n'est pas indépendant
spell-jobseeking = une inscription comme demandeur d'emploi
spell-jobseeking-has = est demandeur d'emploi
spell-jobseeking-has-not = n'est pas demandeur d'emploi
spell-study = des études
spell-study-has = est étudiant
spell-study-has-not = n'est pas étudiant
spell-retirement = une retraite
spell-retirement-has = est retraité
spell-retirement-has-not = n'est pas retraité
spell-circumstance = une circonstance
spell-circumstance-has = a une circonstance
spell-circumstance-has-not = n'a pas de circonstance
spell-enterprise = une période d'activité de l'entreprise
spell-enterprise-has = est une entreprise en activité
spell-enterprise-has-not = n'est pas une entreprise en activité

like-place = lieu : { $place }
like-sector-private = secteur privé
like-sector-public = secteur public
like-activity-main = à titre principal
like-activity-side = à titre complémentaire
like-size-small = petite entreprise
like-size-medium = moyenne entreprise
like-size-large = grande entreprise
like-contributes = cotise
like-contributes-not = ne cotise pas
like-benefit = avec allocation
like-benefit-not = sans allocation
like-name-arduous-work = pénibilité du travail
like-name-asylum-material-help = aide matérielle aux demandeurs d'asile
like-name-cao-metalektro = convention collective Metalektro
like-name-career-break-training = interruption de carrière pour formation
like-name-citizen = citoyen du pays
like-name-civil-service-category-c = fonctionnaire de catégorie C
like-name-co-funding = cofinancement
like-name-continued-course = formation poursuivie
like-name-detention = détention
like-name-development-plan = plan de développement
like-name-disability-66 = incapacité d'au moins 66 %
like-name-edusprong-place = place dans Edusprong
like-name-employer-10-to-19 = employeur de 10 à 19 travailleurs
like-name-employer-20-or-more = employeur d'au moins 20 travailleurs
like-name-integration-contract = contrat d'intégration
like-name-living-wage = revenu d'intégration
like-name-low-income = faible revenu
like-name-medium-enterprise = moyenne entreprise
like-name-one-person-enterprise = entreprise individuelle
like-name-parental-leave = congé parental
like-name-pilot-participant = participant à un projet pilote
like-name-priority-group = groupe prioritaire
like-name-recognised-training-path = parcours de formation reconnu
like-name-resignation = démission
like-name-sector-training-minimum = minimum sectoriel de formation
like-name-single = personne seule
like-name-small-enterprise = petite entreprise
like-name-voorsprongfonds-place = place dans le Voorsprongfonds
like-name-work-injury = accident du travail ou maladie professionnelle

asked-exists-on = { $what } { $when }
asked-exists-in = { $what } à un moment donné dans { $when }
asked-share-in = la plus haute fraction d'un temps plein pour { $what } dans { $when }
asked-share-over = la fraction moyenne d'un temps plein pour { $what } sur { $when }
asked-weekly-in = la durée hebdomadaire pour { $what } dans { $when }
asked-months-in = le nombre de mois avec { $what } dans { $when }
asked-days-in = le nombre de jours avec { $what } dans { $when }
asked-days-before = le nombre de jours avec { $what } avant { $when }

call-level-below = a une qualification inférieure au niveau { $a } { $b }
call-level-below-not = n'a pas de qualification inférieure au niveau { $a } { $b }
call-level-from = a une qualification de niveau { $a } ou plus { $b }
call-level-from-not = n'a pas de qualification de niveau { $a } ou plus { $b }
call-age-from = a { $a } ans ou plus { $b }
call-age-from-not = n'a pas { $a } ans ou plus { $b }, pour autant qu'on sache
call-deceased = est décédée avant { $a }
call-deceased-not = n'est pas décédée avant { $a }
call-lives-in = a son domicile ({ $a }) { $b }
call-lives-in-not = n'a pas son domicile ({ $a }) { $b }
call-course-month = le mois où commence la première formation demandée dans { $a }
call-asked-in = le nombre de demandes antérieures dans { $a }
call-completed-in = le nombre de demandes antérieures dans { $a } qui ont abouti
call-credits-in = les crédits des formations demandées auparavant dans { $a }
call-taken-in = ce qui a été réservé ou utilisé dans { $a }
call-paid-in = ce qui est payé pour les cours antérieurs du même parcours qui débutent dans { $a }
call-times-in = le nombre de demandes antérieures du même cours dans { $a }
call-working-days = le nombre de jours ouvrés après { $a }, jusqu'à { $b }
call-months-after = { $b } mois après { $a }
call-days-after = { $b ->
    [1] 1 jour
   *[other] { $b } jours
} après { $a }
call-last-months = { $a ->
    [1] le mois
   *[other] les { $a } mois
} avant { $b }
call-year-end = le dernier jour de l'année ({ $a })
call-school-year-end = le dernier jour de l'année scolaire de { $a }
call-min = le minimum entre { $all }
call-max = le maximum entre { $all }
call-month = le mois de { $a } de l'année où commence la période

name-day = le jour considéré
name-period = la période
name-course-starts = le début de la formation
name-course-minutes = la durée de la formation
name-course-credits = le nombre de crédits de la formation
name-course-price = le prix de la formation
name-course-kind = le type de formation
name-course-hours = les heures de la formation
name-quantity = ce qui est demandé
name-withdrawn = la formation est abandonnée
name-attended = la part suivie
name-exam = l'examen
name-asked-on = le jour de la demande
name-struck-on = le jour de sa radiation
name-taken = ce qui a été pris pour elle
name-paid = ce que l'apprenant a payé
name-topped-up = ce que le financeur ajoute
name-balance = le solde
name-growth = la hausse, en proportion de ce que c'était

is = { $one } vaut { $other }
is-not = { $one } ne vaut pas { $other }
is-below = { $one } vaut moins que { $other }
is-before = { $one } tombe avant { $other }
is-at-most = { $one } vaut au plus { $other }
is-by = { $one } tombe au plus tard { $other }
is-above = { $one } vaut plus que { $other }
is-after = { $one } tombe après { $other }
is-at-least = { $one } vaut au moins { $other }
is-from = { $one } tombe au plus tôt { $other }
plus = { $one } plus { $other }
minus = { $one } moins { $other }
times = { $one } fois { $other }
divided = { $one } divisé par { $other }
negative = moins { $what }
denied = pas { $what }
not-so = le contraire de : { $what }
if-else = { $then } si { $test }, sinon { $other }
has = a { $what }
has-not = n'a pas { $what }
always = toujours
never = jamais
