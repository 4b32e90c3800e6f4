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
text-it-is-carried-over-to-the-account-that-this-one-is-merged-into = repris dans le compte avec lequel celui-ci est fusionné
text-the-account-that-it-was-given-in-is-no-longer-merged-into-this-one = le compte dans lequel cela a été donné n'est plus fusionné avec celui-ci
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
log-key = l'arbre publié est signé avec la clé { $key }, à partir d'un arbre de { $since } feuilles
log-key-instead = l'arbre publié est signé avec la clé { $key }, à partir d'un arbre de { $since } feuilles, au lieu de { $old }
master-key = le coffre des identités ferme les clés des personnes avec la clé maîtresse { $key }
settings-changed = { $command } a commencé en version { $version } avec { $told }
settings-as-before = les mêmes paramètres
states-repaired = des lignes qui n'étaient pas ce que dit le journal ont été réécrites : { $rows }
projection-rebuilt = le modèle de lecture { $projection } a été refait, jusqu'à la position { $position }
records-replayed = des messages mis de côté ont été retentés et sont traités : { $records }
decided-anew = tout a été décidé à nouveau jusqu'au { $until }, pour tous
act-because = { $act } : { $because }
account-erased = le compte a été effacé : { $because }
mandate-given = mandat { $mandate } : { $helper } peut { $actions } pour { $schemes }, { $span }
mandate-ended = mandat { $mandate } terminé : { $reason }
may-read = consulter
may-authorize = autoriser un prestataire
may-reserve = réserver
may-use = utiliser
may-transfer = transférer
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
text-of-then = Elle appartient au texte qui a décidé alors, { $digest } ; un autre est ici en usage ({ $loaded })
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
known-then = à la date du { $day }, selon ce qui était connu le { $moment }
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

## Pourquoi le registre refuse : l'anglais est ce que le domaine écrit, et fait trouver les deux autres

text-withdrawn = abandonnée
text-completed = terminée
holder-person = une personne
holder-enterprise = une entreprise
refused-unknown-scheme = il n'y a pas de dispositif { $scheme } ; connus : { $known }
refused-wrong-holder = les droits de { $scheme } sont sur le compte d'{ $holder } ; celui-ci est le compte d'{ $other }
refused-wrong-unit = { $scheme } se compte en { $unit }, pas en { $other }
refused-nothing = une quantité est un nombre entier supérieur à 0, pas { $quantity }
refused-capture = { $asked } ne peuvent pas être confirmés ; { $held } sont réservés
refused-reverse = { $asked } ne peuvent pas être annulés ; { $held } sont utilisés
refused-too-little = { $asked } ne donne rien dans { $scheme } ; convertissez davantage
refused-not-enough = { $asked } demandés, { $held } disponibles le { $day }
refused-beyond-course = { $asked } demandés ; { $course } apporte { $worth } de { $scheme }, dont il reste { $left }
refused-before = { $scheme } n'a pas de règles avant le { $since }, donc pas non plus le { $day }
refused-shared = { $otherwise } (il reste { $left } de { $key })
refused-struck = { $course } ne figure pas au registre de { $scheme } le { $starts }, jour de son début ; elle y figurait jusqu'au { $struck }
refused-no-reservation = il n'y a pas de réservation ouverte { $id } sur ce compte
refused-behind = une demande antérieure sur { $what } attend ; celle-ci vient après
refused-no-use = il n'y a pas d'usage { $id } à annuler sur ce compte
refused-holds-nothing = il n'y a sur ce compte ni réservation ni usage { $id } qui contienne encore quelque chose
refused-ended = la fin de { $id } a déjà été communiquée : { $ended } ; annulez ce qui est faux
refused-no-endings = { $scheme } n'a pas de règle sur la fin d'une formation ; libérez ou annulez ce qui a été pris
refused-attended = { $scheme } demande quelle part de la formation a été suivie : indiquez-la, de 0 à 1
refused-transfer-taken = { $id } désigne déjà une conversion ici
refused-taken = { $id } désigne déjà une réservation ou un usage ici
refused-convert = aucune règle de { $scheme } ne permet une conversion en { $target } le { $day }
refused-not-frozen = { $scheme } n'est pas gelé sur ce compte
refused-not-frozen-all = l'ensemble des dispositifs n'est pas gelé sur ce compte
refused-contradiction = la version { $version } de ce fait disait autre chose auparavant ; une correction demande une version supérieure à { $known }
refused-other-holder = ceci ne peut se dire que d'{ $holder }, et le compte a des faits d'un autre type de titulaire : communiquez-le pour un autre compte, ou faites annuler ces faits
refused-future = le { $day } n'est pas encore venu ; nous sommes le { $today }
refused-no-person = le compte { $account } n'est celui d'aucune personne et n'a pas de droits ; indiquez celui d'une personne
refused-no-place = { $asked } est réservé au compte { $place }, pas à { $account }
refused-digest = { $digest } désigne un autre contenu, de { $scheme }, publié auparavant ; modifiez un texte du dispositif pour qu'il ait sa propre empreinte
refused-drop-why = un message n'est abandonné que pour une raison ; dites pourquoi
refused-gap-why = une lacune n'est acceptée que pour une raison ; dites pourquoi
refused-repair-why = des lignes ne sont réparées que pour une raison ; dites pourquoi
refused-erase-why = un compte n'est effacé que pour une raison ; dites pourquoi
refused-no-gap = il ne manque rien dans { $partition } : { $until } ne vient pas après { $since }
refused-erased = ce compte a été effacé le { $day } ; plus rien n'y est admis
refused-mandate-taken = { $id } désigne déjà ici un autre mandat, ou un mandat terminé : donnez à celui-ci un identifiant propre
refused-helper-gives-courses = { $organisation } donne des formations, et qui les suit ne peut pas être aidé par elle ; donnez un code pour chaque usage
refused-too-many-mandates = ce compte a { $limit } mandats qui ne sont pas terminés ; terminez-en d'abord un
refused-no-mandate = il n'y a pas de mandat { $id } dans ce compte
refused-not-mandated = le mandat { $id } ne permet pas cela à son aidant le { $day } ; son titulaire le peut
refused-other-content = l'identifiant { $id } a déjà servi pour un autre contenu ; un nouveau contenu demande un nouvel identifiant

