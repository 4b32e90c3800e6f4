# English. Every catalogue has the same messages with the same values; tests/cli/test_languages.py
# looks for what is missing. What a regulation says of itself stands in its own file, under `words`.

## Parts of sentences

also = { $one }; { $other }
and = and
or = or
item = { $name }: { $said }
quoted = '{ $what }'
day-of-year = { $day } { $month }
moment = { $day } { $time }
span = from { $since } to { $until }
span-open = from { $since }
value-yes = yes
value-no = no
value-none = none
measure-h = h
measure-hour = hour
measure-voucher = voucher
measure-vouchers = vouchers
rate = { $give } is { $get }
amount-of = { $amount } of { $lot }
every-scheme = every scheme
place-at-4 = at-4
place-be-bru = be-bru
place-be-vlg = be-vlg
place-be-wal = be-wal
place-gb-eng = gb-eng
place-gb-sct = gb-sct

january = January
february = February
march = March
april = April
may = May
june = June
july = July
august = August
september = September
october = October
november = November
december = December

measured-minute = hours
measured-cent = euros
measured-voucher = vouchers
rounded-nearest = rounded to the nearest { $unit }
rounded-up = rounded up to a whole { $unit }
rounded-down = rounded down to a whole { $unit }
rounded-nearest-to = rounded to the nearest { $amount }
rounded-up-to = rounded up to a multiple of { $amount }
rounded-down-to = rounded down to a multiple of { $amount }

## Texts that the domain stores, by their English form

text-amount = amount
text-room-under-the-cap = room under the cap
text-the-term-is-over = the term is over
text-the-person-has-died = the person has died
text-the-request-was-given-up = the request was given up
text-it-came-free-and-was-never-due = it came free, and was never due
text-the-funder-no-longer-gives-it = the funder no longer gives it
text-the-funder-s-deadline-is-over-what-is-left-goes-back-to-the-funder = the funder's deadline is over; what is left goes back to the funder
text-the-top-up-is-in-minutes = the top up is in minutes
text-the-top-up-is-in-cents = the top up is in cents
text-the-top-up-is-in-vouchers = the top up is in vouchers
text-the-top-up-is-in-sgd-cents = the top up is in sgd cents
text-the-top-up-is-in-gbp-pennies = the top up is in gbp pennies
text-what-had-closed-it-was-corrected = what had closed it was corrected
text-taken-in-an-account-that-was-merged-and-not-covered-by-what-is-due-to-both = taken in an account that was merged, and not covered by what is due to both
text-it-was-frozen-in-an-account-that-was-merged-into-this-one = it was frozen in an account that was merged into this one
text-the-account-that-it-was-taken-in-is-no-longer-merged-into-this-one = the account that it was taken in is no longer merged into this one
text-it-was-frozen-while-this-account-was-merged = it was frozen while this account was merged
text-it-was-unfrozen-while-this-account-was-merged = it was unfrozen while this account was merged
text-told-before-the-account-was-merged = told before the account was merged
text-it-was-given-back-while-this-account-was-merged = it was given back while this account was merged
text-it-is-carried-over-to-the-account-that-this-one-is-merged-into = it is carried over to the account that this one is merged into
text-the-account-that-it-was-given-in-is-no-longer-merged-into-this-one = the account that it was given in is no longer merged into this one
text-used-within-the-term-known-afterwards = used within the term, known afterwards
text-the-rest-was-not-used = the rest was not used
text-it-was-not-captured-in-time = it was not captured in time
text-the-course-starts-is-told = the start of the course is told
text-the-course-minutes-is-told = the contact time of the course is told
text-the-course-hours-is-told = the hours of the course are told
text-the-course-credits-is-told = the study points of the course are told
text-the-course-price-is-told = the price of the course is told
text-the-course-kind-is-told = the kind of the course is told
text-the-account-is-of-a-person = the account is of a person
text-the-account-is-of-an-enterprise = the account is of an enterprise
text-dimona-says-nothing-about-working-time-until-dmfa-settles-the-quarter-that-of-the-last-one-settled-for-the-job-or-else-full-time-38-hours-a-week = Dimona says nothing about working time: until DmfA settles the quarter, that of the last one settled for the job, or else full time, 38 hours a week

## Facts

employee = employee at { $employer }, { $sector }, in { $place }, { $share } of full time, { $weekly } a week
civil-servant = civil servant at { $employer }, { $share } of full time
jobseeker = jobseeker { $benefit }
self-employed = self-employed as { $activity }
self-employed-running = { $told }, running the enterprise { $enterprise }
student = student
inactive = not active
retired = retired
enterprise = { $size }, in business in { $place }
evidence-declared = declared
evidence-settled = settled
settles = all work there { $span }
time-assumed = assumed
born = born on { $day }
died = died on { $day }
sex-female = female
sex-male = male
sex-x = sex x
qualified = highest qualification: level { $level } since { $day }
lives = lives in { $place } { $span }
top-up = { $funder } adds { $amount } to { $scheme } as { $bucket }, usable { $span }
top-up-course = only for the course { $course }
top-up-kinds = only for courses of the kind { $kinds }

## Events

