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
account-erased = the account was erased: { $because }
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