## Pourquoi l'API refuse

api-issues = { $count ->
    [1] une partie de la demande est incorrecte : voir issues
   *[other] { $count } parties de la demande sont incorrectes : voir issues
}
api-too-large = le corps d'une demande a au plus { $limit } octets
api-too-slow = une demande doit arriver en { $seconds } s
api-long-headers = les en-têtes d'une demande ont ensemble au plus { $limit } octets
api-no-request = ceci n'est pas une demande de HTTP/1.1
api-media = un corps est en JSON et en UTF-8 : `Content-Type: application/json`
api-media-other = un corps est en { $right }, pas en { $wrong }
api-media-none = un corps est en { $right } : dites-le dans `Content-Type`
api-not-acceptable = les réponses sont en JSON : `Accept: application/json`
api-twice = est présent plus d'une fois ; envoyez-le une fois
api-defect = c'est une erreur de notre part ; le journal la connaît sous BelGov-Trace-Id
api-method = { $method } n'est pas possible ici ; { $takes } l'est
api-unreadable = cela ne peut pas être lu : envoyez du JSON en UTF-8
api-no-path = il n'y a rien à ce chemin
api-away = le registre n'est pas joignable maintenant ; rien n'a été fait
api-unknown-done = le registre ne répond pas maintenant ; on ne sait pas si cela a été fait : renvoyez la même demande, avec la même clé
api-unrecorded = l'accès ne peut pas être consigné maintenant, et sans cela il n'y a pas de réponse
api-scope = il manque au jeton { $scopes }
api-no-token = envoyez un jeton : `Authorization: Bearer ...`
api-no-bearer = ceci n'est pas un jeton `Bearer`
api-token-expired = le jeton a expiré : demandez-en un nouveau
api-token-wrong = le jeton n'est pas bon : { $error }
api-no-issuer = les jetons ne peuvent pas être vérifiés maintenant : leur émetteur ne répond pas
api-client-long = le nom d'une application a au plus { $limit } caractères
api-too-many = une application a { $quota } demandes par { $window } s : attendez { $wait } s
api-too-many-strangers = { $quota } demandes sans jeton valable peuvent venir d'une adresse par { $window } s : attendez { $wait } s
api-text-unreadable = les règles d'alors ne se lisent pas ici : cette version de Rugzak ne lit pas le texte de { $scheme } alors en usage, d'empreinte { $digest }, publié le { $day } ; interrogez un autre instant, ou demandez à l'exploitant la version d'alors
api-not-yet = la position { $asked } n'est pas encore traitée, seulement { $position } : redemandez
api-no-account = il n'y a pas de tel compte, ou vous ne pouvez pas le voir
rule-of-another-text = La règle { $rule } a décidé ; elle appartient à un autre texte du dispositif que celui qui décide maintenant, et n'est pas racontée ici.
api-no-lot = il n'y a pas de tel droit sur ce compte le { $day }
api-no-reservation = il n'y a pas de telle réservation sur ce compte
api-no-scheme = il n'y a pas de dispositif { $scheme }
api-no-scheme-near = il n'y a pas de dispositif { $scheme } ; vouliez-vous dire { $near } ?
api-no-parameters = cette question n'a pas de paramètres
api-past = un jour passé se demande compte par compte ; nous sommes le { $today }
api-too-far = un jour est au plus { $months } mois à l'avance : { $last }
api-enterprise-if = une entreprise n'a pas de statut : ne l'indiquez pas
api-cursor = ce n'est pas un curseur de chez nous : suivez tel quel le lien `next` d'une page
api-under-way = la première demande avec cette Idempotency-Key est encore en cours : redemandez
api-key-reused = cette Idempotency-Key est déjà venue avec une autre demande ; une nouvelle demande a besoin d'une nouvelle clé
api-other-provider = rugzak_provider dans le jeton n'est pas le prestataire de la formation : encaissez pour vous-même
api-too-many-codes = { $limit } codes en une minute n'ont pas fonctionné ; réessayez à la minute suivante
api-code = il n'y a pas de tel code pour cette formation, ce prestataire, cette quantité et cette unité ; ou il a servi, ou il a expiré
api-no-redemption = il n'y a pas de tel encaissement, ou il n'est pas de votre prestataire
api-withheld = les règles ne le permettent pas ; le titulaire voit pourquoi
if-share = une part s'écrit 1, 0.8 ou 4/5
if-full-time = une part est au plus un temps plein, 1
if-enterprise = une entreprise se désigne par sa référence, un UUID
if-says-nothing = { $name } ne dit rien ici
if-status = écrivez status=..., l'un de { $statuses }