fact-annulled = the fact { $fact } never was
refused = request to { $asked } refused: { $detail }
restricted = { $scheme }: kept, no new use, because { $reason }
unrestricted = { $scheme }: can be used again, because { $reason }
published = { $scheme } decides by the text { $digest } from now on
record-dropped = the record { $record } was dropped: { $because }
gap-accepted = records from { $since } on are missing and were given up; it goes on at { $until }: { $because }
log-key = the published tree is signed with the key { $key }, from a tree of { $since } leaves on
log-key-instead = the published tree is signed with the key { $key }, from a tree of { $since } leaves on, instead of { $old }
master-key = the identity vault closes people's keys with the master key { $key }
settings-changed = { $command } began as version { $version } with { $told }
settings-as-before = the same settings
states-repaired = rows that were not what the log says were written anew: { $rows }
projection-rebuilt = the read model { $projection } was made anew, up to position { $position }
records-replayed = parked records were tried again, and are done: { $records }
decided-anew = everything up to { $until } was decided again, for everybody
act-because = { $act }: { $because }
account-erased = the account was erased: { $because }
mandate-given = mandate { $mandate }: { $helper } may { $actions } for { $schemes }, { $span }
mandate-ended = mandate { $mandate } ended: { $reason }
may-read = see what there is
may-authorize = authorize a provider
may-reserve = reserve
may-use = use
may-transfer = transfer
account-merged = the account was merged into { $account }: { $because }
account-unmerged = the account is no longer merged into { $account }: { $because }
account-joined = the account { $account } was merged into this one: { $because }
account-parted = the account { $account } is no longer merged into this one: { $because }
frozen = { $scheme } frozen: { $reason }
unfrozen = { $scheme } no longer frozen: { $reason }
granted = { $amount } granted, usable { $span }
withdrawn = { $amount } withdrawn: less is due than was granted
term-corrected = { $lot } is usable { $span }, and { $funder } pays
shortfall = { $amount } is used or held beyond what is due
shortfall-settled = { $amount } less beyond what is due
reserved = { $amount } reserved for { $course }
released = { $amount } given back: { $reason }
used = { $amount } used for { $course }
reversed = use of { $amount } undone: { $reason }
course-ended = course of { $course } { $how }: { $because }
completed = ended
given-up = given up
gives-back = { $amount } comes back
refunds = { $amount } is paid back to the learner
recovers = { $amount } is paid back to the funder
transferred = { $amount } converted into { $made }
transferred-back = { $amount } converted back into { $made }
expired = { $amount } lapsed: { $reason }
restored = { $amount } available again: { $reason }
course = { $course } at { $provider }, which starts on { $day }

## An explanation

title = { $name } ({ $scheme }) on { $day }, as known { $known }
known-now = now
known-at = at { $moment }
standing = On that day rights { $standing }: { $reason }.
standing-open = can be used
standing-keep = are kept, without new use
standing-freeze = are frozen
standing-lapse = are lost
standing-convert = are converted into another scheme
stop-frozen = An authority stopped their use from { $day } on: { $reason }.
no-period = There is nothing: no period of this scheme was open on that day.
ungiven = A top-up gives nothing: { $because }.
next-opens = The next period that can give rights opens on { $day }.
left-open = What the sources leave open, and what was taken:
sources = Sources:
figure-available = { $amount } available
figure-reserved = { $amount } reserved
figure-used = { $amount } used
figure-expired = { $amount } lapsed
figure-shortfall = { $amount } used or held beyond what is due
term = Its term runs { $span }; { $funder } pays.
lapsed = What was left lapsed on { $day }: { $reason }.
happened = What happened:
counting = counting from { $day }
because-fact = because: { $fact }; said by { $source }, known since { $day }
because-decided = because: { $what }; known since { $day }
because = because: { $reason }
assumed = assumed: { $text }
worked-out = worked out: { $steps }
not-met = not met: { $condition }
by-rule = by the rule { $rule } of text { $digest }, in force { $span } { $mark }
by-rule-always = by the rule { $rule } of text { $digest } { $mark }
by-rule-elsewhere = by the rule { $rule } of text { $digest }, which is not the one loaded here
due-later = { $amount } is due, but not granted yet: the clock has not reached it
due-nothing = nothing is due, because this does not hold: { $condition }
due-capped = nothing is due, because the balance is as high as the rule allows
assessed = { $lot }, for the period { $span }: { $why }.
other-text = The rule { $rule } decided. It is of another text of the regulation
other-text-find = than the one loaded here ({ $digest }), and not shown; find it by: { $command }
text-of-then = It is of the text that decided then, { $digest }; another one is in use here ({ $loaded })
other-text-published = It was published on { $day } by { $by } (event { $position } of the ledger)
conversion-rule = The rule { $rule }: { $rate }, { $rounding } { $mark }
as-above = The rule { $rule }, as above.
number = { $name } is { $amount } { $span } { $mark }

## A rule

rule = The rule { $rule }, for periods that begin { $span } { $mark }
rule-top-up = The rule { $rule }, for top-ups that begin { $span } { $mark }
rule-change = The rule { $rule }, each time that { $number } rises { $span } { $mark }
gives = gives { $amount }, { $rounding }, to whom all of this holds:
gives-everybody = gives { $amount }, { $rounding }, to everybody
where-is = where { $name } is { $said }
where-means = where { $name } means { $said }
due = due { $opening }, { $lasting }
until-balance = until the balance is { $amount }
opening-start = at the period's start
opening-first-eligible-day = on the first day of the period on which all of it holds
opening-after = on { $day } after the period
opening-asked = when it is asked for
opening-top-up = on the first day that its funder names
opening-change = on the day of the change
lasting-period = for the period
lasting-months = for { $count } months
lasting-open = without end
lasting-top-up = until its funder's deadline
lasting-until = until { $day }

## A scheme on a day