## Ce qui ne va pas dans une partie d'une demande

wrong-missing = manque ; c'est nécessaire
wrong-extra-forbidden = n'est pas connu ici : ne l'envoyez pas
wrong-written = s'écrit comme { $like }
wrong-string-type = doit être un texte
wrong-string-too-short = doit avoir au moins { $min_length } caractères
wrong-string-too-long = doit avoir au plus { $max_length } caractères
wrong-string-pattern-mismatch = doit correspondre au motif { $pattern }
wrong-string-unicode = doit être un texte en Unicode
wrong-int-type = doit être un nombre entier
wrong-int-parsing = doit être un nombre entier
wrong-int-parsing-size = doit être un nombre entier avec moins de chiffres
wrong-int-from-float = doit être un nombre entier
wrong-float-type = doit être un nombre
wrong-float-parsing = doit être un nombre
wrong-finite-number = doit être un nombre fini
wrong-decimal-type = doit être un nombre
wrong-decimal-parsing = doit être un nombre
wrong-bool-type = doit être true ou false
wrong-bool-parsing = doit être true ou false
wrong-greater-than-equal = doit être au moins { $ge }
wrong-greater-than = doit être supérieur à { $gt }
wrong-less-than-equal = doit être au plus { $le }
wrong-less-than = doit être inférieur à { $lt }
wrong-too-short = doit avoir au moins { $min_length } éléments
wrong-too-long = doit avoir au plus { $max_length } éléments
wrong-list-type = doit être une liste
wrong-tuple-type = doit être une liste
wrong-dict-type = doit être un objet
wrong-model-type = doit être un objet
wrong-model-attributes-type = doit être un objet
wrong-literal-error = doit être l'un de { $expected }
wrong-enum = doit être l'un de { $expected }
wrong-date-type = doit être un jour, comme 2025-09-01
wrong-date-parsing = doit être un jour qui existe, comme 2025-09-01
wrong-date-from-datetime-parsing = doit être un jour qui existe, comme 2025-09-01
wrong-date-from-datetime-inexact = doit être un jour sans heure, comme 2025-09-01
wrong-datetime-type = doit être un instant, comme 2021-11-15T09:30:00+01:00
wrong-datetime-parsing = doit être un instant qui existe, comme 2021-11-15T09:30:00+01:00
wrong-datetime-from-date-parsing = doit être un instant qui existe, comme 2021-11-15T09:30:00+01:00
wrong-timezone-aware = doit avoir l'écart avec UTC, comme +01:00
wrong-uuid-type = doit être un UUID
wrong-uuid-parsing = doit être un UUID
wrong-json-invalid = n'est pas du JSON
wrong-invalid-json = n'est pas du JSON
wrong-invalid-utf8 = n'est pas en UTF-8
wrong-duplicate-key = a une clé qui s'y trouve deux fois
wrong-not-a-number = a un nombre que JSON ne connaît pas
wrong-too-deep = est imbriqué trop profondément
wrong-forbidden-character = un texte a un NUL ou la moitié d'une paire de substitution, qu'aucune base de données ne peut garder
wrong-value = n'est pas comme le document de l'API le décrit
text-this-is-a-national-number-a-key-is-of-your-own-making = c'est un numéro de registre national ; une clé est de votre propre fabrication
text-this-looks-like-a-national-number-the-subject-belongs-in-the-body-as-an-opaque-id = ceci ressemble à un numéro de registre national ; la personne concernée se désigne dans le corps, par une référence

## Un rapport aux auditeurs

report-title = Rapport d'audit
report-ledger = Rugzak, registre des droits à la formation
report-whole = tout le registre
report-made = Établi à partir du registre jusqu'à l'événement { $position }, enregistré le { $moment }.
report-empty = Le registre ne contient aucun événement.
report-not-over = La période n'était pas encore terminée : ses chiffres peuvent encore évoluer.
report-findings = Constats
report-verdict = { $count ->
    [0] Aucune anomalie n'a été constatée.
    [one] { $count } anomalie a été constatée.
   *[other] { $count } anomalies ont été constatées.
}
report-checks = Ce qui a été vérifié, et le résultat
report-check = Contrôle
report-outcome = Résultat
report-well = Correct
report-unchecked = Non vérifié : aucun arbre n'est publié ici pour y comparer le registre.
report-left-out = Non vérifié : le rapport devait être rapide (--quick) ; `rugzak audit verify` le vérifie.
report-stopped = Il y a tant de fautes que l'examen n'est pas allé jusqu'au bout ; `rugzak audit verify --all` continue.
report-more = et { $count } de plus, que dit `rugzak audit verify --all`
check-sums = Dans chaque dispositif et unité, la somme de tous les comptes est nulle
check-balances = Les soldes que l'office consulte correspondent à la somme du registre
check-tree = Le registre est bien celui qui a été signé et publié
check-receipts = Les reçus des commandes disent ce que dit le registre
check-regulations = Les textes des réglementations sont ceux qui ont été publiés, ici et dans le registre
check-states = Les lignes d'état, et ce qui est pris des limites partagées, découlent du registre
check-models = Les modèles de lecture disent ce que dit le registre, jusqu'où va chacun
report-imbalance = { $scheme } : { $column } : tous les comptes ensemble font { $amount } au lieu de zéro.
report-difference = { $scheme } : sur « { $account } », { $log } selon le registre, { $balances } selon les soldes.
report-balance = Balance générale
report-balance-read = Le solde final est le solde initial plus le débit moins le crédit. Le débit est positif et le crédit négatif : les droits viennent du dispositif, dont le compte est donc négatif. Les jours sont ceux de l'enregistrement : une période terminée ne change donc plus.
report-account = Compte
report-opening = Solde initial
report-debits = Débit
report-credits = Crédit
report-movement = Débit moins crédit
report-closing = Solde final
report-total = Total
report-nothing = Aucun mouvement dans cette période.
report-accounts = Ce que contient chaque compte
book-pool = Dispositif
book-available = Disponible
book-reserved = Réservé
book-used = Utilisé
book-expired = Perdu
book-withdrawn = Retiré
book-transferred-in = Transféré, entrant
book-transferred-out = Transféré, sortant
book-shortfall = Dépassement
book-beyond-due = Au-delà du droit
book-merged = Fusionné
book-means-pool = Le dispositif, source des droits : ce qu'il a octroyé figure à son crédit.
book-means-available = Ce qui peut encore être réservé, utilisé ou transféré, hors suspensions et délais.
book-means-reserved = Ce qui est retenu pour des formations qui ne sont pas encore confirmées ou libérées.
book-means-used = Ce qui a été utilisé chez des prestataires reconnus, moins ce qui a été annulé.
book-means-expired = Ce qui a été perdu, moins ce qui a été rétabli ou retiré ensuite.
book-means-withdrawn = Ce que des corrections ont repris, parce que ce n'était finalement pas dû.
book-means-transferred-in = La source de ce qui provient d'autres droits : elle figure au crédit.
book-means-transferred-out = Ce qui est parti vers d'autres droits, dans l'unité du droit quitté.
book-means-shortfall = Ce qui devrait être retiré et ne peut pas l'être : c'est déjà utilisé ou réservé.
book-means-beyond-due = La contrepartie du dépassement : ce qui, dans l'utilisé ou le réservé, n'est pas dû.
book-means-merged = Ce qui a quitté les livres parce que le compte a été fusionné, et figure dans un autre ; pour chaque droit, la somme est nulle.
report-activity = Octrois, utilisations et pertes
report-activity-read = Par jour d'enregistrement, moins ce qui a été repris ce jour-là ; chaque graphique a sa propre échelle, dont la valeur la plus haute figure à droite. Les totaux sont ceux de la balance : crédit moins débit du dispositif, débit moins crédit de l'utilisé et du perdu.
flow-granted = Octroyé
flow-used = Utilisé
flow-expired = Perdu
report-chart = { $scheme } : octroyé, utilisé et perdu au fil du temps
report-chart-desc = Au total, octroyé : { $granted } ; utilisé : { $used } ; perdu : { $expired }. Le tableau qui suit donne chaque chiffre.
report-recorded = Enregistré { $step ->
    [day] chaque jour
    [week] chaque semaine, d'après son premier jour
    [month] chaque mois
   *[year] chaque année
} ; ce qui est vide est omis
report-days = Jours
report-samples = Échantillon expliqué
report-samples-read = { $drawn ->
    [one] { $drawn } écriture a été tirée
   *[other] { $drawn } écritures ont été tirées
} parmi les { $population } de la période : pour chaque dispositif en proportion de ses écritures, au moins une. Chacune est expliquée par ce qui était connu lors de son enregistrement.
report-seed = La graine qui permet de refaire le tirage :
report-scheme = Dispositif
report-holder = De
report-recorded-at = Enregistré
report-effective = Avec effet au
report-kind = Événement
report-command = Commande
report-actor = Demandé par
report-rule = Règle
report-erased = Le compte a été effacé : plus rien n'en est dit.
report-coverage = Ce qui est couvert
report-coverage-read = Les instants sont en UTC
report-in-period = La période
report-in-log = Tout le registre
report-events = Événements
report-entries = Écritures du journal
report-first = Premier événement
report-last = Dernier événement
report-compared = Soldes comparés jusqu'à
report-event = événement { $position }
report-count = { $count }
report-texts = Réglementations
report-texts-read = Chaque texte selon lequel des droits pouvaient être décidés un jour de la période, tel que le registre le conserve, avec le SHA-256 de son contenu.
report-no-text = Le registre ne contient aucune réglementation pour cette période.
report-texts-count = { $count ->
    [one] { $count } texte
   *[other] { $count } textes
}
report-published = Publié
report-by = par { $by }
report-replaced = Remplacé :
report-digest = SHA-256
report-verify = Comment vérifier cette page
report-checkpoint = Ce point de contrôle a été signé. Comparez-le à celui des témoins : qui détient le même a vu le même registre.
report-checkpoint-label = Point de contrôle signé
report-no-checkpoint = Aucun point de contrôle signé n'a été fourni : cette page seule ne montre pas que le registre n'a jamais été modifié.
report-commands = Qui a accès au registre vérifie chaque partie avec ces commandes. Le code de sortie est 1 si quelque chose est incorrect.
report-by-totals = La balance, en plus petites unités
report-by-sample = Les mêmes écritures, tirées à nouveau
report-by-again = Cette page à nouveau ; d'un même registre, identique à l'octet près
report-by-replay = Chaque état et modèle de lecture, reconstruit à partir du registre
report-by-export = Le registre et ses livres, pour vos propres outils
report-by-recompute = Les soldes de cet export, par une seconde implémentation
report-by-verify = Le registre face à l'arbre publié, avec la clé publique obtenue par ailleurs
report-by-prove = Une preuve que la première écriture de l'échantillon figure dans l'arbre
report-by-receipt = Cette preuve, vérifiée sans le registre
report-personal = Les comptes sont des références opaques ; l'identité se trouve ailleurs. Ce que des sources ont dit de personnes figure dans les explications : conservez cette page comme des données personnelles.