decree = { $name } ({ $scheme }) on { $day }, in { $unit }; { $funder } pays
version = text { $digest }, after { $mark }
held-by-enterprise = The rights are held by the enterprise; whoever runs it shares them.
held-by-one = held by the enterprise
nothing-granted = No period that begins on { $day } gives a right.
nothing-granted-why = No period that begins on { $day } gives a right: { $why }
use = To use it, all of this must hold:
use-condition = { $name }: { $said }; if not: { $otherwise }
taking = How it is taken:
taking-opens = it is asked for from { $day } on
taking-closes = it is asked for at the latest { $day }
taking-register = the course is in the register on its first day
taking-continued = a course that was struck from it can be continued before { $day }, by who asked for it before
taking-brings = a course brings at most { $amount }
taking-brings-first-day = a course brings at most { $amount }, with the numbers of its first day
taking-pays = the learner pays { $amount }
taking-held-months = a reservation that is not captured lapses after { $count } months
taking-held-days = a reservation that is not captured lapses after { $count } days
taking-order = it is taken from { $buckets }
then-from = then from
ordinary = the ordinary rights
taking-earmark = { $bucket } is only for this: { $said }
ending = When a course ends, the first of these counts:
ending-case = { $who }: { $said } ({ $because })
every-other-ending = every other ending
if = if { $said }
nothing-back = nothing comes back
shared = What all requests have together:
shared-limit = { $name }: at most { $counted } { $whose }, { $each }, for requests { $span } { $mark }; if not: { $otherwise }
shared-quantity = { $amount }
shared-requests = { $amount } requests
shared-people = { $amount } people
shared-everybody = in all
shared-course = for each course
shared-provider = at each provider
shared-round = in each round (they begin on { $rounds })
shared-calendar-year = in each calendar year
shared-school-year = in each school year
shared-once = once
portability = When the status changes, the first of these counts:
case = { $who }: rights { $standing } ({ $reason })
case-converted = { $who }: rights { $standing }; what is left { $conversion } ({ $reason })
everybody-else = everybody else
who = who { $said }
conversion = becomes a right of { $scheme }: { $rate }, { $rounding } { $mark }
at-end = What is left when its term ends { $conversion }
on-request = On request, { $span }, what is left { $conversion }
numbers = Numbers in force:

## Quotes and overviews

column-scheme = scheme
held-by = enterprise { $enterprise }
column-gives = gives
column-pays = you pay
column-until = ask until
column-from = from, or why not
column-usable = can be used
column-available = available
column-lapses = lapses
column-why = why
column-now = now
column-then = then
quoted-on = { $course } at { $provider }, asked for on { $day }
state-usable = yes
state-kept = held, no new use
state-open = when asked for
state-closed = no
prospect = { $amount }, can be used: { $state }
nothing = nothing
nothing-changes = nothing changes
soon = { $day } (soon)
known-today = on { $day }, by what is known today
known-then = on { $day }, by what was known at { $moment }
others = { $count ->
    [1] 1 more has nothing to do with the person; --all shows it
   *[other] { $count } more have nothing to do with the person; --all shows them
}

hindrance-standing = no new use of { $scheme } on { $day }: { $reason }
hindrance-held-by-person = { $scheme } is for people; the account of an enterprise has no rights of it
hindrance-held-by-enterprise = { $scheme } is held by enterprises; of none that the person runs on { $day } anything is known
hindrance-provider = { $provider } is not recognised for { $scheme } on { $starts }, when the course starts
hindrance-register = { $course } is not in the register of { $scheme } on { $starts }, when it starts
hindrance-before = { $scheme } has no rules before { $since }
hindrance-early-or-late = { $scheme } is asked for from { $since } to { $until } for a course that starts on { $starts }, not on { $day }
hindrance-early = { $scheme } is asked for from { $since } on for a course that starts on { $starts }, not on { $day }
hindrance-late = { $scheme } is asked for at the latest on { $until } for a course that starts on { $starts }, not on { $day }
hindrance-frozen = uses of { $scheme } are frozen; the rights are kept
hindrance-restricted = no use of { $scheme } until the person is eligible again
hindrance-worthless = the course brings nothing under this scheme, or has brought it already
hindrance-ceiling = the balance has reached its ceiling
hindrance-zero = it comes to 0
hindrance-used-up = nothing of { $scheme } is left on { $day }
hindrance-over = nothing of { $scheme } is left on { $day }; it gives nothing new since { $until }

## The vocabulary of rules

spell-employment = employment
spell-employment-has = is employed
spell-employment-has-not = is not employed
spell-civil-service = civil service
spell-civil-service-has = is a civil servant
spell-civil-service-has-not = is not a civil servant
spell-self-employment = self-employment
spell-self-employment-has = is self-employed
spell-self-employment-has-not = is not self-employed
spell-jobseeking = jobseeking
spell-jobseeking-has = is a jobseeker
spell-jobseeking-has-not = is not a jobseeker
spell-study = study
spell-study-has = is a student
spell-study-has-not = is not a student
spell-retirement = retirement
spell-retirement-has = is retired
spell-retirement-has-not = is not retired
spell-circumstance = a circumstance
spell-circumstance-has = has a circumstance
spell-circumstance-has-not = has no circumstance
spell-enterprise = time in business
spell-enterprise-has = is an enterprise in business
spell-enterprise-has-not = is no enterprise in business

like-place = in { $place }
like-sector-private = private sector
like-sector-public = public sector
like-activity-main = main activity
like-activity-side = side activity
like-size-small = a small enterprise
like-size-medium = a medium-sized enterprise
like-size-large = a large enterprise
like-contributes = contributes
like-contributes-not = does not contribute
like-benefit = with benefit
like-benefit-not = without benefit
like-name-arduous-work = arduous work
like-name-asylum-material-help = asylum material help
like-name-cao-metalektro = cao metalektro
like-name-career-break-training = career break training
like-name-citizen = citizen
like-name-civil-service-category-c = civil service category c
like-name-co-funding = co funding
like-name-continued-course = continued course
like-name-detention = detention
like-name-development-plan = development plan
like-name-disability-66 = disability 66
like-name-edusprong-place = edusprong place
like-name-employer-10-to-19 = employer 10 to 19
like-name-employer-20-or-more = employer 20 or more
like-name-integration-contract = integration contract
like-name-living-wage = living wage
like-name-low-income = low income
like-name-medium-enterprise = medium enterprise
like-name-one-person-enterprise = one person enterprise
like-name-parental-leave = parental leave
like-name-pilot-participant = pilot participant
like-name-priority-group = priority group
like-name-recognised-training-path = recognised training path
like-name-resignation = resignation
like-name-sector-training-minimum = sector training minimum
like-name-single = single
like-name-small-enterprise = small enterprise
like-name-voorsprongfonds-place = voorsprongfonds place
like-name-work-injury = work injury