## Ce que dit `audit verify`

found-payload = un événement n'est pas celui qui a été publié
found-name = un événement porte un autre nom que celui qui a été publié
found-version = un événement porte une autre version que celle qui a été publiée
found-account = un événement se trouve sur un autre compte que celui qui a été publié
found-order = un événement se trouve à une autre place que celle qui a été publiée
found-missing = des événements ont disparu
found-tail = des événements à la fin du registre ont disparu
found-inserted = un événement se trouve là où aucun n'a été publié
found-other-past = une copie plus ancienne du registre a été poursuivie
found-key = la clé d'un compte a été changée ou a disparu
found-entry = des feuilles de l'arbre ne sont pas celles qui ont été signées
found-tile = une tuile de l'arbre n'est pas celle qui a été signée
found-tree = les feuilles ne forment pas l'arbre qui a été signé
found-tree-missing = un arbre a été signé, et il a disparu de son dossier
found-checkpoint = le dernier point de contrôle a disparu, ou un arbre plus grand a été signé
found-signature = une signature n'est pas d'une clé du registre
found-fork = deux arbres de la même taille ont été signés
found-witness = un témoin ne peut pas être interrogé, ou n'a rien d'un arbre
found-receipt = un reçu ne dit pas ce que dit le registre, ou n'est pas celui qui a été publié
found-receipt-missing = un reçu a disparu
found-receipt-inserted = un reçu dit ce que ne dit aucun événement
found-regulation = un texte d'une réglementation n'est pas celui qui a été publié
found-state = une ligne d'état n'est pas ce que dit le registre
found-state-missing = une ligne d'état a disparu
found-state-inserted = une ligne d'état n'est d'aucun compte
found-shared = ce qui est pris d'une limite partagée n'est pas ce que dit le registre
found-model = une ligne d'un modèle de lecture n'est pas ce que dit le registre
found-model-missing = une ligne d'un modèle de lecture a disparu
found-model-inserted = une ligne d'un modèle de lecture n'est de rien dans le registre
found-log = des événements d'un compte ne se lisent pas dans leur ordre
verify-wrong = FAUX
verify-place = position { $position }
verify-row = { $key } dans { $table }
verify-of = compte { $account }
verify-right = c'était juste au point de contrôle de { $size } feuilles ({ $where })
verify-between = le registre a ce qui est juste depuis la position { $position }, entre les points de contrôle de { $after } et { $size } feuilles ({ $where })
verify-before = le registre a ce qui est juste depuis la position { $position }, avant le point de contrôle de { $size } feuilles ({ $where })
verify-held = { $events } événements ont été confrontés à l'arbre de { $size } feuilles
verify-held-since = { $events } événements à partir de la feuille { $since } ont été confrontés à l'arbre de { $size } feuilles
verify-destroyed = de { $count } la clé a été détruite : on ne peut plus les lire
verify-waiting = { $count } événements ne sont pas encore dans l'arbre
verify-beside = { $accounts } comptes avec { $events } événements : reçus, lignes d'état, modèles de lecture ; et { $receipts } reçus pour eux-mêmes
verify-receipts = l'arbre des reçus a { $size } feuilles ; { $waiting } reçus n'y sont pas encore
verify-no-receipts = il n'y a pas encore d'arbre des reçus : le prochain point de contrôle le fera
verify-behind = { $model } est en retard de { $count ->
    [one] une position
   *[other] { $count } positions
} : il a été comparé jusque-là
verify-not-made = { $model } n'a pas été comparé : il n'est pas encore fait
verify-other-version = { $model } n'a pas été comparé : une autre version du programme l'a fait ; `rugzak projections rebuild`
verify-stopped = arrêté là ; --all va jusqu'au bout
verify-well = rien n'a été changé ; la prochaine fois, --since { $size } suffit

## Les détails de ce qu'une vérification a trouvé

detail-row = { $name }, version { $version } de { $account }
detail-unpublished-row = la position { $position } n'a jamais été publiée : { $row }
detail-other-past = à partir de { $place }, rien n'est ce qui a été publié ({ $count }) : une copie plus ancienne du registre a été poursuivie
detail-moved = l'événement de la position { $position } a été mis à la position { $other } : { $row }
detail-key-changed = aucun événement de { $account } n'est ce qui a été publié ({ $count }) : sa clé a été changée
detail-account = l'événement à la position { $position } est de { $owner }, et se trouve chez { $account }
detail-payload = le contenu à la position { $position } a été changé : { $row }
detail-order = l'événement de la position { $position } se trouve à { $other }, et à sa place { $row }
detail-name = la position { $position } était un { $name }, et s'appelle { $other }
detail-version = la position { $position } était la version { $version } de { $account }, et est la version { $other }
detail-tail = le registre se termine trop tôt : à la fin ont disparu : { $count }, { $places }
detail-missing = disparus : { $count }, { $places }
detail-event-and-entry = l'événement à la position { $position } et sa feuille ont été changés : { $row }
detail-no-leaf = une feuille est une ligne avec un engagement et une position : { $written }
detail-key-again = { $account } a de nouveau une clé qui avait été détruite
detail-key-gone = la clé de { $account } a disparu, et personne n'a effacé le compte
detail-bundle-cut = un lot se termine au milieu d'une feuille
detail-bundle-long = un lot a { $count } feuilles, et peut en avoir { $most }
detail-bundle-other = { $file } a { $count } feuilles, et non { $width }
detail-file-short = { $file } manque ou est trop court
detail-tile = { $file } n'est pas au-dessus de ses tuiles
detail-leaf = dans { $file }, la feuille { $leaf } n'est pas celle qui a été signée
detail-tree = les feuilles ne forment pas l'arbre de { $size } feuilles qui a été signé ({ $where }) ; jusqu'à la feuille { $leaf }, si
detail-fork = deux arbres de { $size } feuilles ont été signés : { $where } en a un autre que { $other }
detail-no-checkpoint = l'arbre n'a aucun point de contrôle signé par une de ses clés
detail-no-checkpoint-of-it = l'arbre n'a aucun point de contrôle signé par une de ses clés ; un de { $size } feuilles a été signé ({ $where })
detail-tree-gone = { $folder } n'a pas d'arbre publié, et un de { $size } feuilles a été signé ({ $where })
detail-checkpoint-gone = le dernier point de contrôle a disparu ; { $where } est le dernier qui reste
detail-checkpoint-older = un arbre de { $size } feuilles a été signé ({ $where }), et le plus récent ici est de { $newest }
detail-witness = { $where } ne peut être interrogé : { $wrong }
detail-note-bytes = une note signée est un texte en UTF-8
detail-note-form = une note signée se compose de lignes de texte, d'une ligne vide et de lignes de signatures
detail-note-signatures = une note a au plus { $most } signatures
detail-no-signature = aucune signature ne s'écrit ainsi : { $written }
detail-checkpoint-form = un point de contrôle a trois lignes : l'origine, la taille et la racine en base64
detail-signature = la signature de { $key } n'est pas de ce texte
detail-other-signer = aucune clé du registre ne l'a signé ; il nomme { $names }
detail-other-log = il est d'un autre registre : { $origin }
detail-other-key = un arbre de { $size } feuilles se signe avec { $key }
detail-no-key = aucune clé publique Ed25519 ne s'écrit ainsi : { $written }
detail-new-key-form = une nouvelle clé s'annonce en trois lignes : { $written }
detail-key-unsigned = la clé { $key } n'est pas signée par la précédente
detail-key-other = la clé { $key } est d'un autre registre, ou n'est pas dans l'ordre
detail-other-keys = ce ne sont pas celles du registre
detail-keys-of = les clés de { $folder } : { $wrong }
detail-keys-begin = les clés de { $folder } ne commencent pas par celles de { $trusted }
detail-no-tree = { $folder } n'a pas d'arbre publié : `rugzak audit checkpoint`
detail-not-signed = aucun arbre de { $size } feuilles n'a été signé ; les derniers : { $sizes }
detail-of-receipts = dans l'arbre des reçus : { $found }
detail-receipt-other = le reçu de { $command } n'est pas celui qui a été publié ; son numéro est { $number }
detail-receipt-unpublished = le reçu de { $command } n'a jamais été publié ; son numéro est { $number }
detail-receipt-gone = le reçu de { $command } a disparu, et ses événements sont là
detail-receipt-twice = le reçu de { $command } y est deux fois
detail-receipt-month = le reçu de { $command } est gardé avec ceux de { $month }, et a été enregistré le { $instant }
detail-receipt-no-event = le reçu de { $command } dit que son événement est à la position { $position }, et il n'y en a pas
detail-receipt-other-event = le reçu de { $command } dit que son événement est à la position { $position }, et celui-là est de { $other }
detail-receipt-unrefused = le reçu de { $command } dit un refus ({ $reason }), et aucun événement ne le dit
detail-receipt-led = le reçu de { $command } dit avoir mené à { $count } événements, sans dire où
detail-receipt-version = le reçu de { $command } dit que son compte était alors à la version { $version }, et il ne l'était pas
detail-tree-keyless = { $folder } a un arbre sans ses clés, et un de { $size } feuilles a été signé ({ $where })
detail-tree-keyed = { $folder } n'a pas d'arbre publié, et des comptes ont des clés pour un depuis { $since }
detail-witness-lacks = { $where } n'a aucun point de contrôle de { $origin }, et il y en a
detail-receipt-ended = le reçu de { $command } dit que son compte était à la version { $version }, qui a pris fin le { $instant }
detail-receipt-early = le reçu de { $command } a été enregistré le { $instant }, et celui qui l'a précédé le { $before }
detail-receipt-unnumbered = le reçu de { $command } n'a pas de numéro, et est venu depuis que les reçus en ont
detail-receipt-number = le reçu de { $command } porte le numéro { $number }, et { $last } est le dernier qui a été donné
detail-receipt-number-twice = le reçu de { $command } porte le numéro { $number }, et un autre aussi
detail-receipt-says = le reçu de { $command } : { $differences }
detail-regulation-digest = le texte de { $scheme } publié comme { $digest } est { $other }
detail-regulation-then = la position { $position } a été décidée par { $rule }, qui n'était pas publié alors
detail-regulation-here = le texte ici n'est pas celui en usage : { $difference }
detail-scheme-lacking = { $scheme } : { $digest } est publié ; ce dispositif n'est pas ici
detail-scheme-older = { $scheme } : { $digest } est plus ancien que { $last }, qui est publié
detail-scheme-other = { $scheme } : { $digest } n'est pas publié ; { $last } l'est
detail-scheme-unpublished = { $scheme } : { $digest } n'est pas publié
detail-no-state = il n'y a pas de ligne d'état
detail-state-version = la ligne d'état est à la version { $version }, le registre à { $right }
detail-state-unread = la ligne d'état ne se lit pas : { $wrong }
detail-state-due = la ligne d'état attend { $day }, les réglementations { $right }
detail-state-spelling = la ligne d'état s'écrit autrement que le registre
detail-state-differs = la ligne d'état diffère du registre en { $names }
detail-taken = { $count } en est pris, selon le registre { $right }
detail-no-version = le registre n'a pas de version { $version }
detail-before = la version { $version } a été enregistrée avant celle qu'elle suit
detail-unfolded = le registre ne donne aucun état : { $wrong }
detail-unread = { $event } : { $wrong } ; ce qui le suit jusqu'à { $until } n'a pas été examiné
detail-event-name = { $account }, version { $version } ({ $name })
detail-form = aucune forme enregistrée ne commence par { $written }
detail-damaged-long = endommagé : trop long une fois décompressé, ou de longueur inconnue
detail-damaged = endommagé : { $wrong }
detail-no-json = pas de JSON : { $wrong }
detail-no-payload = un contenu est un objet avec un événement
detail-no-name = aucun événement ne s'appelle { $name }
detail-model-row = { $table } : le registre dit { $expected }, la ligne { $found }
detail-registry-lacks = le modèle de lecture { $name } est là, et la table des modèles n'en a pas
detail-registry-ahead = { $name } dit avoir la position { $position }, et le registre se termine à { $head }
detail-about = { $about } : { $wrong }
detail-events = { $count ->
    [one] un événement
   *[other] { $count } événements
}
detail-receipts = { $count ->
    [one] un reçu
   *[other] { $count } reçus
}
detail-position = la position { $first }
detail-positions = positions { $first } à { $last }
detail-number = le numéro { $first }
detail-numbers = numéros { $first } à { $last }
detail-difference = { $name } y est { $value }, et selon le registre { $right }
detail-nothing = rien