asked-exists-on = { $what } on { $when }
asked-exists-in = { $what } at some time in { $when }
asked-share-in = the highest part of full time of { $what } in { $when }
asked-share-over = the average part of full time of { $what } over { $when }
asked-weekly-in = the weekly time of { $what } in { $when }
asked-months-in = the number of months with { $what } in { $when }
asked-days-in = the number of days with { $what } in { $when }
asked-days-before = the number of days with { $what } before { $when }

call-level-below = has a qualification below level { $a } on { $b }
call-level-below-not = has no qualification below level { $a } on { $b }
call-level-from = has a qualification of level { $a } or above on { $b }
call-level-from-not = has no qualification of level { $a } or above on { $b }
call-age-from = is { $a } or older on { $b }
call-age-from-not = is not known to be { $a } or older on { $b }
call-deceased = has died before { $a }
call-deceased-not = has not died before { $a }
call-lives-in = lives in { $a } on { $b }
call-lives-in-not = does not live in { $a } on { $b }
call-course-month = the month in which the first course asked for in { $a } starts
call-asked-in = the number of earlier requests in { $a }
call-completed-in = the number of earlier requests in { $a } that were completed
call-credits-in = the credits of the courses asked for earlier in { $a }
call-taken-in = what was reserved or used in { $a }
call-paid-in = what is paid for earlier courses of the same programme that start in { $a }
call-times-in = how often the same course was asked for before, in { $a }
call-working-days = the number of working days after { $a }, until { $b }
call-months-after = { $b ->
    [1] 1 month
   *[other] { $b } months
} after { $a }
call-days-after = { $b ->
    [1] 1 day
   *[other] { $b } days
} after { $a }
call-last-months = { $a ->
    [1] the month
   *[other] the { $a } months
} before { $b }
call-year-end = the last day of the year of { $a }
call-school-year-end = the last day of the school year of { $a }
call-min = the lowest of { $all }
call-max = the highest of { $all }
call-month = { $a } of the year in which the period begins

name-day = the day
name-period = the period
name-course-starts = the start of the course
name-course-minutes = the contact time of the course
name-course-credits = the credits of the course
name-course-price = the price of the course
name-course-kind = the kind of the course
name-course-hours = the hours of the course
name-quantity = what is taken
name-withdrawn = the course is given up
name-attended = the part that was attended
name-exam = the examination
name-asked-on = the day of the request
name-struck-on = the day on which it was struck
name-taken = what was taken for it
name-paid = what the learner paid
name-topped-up = what the funder adds
name-balance = the balance
name-growth = the rise, as a part of what it was

is = { $one } is { $other }
is-not = { $one } is not { $other }
is-below = { $one } is below { $other }
is-before = { $one } is before { $other }
is-at-most = { $one } is at most { $other }
is-by = { $one } is on or before { $other }
is-above = { $one } is above { $other }
is-after = { $one } is after { $other }
is-at-least = { $one } is at least { $other }
is-from = { $one } is on or after { $other }
plus = { $one } plus { $other }
minus = { $one } minus { $other }
times = { $one } times { $other }
divided = { $one } divided by { $other }
negative = minus { $what }
denied = not { $what }
not-so = it is not so that { $what }
if-else = { $then } if { $test }, otherwise { $other }
has = has { $what }
has-not = has no { $what }
always = always
never = never

## Why the ledger refuses: the English is what the domain writes, and finds the other two

text-withdrawn = withdrawn
text-completed = completed
holder-person = a person
holder-enterprise = an enterprise
refused-unknown-scheme = there is no scheme { $scheme }; known: { $known }
refused-wrong-holder = the rights of { $scheme } are in the account of { $holder }; this one is that of { $other }
refused-wrong-unit = { $scheme } is counted in { $unit }, not in { $other }
refused-nothing = a quantity is a whole number above 0, not { $quantity }
refused-capture = { $asked } can't be captured; { $held } is reserved
refused-reverse = { $asked } can't be reversed; { $held } is used
refused-too-little = { $asked } makes nothing of { $scheme }; convert more
refused-not-enough = { $asked } asked, { $held } available on { $day }
refused-beyond-course = { $asked } asked; { $course } brings { $worth } of { $scheme }, of which { $left } is left
refused-before = { $scheme } has no rules before { $since }, so none on { $day }
refused-shared = { $otherwise } ({ $left } left of { $key })
refused-struck = { $course } is not in the register of { $scheme } on { $starts }, when it starts; it was until { $struck }
refused-no-reservation = no open reservation { $id } in this account
refused-behind = an earlier request about the { $what } waits; this one comes after it
refused-no-use = no use { $id } left to reverse in this account
refused-holds-nothing = no reservation or use { $id } in this account that holds anything
refused-ended = how { $id } ended was told before: { $ended }; reverse what is wrong
refused-no-endings = { $scheme } has no rule on how a course ends; release or reverse what was taken
refused-attended = { $scheme } asks how much of the course was attended: say it, from 0 to 1
refused-transfer-taken = { $id } already names a transfer here
refused-taken = { $id } already names a reservation or use here
refused-convert = no rule of { $scheme } lets it be converted into { $target } on { $day }
refused-not-frozen = { $scheme } is not frozen in this account
refused-not-frozen-all = every scheme together is not frozen in this account
refused-contradiction = version { $version } of this fact said something else before; a correction needs a version above { $known }
refused-other-holder = this can only be said of { $holder }, and the account has facts of another kind of holder: say it of another account, or have those annulled
refused-future = { $day } has not come yet; today is { $today }
refused-no-person = the account { $account } is no person's, and has no rights; name a person's
refused-no-place = { $asked } is for the account { $place } only, not for { $account }
refused-digest = { $digest } names another content, of { $scheme }, published before; change a text of the regulation, so that it has a digest of its own
refused-drop-why = a record is dropped for a reason only; say why
refused-gap-why = a gap is accepted for a reason only; say why
refused-repair-why = state rows are repaired for a reason only; say why
refused-erase-why = an account is erased for a reason only; say why
refused-no-gap = nothing is missing in { $partition }: { $until } is not after { $since }
refused-erased = this account was erased on { $day }; nothing is taken in for it
refused-mandate-taken = { $id } already names another mandate here, or one that was ended: give this one an identifier of its own
refused-helper-gives-courses = { $organisation } gives courses, and who takes them can't be helped by it; authorize each use with a code instead
refused-too-many-mandates = this account has { $limit } mandates that are not over; end one first
refused-no-mandate = no mandate { $id } in this account
refused-not-mandated = the mandate { $id } does not let its helper do this on { $day }; its holder can
refused-other-content = the id { $id } was used before for another content; a new one needs a new id

## Why the API refuses

api-issues = { $count ->
    [1] one part of the request: see issues
   *[other] { $count } parts of the request: see issues
}
api-too-large = a body has at most { $limit } bytes
api-too-slow = a request has to be here within { $seconds } s
api-long-headers = a request's headers have at most { $limit } bytes
api-no-request = this is no request of HTTP/1.1
api-media = a body is JSON in UTF-8: `Content-Type: application/json`
api-media-other = a body is of { $right }, not of { $wrong }
api-media-none = a body is of { $right }: say so in `Content-Type`
api-not-acceptable = answers are JSON: `Accept: application/json`
api-twice = is there more than once; send it once
api-defect = this is a defect of ours; the log has it as BelGov-Trace-Id
api-method = { $method } is not for this; it takes { $takes }
api-unreadable = it can't be read: send JSON in UTF-8
api-no-path = there is nothing at this path
api-away = the ledger can't be reached now; nothing was done
api-unknown-done = the ledger gives no answer now; whether this was done is not known: send the same again, with the same key
api-unrecorded = the access can't be recorded now, and nothing is answered without that
api-scope = the token lacks { $scopes }
api-no-token = send a token: `Authorization: Bearer ...`
api-no-bearer = this is no `Bearer` token
api-token-expired = the token has expired: ask for a new one
api-token-wrong = the token is not good: { $error }
api-no-issuer = tokens can't be checked now: their provider can't be asked
api-client-long = a client has a name of at most { $limit } characters
api-too-many = a client has { $quota } requests in { $window } s: wait { $wait } s
api-too-many-strangers = { $quota } requests without a good token may come from an address in { $window } s: wait { $wait } s
api-text-unreadable = the rules of then can't be read here: this version of Rugzak does not read the text of { $scheme } that was in use, with digest { $digest }, published on { $day }; ask about another instant, or ask the operator for the version of then
api-not-yet = position { $asked } is not reflected yet, only { $position }: ask again
api-no-account = there is no such account, or it is not yours to see
rule-of-another-text = The rule { $rule } decided; it is of another text of the regulation than the one that decides now, and not told here.
api-no-lot = there is no such lot in this account on { $day }
api-no-reservation = there is no such reservation in this account
api-no-scheme = there is no scheme { $scheme }
api-no-scheme-near = there is no scheme { $scheme }; did you mean { $near }?
api-no-parameters = this question takes no parameters
api-past = a day that is past is asked about one by one; today is { $today }
api-too-far = a day is at most { $months } months ahead: { $last }
api-enterprise-if = an enterprise has no status: leave it out
api-cursor = this is no cursor of ours: follow the `next` link of a page as it is
api-under-way = the first request with this Idempotency-Key is still under way: ask again
api-key-reused = this Idempotency-Key came before with another request; a new request needs a new key
api-other-provider = the token's rugzak_provider is not the provider of the course: redeem for your own
api-too-many-codes = { $limit } codes in a minute did not work; try again in the next one
api-code = there is no such code for this course, provider, quantity and unit; or it was used, or has expired
api-no-redemption = there is no such redemption, or it is not your provider's
api-withheld = the rules don't allow this; the holder sees why
if-share = a share is written as 1, 0.8 or 4/5
if-full-time = a share is at most full time, 1
if-enterprise = an enterprise is named by its reference, a UUID
if-says-nothing = { $name } says nothing here
if-status = write status=..., one of { $statuses }

## What is wrong with one part of a request

wrong-missing = is missing; it is needed
wrong-extra-forbidden = is not known here: leave it out
wrong-written = should be written like { $like }
wrong-string-type = should be a text
wrong-string-too-short = should have at least { $min_length } characters
wrong-string-too-long = should have at most { $max_length } characters
wrong-string-pattern-mismatch = should match the pattern { $pattern }
wrong-string-unicode = should be a text in Unicode
wrong-int-type = should be a whole number
wrong-int-parsing = should be a whole number
wrong-int-parsing-size = should be a whole number with fewer digits
wrong-int-from-float = should be a whole number
wrong-float-type = should be a number
wrong-float-parsing = should be a number
wrong-finite-number = should be a finite number
wrong-decimal-type = should be a number
wrong-decimal-parsing = should be a number
wrong-bool-type = should be true or false
wrong-bool-parsing = should be true or false
wrong-greater-than-equal = should be at least { $ge }
wrong-greater-than = should be above { $gt }
wrong-less-than-equal = should be at most { $le }
wrong-less-than = should be below { $lt }
wrong-too-short = should have at least { $min_length } items
wrong-too-long = should have at most { $max_length } items
wrong-list-type = should be a list
wrong-tuple-type = should be a list
wrong-dict-type = should be an object
wrong-model-type = should be an object
wrong-model-attributes-type = should be an object
wrong-literal-error = should be one of { $expected }
wrong-enum = should be one of { $expected }
wrong-date-type = should be a day such as 2025-09-01
wrong-date-parsing = should be a day that there is, such as 2025-09-01
wrong-date-from-datetime-parsing = should be a day that there is, such as 2025-09-01
wrong-date-from-datetime-inexact = should be a day without a time, such as 2025-09-01
wrong-datetime-type = should be an instant such as 2021-11-15T09:30:00+01:00
wrong-datetime-parsing = should be an instant that there was, such as 2021-11-15T09:30:00+01:00
wrong-datetime-from-date-parsing = should be an instant that there was, such as 2021-11-15T09:30:00+01:00
wrong-timezone-aware = should have an offset from UTC, such as +01:00
wrong-uuid-type = should be a UUID
wrong-uuid-parsing = should be a UUID
wrong-json-invalid = is not JSON
wrong-invalid-json = is not JSON
wrong-invalid-utf8 = is not in UTF-8
wrong-duplicate-key = has a key that is there twice
wrong-not-a-number = has a number that JSON does not have
wrong-too-deep = nests too deep
wrong-forbidden-character = a text has a NUL or half of a surrogate pair, which no database can keep
wrong-value = is not as the document of the API describes it
text-this-is-a-national-number-a-key-is-of-your-own-making = this is a national number; a key is of your own making
text-this-looks-like-a-national-number-the-subject-belongs-in-the-body-as-an-opaque-id = this looks like a national number; the subject belongs in the body, as an opaque id

## A report to auditors

report-title = Audit report
report-ledger = Rugzak, ledger of training rights
report-whole = the whole log
report-made = Made from the log up to event { $position }, recorded { $moment }.
report-empty = The log has no event.
report-not-over = The period was not over then: its figures can still grow.
report-findings = Findings
report-verdict = { $count ->
    [0] Nothing wrong was found.
    [one] One thing is wrong.
   *[other] { $count } things are wrong.
}
report-checks = What was checked, and what came out
report-check = Check
report-outcome = Outcome
report-well = Correct
report-unchecked = Not checked: no tree is published here to hold the log against.
report-left-out = Not checked: the report was asked to be quick (--quick); `rugzak audit verify` checks it.
report-stopped = So much is wrong that it was not looked at to the end; `rugzak audit verify --all` goes on.
report-more = and { $count } more, which `rugzak audit verify --all` tells
check-sums = In every scheme and unit all accounts add up to zero
check-balances = The balances that the office sees are what the log adds up to
check-tree = The log is what was signed and published
check-receipts = The receipts of commands say what the log says
check-regulations = The regulations’ texts are those that were published, here and in the log
check-states = State rows, and what is taken of shared limits, follow from the log
check-models = The read models say what the log says, as far as each is
report-imbalance = { $scheme }: { $column }: all accounts together make { $amount } instead of zero.
report-difference = { $scheme }: on ‘{ $account }’ stands { $log } by the log, { $balances } by the balances.
report-balance = Trial balance
report-balance-read = Closing is opening plus debits less credits. Debits stand above zero and credits below: rights come from the scheme, so its account is below zero. Days count by when the ledger recorded a movement, so a period that is over never changes.
report-account = Account
report-opening = Opening
report-debits = Debits
report-credits = Credits
report-movement = Debits less credits
report-closing = Closing
report-total = Total
report-nothing = Nothing was moved in this period.
report-accounts = What stands on each account
book-pool = Scheme
book-available = Available
book-reserved = Reserved
book-used = Used
book-expired = Expired
book-withdrawn = Withdrawn
book-transferred-in = Transferred in
book-transferred-out = Transferred out
book-shortfall = Shortfall
book-beyond-due = Beyond what is due
book-merged = Merged
book-means-pool = The scheme, as the source of rights: what it granted stands on its credit side.
book-means-available = What can still be reserved, used or transferred; stops and terms aside.
book-means-reserved = What is held for courses that were not captured or released yet.
book-means-used = What was used at recognised providers, less what was reversed.
book-means-expired = What lapsed, less what was restored or withdrawn afterwards.
book-means-withdrawn = What corrections took back, since it was not due after all.
book-means-transferred-in = The source of what entered from other lots: it stands on the credit side.
book-means-transferred-out = What left for other lots, in the unit of the lot that it left.
book-means-shortfall = What should be withdrawn, and can't be: it is used or reserved already.
book-means-beyond-due = The other side of the shortfall: of what is used or reserved, what is not due.
book-means-merged = What left the books because the account was merged, and is told in another's; for each lot it adds up to zero.
report-activity = Grants, uses and expiries
report-activity-read = By the day of recording, less what was taken back on it; each chart has its own scale, of which the highest value is at the right. The totals are those of the trial balance: credits less debits of the scheme, debits less credits of what was used and what expired.
flow-granted = Granted
flow-used = Used
flow-expired = Expired
report-chart = { $scheme }: granted, used and expired over time
report-chart-desc = In all, { $granted } was granted, { $used } used, and { $expired } expired. The table that follows has every figure.
report-recorded = Recorded { $step ->
    [day] on each day
    [week] in each week, by its first day
    [month] in each month
   *[year] in each year
}; what is empty is left out
report-days = Days
report-samples = Samples, explained
report-samples-read = { $drawn ->
    [one] One entry was drawn
   *[other] { $drawn } entries were drawn
} of { $population } in the period: of each scheme in proportion to its entries, at least one. Each is explained by what was known when it was recorded.
report-seed = The seed that draws them again:
report-scheme = Scheme
report-holder = Of
report-recorded-at = Recorded
report-effective = Effective on
report-kind = Event
report-command = Command
report-actor = Asked by
report-rule = Rule
report-erased = The account was erased: nothing is told of it any more.
report-coverage = What was covered
report-coverage-read = Instants are in UTC
report-in-period = The period
report-in-log = The whole log
report-events = Events
report-entries = Entries of the journal
report-first = First event
report-last = Last event
report-compared = Balances compared as of
report-event = event { $position }
report-count = { $count }
report-texts = Regulations
report-texts-read = Each text by which rights could be decided on a day of the period, as the log holds it, with the SHA-256 of its content.
report-no-text = The log holds no regulation for this period.
report-texts-count = { $count ->
    [one] One text
   *[other] { $count } texts
}
report-published = Published
report-by = by { $by }
report-replaced = Replaced:
report-digest = SHA-256
report-verify = How to verify this page
report-checkpoint = This checkpoint was signed. Compare it with what witnesses have: whoever holds the same one has seen the same log.
report-checkpoint-label = Signed checkpoint
report-no-checkpoint = No signed checkpoint was given: this page alone does not show that the log was never changed.
report-commands = Who has access to the ledger checks each part with these commands. The exit code is 1 when something is wrong.
report-by-totals = The trial balance, in smallest units
report-by-sample = The same entries, drawn again
report-by-again = This page again; of the same log, byte for byte
report-by-replay = Every state and read model, folded anew from the log
report-by-export = The log and its books, for your own tools
report-by-recompute = The balances of that export, by a second implementation
report-by-verify = The log against the published tree, with the public key as you got it elsewhere
report-by-prove = A proof that the first entry of the sample is in the tree
report-by-receipt = That proof, checked without the ledger
report-personal = Accounts are opaque references; who they are is in another place. What sources said of people is in the explanations: keep this page as you keep personal data.

## What `audit verify` says

found-payload = an event is not the one that was published
found-name = an event has another stored name than was published
found-version = an event has another version than was published
found-account = an event stands with another account than was published
found-order = an event is at another place than was published
found-missing = events are gone
found-tail = events at the end of the log are gone
found-inserted = an event is where none was published
found-other-past = an older copy of the log was written on
found-key = the key of an account was changed, or is gone
found-entry = entries of the tree are not those that were signed
found-tile = a tile of the tree is not the one that was signed
found-tree = the entries do not make the tree that was signed
found-tree-missing = a tree was signed, and it is gone from its folder
found-checkpoint = the newest checkpoint is gone, or a larger tree was signed
found-signature = a signature is not of a key of the log
found-fork = two trees of one size were signed
found-witness = a witness can't be asked, or has nothing of a tree
found-receipt = a receipt does not say what the log says, or is not the one that was published
found-receipt-missing = a receipt is gone
found-receipt-inserted = a receipt says what no event says
found-regulation = a text of a regulation is not the one that was published
found-state = a state row is not what the log says
found-state-missing = a state row is gone
found-state-inserted = a state row is of no account
found-shared = what is taken of a shared limit is not what the log says
found-model = a row of a read model is not what the log says
found-model-missing = a row of a read model is gone
found-model-inserted = a row of a read model is of nothing in the log
found-log = events of an account can't be read in their order
verify-wrong = WRONG
verify-place = position { $position }
verify-row = { $key } in { $table }
verify-of = account { $account }
verify-right = it was right in the checkpoint of { $size } leaves ({ $where })
verify-between = the log has what is right since position { $position }, between the checkpoints of { $after } and { $size } leaves ({ $where })
verify-before = the log has what is right since position { $position }, before the checkpoint of { $size } leaves ({ $where })
verify-held = { $events } events were held against the tree of { $size } leaves
verify-held-since = { $events } events from leaf { $since } on were held against the tree of { $size } leaves
verify-destroyed = of { $count } the key was destroyed: they can't be told any more
verify-waiting = { $count } events are not in the tree yet
verify-beside = { $accounts } accounts with { $events } events: receipts, state rows, read models; and { $receipts } receipts by themselves
verify-receipts = the tree of receipts has { $size } leaves; { $waiting } receipts are not in it yet
verify-no-receipts = there is no tree of receipts yet: the next checkpoint makes it
verify-behind = { $model } is { $count ->
    [one] one position
   *[other] { $count } positions
} behind: it was compared as far as it is
verify-not-made = { $model } was not compared: it was not made yet
verify-other-version = { $model } was not compared: another version of the program made it; `rugzak projections rebuild`
verify-stopped = stopped there; --all goes on to the end
verify-well = nothing was changed; the next time, --since { $size } is enough

## The details of what a verification found: the English is as the code writes it

detail-row = { $name }, version { $version } of { $account }
detail-unpublished-row = position { $position } was never published: { $row }
detail-other-past = from { $place } on nothing is what was published ({ $count }): an older copy of the log was written on
detail-moved = the event of position { $position } was put at { $other }: { $row }
detail-key-changed = no event of { $account } is what was published ({ $count }): its key was changed
detail-account = the event at position { $position } is of { $owner }, and stands with { $account }
detail-payload = the payload at position { $position } was changed: { $row }
detail-order = the event of position { $position } is at { $other }, and { $row } in its place
detail-name = position { $position } was a { $name }, and is called { $other }
detail-version = position { $position } was version { $version } of { $account }, and is version { $other }
detail-tail = the log ends too early: { $count } at its end are gone, { $places }
detail-missing = { $count } are gone: { $places }
detail-event-and-entry = the event at position { $position } and its entry were changed: { $row }
detail-no-leaf = an entry is one line that tells a commitment and a position: { $written }
detail-key-again = { $account } has a key again that was destroyed
detail-key-gone = the key of { $account } is gone, and nobody erased the account
detail-bundle-cut = a bundle ends in the middle of an entry
detail-bundle-long = a bundle has { $count } entries, and may have { $most }
detail-bundle-other = { $file } has { $count } entries, not { $width }
detail-file-short = { $file } is missing or too short
detail-tile = { $file } is not over its tiles
detail-leaf = in { $file } leaf { $leaf } is not the one that was signed
detail-tree = the entries do not make the tree of { $size } leaves that was signed ({ $where }); up to leaf { $leaf } they do
detail-fork = two trees of { $size } leaves were signed: { $where } has another than { $other }
detail-no-checkpoint = the tree has no checkpoint that a key of it signed
detail-no-checkpoint-of-it = the tree has no checkpoint that a key of it signed; one of { $size } leaves was signed ({ $where })
detail-tree-gone = { $folder } has no published tree, and one of { $size } leaves was signed ({ $where })
detail-checkpoint-gone = the newest checkpoint is gone; { $where } is the last one that is left
detail-checkpoint-older = a tree of { $size } leaves was signed ({ $where }), and the newest here is of { $newest }
detail-witness = { $where } can't be asked: { $wrong }
detail-note-bytes = a signed note is text in UTF-8
detail-note-form = a signed note is lines of text, an empty line, and lines of signatures
detail-note-signatures = a note has { $most } signatures at most
detail-no-signature = no signature is written so: { $written }
detail-checkpoint-form = a checkpoint is three lines: origin, size, and the root in base64
detail-signature = the signature of { $key } is not of this text
detail-other-signer = no key of the log signed it; it says { $names }
detail-other-log = it is of another log: { $origin }
detail-other-key = a tree of { $size } leaves is signed with { $key }
detail-no-key = no public key of Ed25519 is written so: { $written }
detail-new-key-form = a new key is told in three lines: { $written }
detail-key-unsigned = the key { $key } is not signed by the one before it
detail-key-other = the key { $key } is of another log, or out of order
detail-other-keys = they are not those of the log
detail-keys-of = the keys of { $folder }: { $wrong }
detail-keys-begin = the keys of { $folder } do not begin with those of { $trusted }
detail-no-tree = { $folder } has no published tree: `rugzak audit checkpoint`
detail-not-signed = no tree of { $size } leaves was signed; the last ones: { $sizes }
detail-of-receipts = in the tree of receipts: { $found }
detail-receipt-other = the receipt of { $command } is not the one that was published; its number is { $number }
detail-receipt-unpublished = the receipt of { $command } was never published; its number is { $number }
detail-receipt-gone = the receipt of { $command } is gone, and its events are there
detail-receipt-twice = the receipt of { $command } is there twice
detail-receipt-month = the receipt of { $command } is kept with those of { $month }, and was recorded at { $instant }
detail-receipt-no-event = the receipt of { $command } says that its event is at position { $position }, and no event is there
detail-receipt-other-event = the receipt of { $command } says that its event is at position { $position }, and that is of { $other }
detail-receipt-unrefused = the receipt of { $command } says that it was refused ({ $reason }), and no event does
detail-receipt-led = the receipt of { $command } says that it led to { $count } events, and to none where
detail-receipt-version = the receipt of { $command } says that its account was at version { $version } then, and it was not
detail-tree-keyless = { $folder } has a tree without its keys, and one of { $size } leaves was signed ({ $where })
detail-tree-keyed = { $folder } has no published tree, and accounts have keys for one since { $since }
detail-witness-lacks = { $where } has no checkpoint of { $origin }, and there are some
detail-receipt-ended = the receipt of { $command } says that its account was at version { $version }, which ended at { $instant }
detail-receipt-early = the receipt of { $command } was recorded at { $instant }, and the one that came before it at { $before }
detail-receipt-unnumbered = the receipt of { $command } has no number, and came since receipts have them
detail-receipt-number = the receipt of { $command } has number { $number }, and { $last } is the last one that was given
detail-receipt-number-twice = the receipt of { $command } has number { $number }, and so has another one
detail-receipt-says = the receipt of { $command } says { $differences }
detail-regulation-digest = the text of { $scheme } that is published as { $digest } is { $other }
detail-regulation-then = position { $position } was decided by { $rule }, which was not published then
detail-regulation-here = the text here is not the one in use: { $difference }
detail-scheme-lacking = { $scheme }: { $digest } is published; there is no such scheme here
detail-scheme-older = { $scheme }: { $digest } is older than { $last }, which is published
detail-scheme-other = { $scheme }: { $digest } is not published; { $last } is
detail-scheme-unpublished = { $scheme }: { $digest } is not published
detail-no-state = there is no state row
detail-state-version = the state row is at version { $version }, the log at { $right }
detail-state-unread = the state row can't be read: { $wrong }
detail-state-due = the state row waits for { $day }, the regulations for { $right }
detail-state-spelling = the state row differs from the log in its spelling
detail-state-differs = the state row differs from the log in { $names }
detail-taken = { $count } is taken of it, by the log { $right }
detail-no-version = the log has no version { $version }
detail-before = version { $version } was recorded before the one that it follows
detail-unfolded = the log does not fold: { $wrong }
detail-unread = { $event }: { $wrong }; what follows it up to { $until } was not looked at
detail-event-name = { $account } version { $version } ({ $name })
detail-form = no stored form starts with { $written }
detail-damaged-long = damaged: too long once decompressed, or of unknown length
detail-damaged = damaged: { $wrong }
detail-no-json = no JSON: { $wrong }
detail-no-payload = a payload is an object with an event
detail-no-name = no event is called { $name }
detail-model-row = { $table }: the log says { $expected }, the row { $found }
detail-registry-lacks = the read model { $name } is there, and the registry has none
detail-registry-ahead = { $name } says that it has position { $position }, and the log ends at { $head }
detail-about = { $about }: { $wrong }
detail-events = { $count ->
    [one] one event
   *[other] { $count } events
}
detail-receipts = { $count ->
    [one] one receipt
   *[other] { $count } receipts
}
detail-position = position { $first }
detail-positions = positions { $first } to { $last }
detail-number = number { $first }
detail-numbers = numbers { $first } to { $last }
detail-difference = { $name } { $value }, and the log { $right }
detail-nothing = nothing
