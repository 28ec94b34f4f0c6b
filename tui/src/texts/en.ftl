# The operator's console, in English. `texts_dir`/en.ftl may override any of these.

## The frame
ui-tab-caller = Search
ui-tab-journal = Journal
ui-tab-carriers = Carriers
ui-tab-imports = Imports
ui-tab-pulse = Pulse
ui-tab-help = Help
ui-role-viewer = viewer
ui-role-operator = operator
ui-role-senior = senior
ui-lookups = look-ups left: { $n }
ui-masked = numbers masked
ui-revealed = numbers shown, { $n } s
ui-frozen = frozen
ui-mouse = mouse on
ui-not-remembered = What you chose holds, but could not be kept for the next time: { $reason }
ui-theme = theme: { $name }
ui-too-small = The console needs 60 x 16; this window is { $width } x { $height }. Make it larger or the letters smaller.
ui-money = { $sum } tenge
ui-and-others = { $list } and others
ui-yes = yes
ui-open = open

## Errors
ui-error-away = The server does not answer. What you see stays, the console tries again by itself.
ui-no-connection = no connection since { $time }
ui-error-back = The server answers again.
ui-error-forbidden = This needs the role { $role }. Ask a senior operator.
ui-error-too-many = Your look-ups of this hour are used up. Counted anew in { $minutes } min.
ui-error-bad = Not understood: { $reason }
ui-error-store = The store failed: { $reason }
ui-refused-unknown-person = Not done: no such person is known.
ui-refused-already-bound = Not done: the phone is bound to this person already.
ui-refused-not-bound = Not done: the phone is not bound to this person today.
ui-refused-too-many-phones = Not done: this person has as many phones as are kept.
ui-refused-too-many-people = Not done: as many people as are kept are bound to this phone.
ui-refused-already-locked = Not done: the IIN is locked already.
ui-refused-not-locked = Not done: the IIN is not locked.
ui-refused-already-temporary = Not done: a temporary status holds through that month already.
ui-refused-too-many-spans = Not done: this person has as many temporary statuses as are kept.
ui-refused-text-length = Not done: write 1 to 500 characters.
ui-refused-no-sender = Not done: no carrier is set up to send SMS (send_url in the configuration).
ui-refused-stopped = Not done: the owner of this phone wants no SMS (STOP).
ui-refused-busy = Not done: too many SMS wait to be sent. Try again in a minute.

## Search
ui-search = Search
ui-search-welcome = IIN, phone, or name with date of birth
ui-search-how-iin = IIN: 12 digits, searched at once
ui-search-how-phone = Phone: +7 701 000 00 01 or 8 701 000 00 01, then Enter
ui-search-how-name = Name: beginnings of the names and the date of birth, then Enter
ui-search-example = akhmet aig 31.12.1990
# Shown in a demonstration only, above a list of people.
ui-search-invented = Invented people to try:
ui-search-digits = { $n } of 12 digits
ui-search-check-digit = Wrong check digit: a slip in the number. Ask the caller to read it again.
ui-slip = { $kind } Perhaps { $number }? Ask the caller; { $key } takes it.
ui-slip-swapped = Two digits may have changed places.
ui-slip-changed = One digit of the date may be wrong.
ui-slip-missing = A double digit may have been typed once.
ui-slip-doubled = A digit may have been typed twice.
ui-search-too-long = { $n } digits: an IIN has 12
ui-search-phone-digits = A phone: { $n } digits so far
ui-search-phone = A phone: Enter searches
ui-search-name = Name and date of birth: Enter searches
ui-search-add-date = Add the date of birth: 31.12.1990
ui-search-short-name = Type at least 2 letters of the name
ui-search-unclear = Not an IIN, a phone or a name with date of birth
ui-search-asking = Searching ... { $n } s
ui-search-none-iin = No such person: nobody with this IIN is known.
ui-search-none-bin = This looks like a BIN, the number of an organisation. No person has it. Ask for the IIN.
ui-search-none-odd = The number does not begin with a date of birth: compare it with the document.
ui-search-none-phone = No such person: this phone is bound to nobody.
ui-search-none-name = No such person: nobody of this name was born on { $date }.
ui-search-hits = { $n ->
    [one] { $n } person found
   *[other] { $n } people found
 }: choose with Up and Down, open with Enter

## Card: the answer to read aloud, in the caller's language
ui-language-kk = Қазақша
ui-language-ru = Русский
ui-language-en = English
ui-read-until = { $status } until { $date }.
ui-read-open = { $status }.
ui-read-state = The state pays the contributions.
ui-read-prepaid = The contributions are paid ahead.
ui-read-no-debt = There is no debt.
ui-read-temporary = The status was granted for a time, on documents.
ui-read-debt = { $n ->
    [one] { $n } month is not paid
   *[other] { $n } months are not paid
 } ({ $months }). To pay: { $sum }.
ui-read-penalty = A penalty comes on top.
ui-read-data = Data as of { $date }; a payment shows in 2-3 working days.
ui-read-emergency = Emergency care stays free.
ui-read-check = I can tell you the rest once I have checked who you are.
ui-read-locked = I cannot give an answer about this number.

## Card
ui-card-aloud = Read aloud: { $language }
ui-card-verified = caller verified
ui-card-not-verified = caller not verified
ui-card-locked = locked by its owner
ui-card-on = Status on { $date }
ui-card-data = data up to { $date }
ui-card-months = { $n } months
ui-card-until = until { $date }
ui-card-no-end = no end in sight
ui-card-to-pay = To pay: { $n ->
    [one] { $n } month
   *[other] { $n } months
 } x { $rate } = { $sum }
ui-card-to-pay-penalty = and a penalty on top
ui-card-nothing-to-pay = Nothing to pay.
ui-why-state-category = A state-paid category holds today: { $category } ({ $span }).
ui-why-state-category-unnamed = A state-paid category holds today.
ui-why-prepaid = A full year was paid ahead, so older debts do not count.
ui-why-contributions = No month of the last { $n } is owed.
ui-why-temporary = A temporary status was granted on documents ({ $span }).
ui-why-temporary-unnamed = A temporary status was granted on documents.
ui-why-grace = All months were paid until recently, so the insurance stays valid for a while.
ui-why-none = Contributions are owed for some of the last { $n } months, and no category or temporary status applies.
ui-reason-returned = A payment was returned: it must be paid again.
ui-reason-partial = A month was paid in part only.
ui-reason-never_paid = Nobody has ever paid for this person.
ui-reason-nothing_in_window = Nothing was paid for a year and more.
ui-reason-employer_gap = An employee: the employer did not pay, or the employment has ended.
ui-reason-few_months = Only a few months are missing.
ui-reason-many_months = Many months are missing.
ui-way-debt = -> then { $status } { $end }.
ui-way-rest = (part is paid: { $sum } missing)
ui-way-ahead = Or 12 months ahead, { $sum }: then { $status } { $end }.
ui-way-by = Pay by { $date }, and the insurance does not stop.
ui-due = Next: { $month }, { $sum } by { $date }.
ui-due-employer = Next: { $month }, which the employer pays by { $date }.
ui-years-before = Before:
ui-no-years = Nothing is known of the years before.
ui-section-notes = Notes
ui-no-notes = No notes.
ui-month-paid = The contribution was paid in full.
ui-month-partial = Less than the monthly rate was paid: the rest can be paid on top.
ui-month-state-paid = The state paid: a category held, or the state's own payment came.
ui-month-returned = The payment was returned, so the month counts as not paid: it must be paid again.
ui-month-pending = Not paid yet, and there is still time.
ui-month-unpaid = Nothing was paid for this month.
ui-month-due = To be paid by { $date }.
ui-month-was-due = Was to be paid by { $date }.
ui-month-missing = Missing: { $sum }.
ui-knp-121 = deductions
ui-knp-122 = contributions
ui-knp-123 = penalty on deductions
ui-knp-124 = penalty on contributions
ui-knp-183 = single aggregate payment
ui-payment-reference = reference { $reference }, line { $line }
ui-payment-payer = payer { $number }
ui-payment-returned = returned { $date }
ui-pay-requisites = To: State Corporation, BIN { $bin }, account { $account }, BIC { $bic }, КБе { $kbe }, KNP { $knp }.
ui-pay-each-month = Each month is a payment of its own with its period MMYYYY; one sum for many months counts for one only.
ui-pay-shows = In any bank app or branch. A payment shows in 2-3 working days.
ui-pay-employee = An employee may pay the missing months as an independent payer and gets it back once the employer pays.
ui-what-if = If these months are paid today
ui-what-if-marked = Marked: { $n }, together { $sum }
ui-what-if-nothing = No month is marked.
ui-what-if-then = { $n ->
    [one] If { $n } month is paid today
   *[other] If { $n } months are paid today
 } ({ $months }), { $sum }: { $status } { $end }.
ui-what-if-ahead = ahead
ui-what-if-shows = The payment shows in 2-3 working days.
ui-what-if-no-law = The rates have not come from the server yet. Try again in a moment.
ui-section-payments = Payments
ui-section-debt = Debt
ui-section-person = Person
ui-section-clinic = Clinic
ui-section-phones = Phones
ui-section-asked = Who asked
ui-cell-paid = paid
ui-cell-partial = part
ui-cell-state-paid = stat
ui-cell-returned = back
ui-cell-pending = wait
ui-cell-unpaid = none
ui-no-payments = No payments.
ui-no-payments-month = No payments for { $month }.
ui-no-debt = Nothing is owed.
ui-no-clinic = Not attached to a clinic.
ui-no-phones = No phone was ever bound.
ui-no-asked = Nobody asked yet.
ui-debt-total = in all
ui-debt-penalty = A penalty comes on top.
ui-debt-old = The prepaid year counts: older debts are not shown.
ui-name-unknown = name not known yet
ui-person-name = Name
ui-person-born = Born on
ui-person-iin = IIN
ui-person-payer = Takes part as
ui-person-category = Category
ui-person-temporary = Temporary
ui-person-locked = Locked
ui-person-locked-yes = hidden from phones not bound
ui-holds = holds
ui-clinic-name = Clinic
ui-clinic-address = Address
ui-clinic-since = Attached on
ui-clinic-code = Code
ui-phone-self = own
ui-phone-child = child's
ui-phone-bound = bound { $date }
ui-phone-unbound = unbound { $date }

## Columns
ui-col-name = Name
ui-col-born = Born on
ui-col-iin = IIN
ui-col-month = Month
ui-col-knp = KNP
ui-col-sum = Sum
ui-col-payer = Payer
ui-col-payer-id = BIN or IIN
ui-col-paid-on = Paid on
ui-col-returned = Returned
ui-col-state = State
ui-col-paid = Paid
ui-col-to-pay = To pay
ui-col-time = Time
ui-col-door = Door
ui-col-who = Who
ui-col-about = About
ui-col-topic = Asked for
ui-col-outcome = Answer
ui-col-language = L.
ui-col-took = ms

## Journal
ui-journal = Journal of queries
ui-journal-live = live
ui-journal-frozen = frozen
ui-journal-lines = { $n ->
    [one] { $n } line
   *[other] { $n } lines
 }
ui-journal-jumped = too fast to show all: these are the newest
ui-journal-empty = No queries yet.
ui-journal-waiting = Reading the journal ...
ui-door-console = console
ui-door-command = command
ui-erased = erased
ui-people = { $n ->
    [one] { $n } person
   *[other] { $n } people
 }
ui-milliseconds = { $n } ms
ui-detail = { $who } by { $door } about { $about }: { $topic }. Answer: { $outcome }, { $language }, after { $took }.
ui-nobody = nobody
ui-outcome-full = full
ui-outcome-status_only = status only
ui-outcome-unknown = unknown
ui-outcome-locked = locked
ui-outcome-limited = limit
ui-outcome-not_an_iin = no IIN
ui-outcome-service = service
ui-outcome-silence = silence
ui-outcome-failed = failed
ui-topic-status = status
ui-topic-payments = payments
ui-topic-debt = debt
ui-topic-clinic = clinic
ui-topic-help = help
ui-topic-lock = lock
ui-topic-unlock = unlock
ui-topic-language = language
ui-topic-start = start
ui-topic-stop = stop
ui-topic-menu = menu
ui-topic-card = card
ui-topic-search = search
ui-topic-choice = choice
ui-topic-code = code
ui-topic-empty = empty text
ui-topic-latin = Latin
ui-topic-loop = loop
ui-topic-slip = slip
ui-topic-stopped = stopped
ui-topic-send = send SMS
ui-topic-failed = try later
ui-topic-cards = many
ui-topic-export = export

## Carriers
ui-carriers = Carriers
ui-carriers-waiting = Waiting for figures ...

## Imports
ui-imports = Imports
ui-imports-waiting = Waiting for figures ...

## Pulse
ui-pulse = Pulse of the service
ui-pulse-waiting = Waiting for figures ...

## What is laid over a screen
ui-palette = What do you want to do?
ui-form-do = Do it
ui-form-cancel = Cancel
ui-form-confirm = Enter does it, Esc cancels.
ui-form-nothing = Enter: nothing is done.

## Help
ui-help = Keys and signs
ui-help-search = In the search box
ui-help-card = On a card
ui-help-detail = In a month or a year
ui-help-what-if = Where months are marked
ui-help-journal = In the journal
ui-help-carriers = On the screen of the carriers
ui-help-imports = On the screen of the imports
ui-help-pulse = On the pulse of the service
ui-help-palette = In the list of actions
ui-help-form = In a form
ui-help-help = In the help
ui-help-everywhere = Everywhere
ui-help-signs = Signs of a month
ui-help-statuses = Signs of a status
ui-help-about = The caller hears no more than "insured" or "not insured" until you have checked who they are and pressed { $key }. A category is never read aloud.

## Actions: the word in the footer, then the sentence in the help
ui-hint-submit = search
ui-action-submit = Search for a phone or a name; open the person chosen
ui-hint-next-caller = next caller
ui-action-next-caller = Next caller: forget this one, empty the search box
ui-hint-reading-language = language
ui-action-reading-language = The answer to read aloud in the next language: kk, ru, en
ui-hint-verify = verified
ui-action-verify = Caller verified; again: undo
ui-hint-reveal = show numbers
ui-action-reveal = Show numbers whole for 30 seconds; again: mask them
ui-hint-next-section = next part
ui-action-next-section = Next part of the card
ui-hint-previous-section = part before
ui-action-previous-section = Part of the card before
ui-hint-next-month = month
ui-action-next-month = Only the payments of the next month
ui-hint-previous-month = month before
ui-action-previous-month = Only the payments of the month before
ui-hint-refresh = refresh
ui-action-refresh = Ask again about this person
ui-hint-open = open
ui-action-open = Open the month or the year under the cursor
ui-hint-what-if = what if
ui-action-what-if = What would come of paying: mark months
ui-hint-mark = mark
ui-action-mark = Pay the month under the cursor, or not
ui-hint-mark-debts = all debts
ui-action-mark-debts = Pay all debts; again: none
ui-hint-mark-ahead = 12 ahead
ui-action-mark-ahead = Pay twelve months ahead; again: none
ui-hint-take-slip = take it
ui-action-take-slip = Take the number that was probably meant
ui-hint-freeze = freeze
ui-action-freeze = Hold the journal still; again: let it run
ui-hint-up = line
ui-action-up = A line up
ui-hint-down = line
ui-action-down = A line down
ui-hint-page-up = page up
ui-action-page-up = A page up
ui-hint-page-down = page down
ui-action-page-down = A page down
ui-hint-top = top
ui-action-top = To the first line
ui-hint-bottom = bottom
ui-action-bottom = To the last line
ui-hint-caller = search
ui-action-caller = The search box, or the card that is open
ui-hint-journal = journal
ui-action-journal = Queries as they come
ui-hint-help = help
ui-action-help = These keys and signs
ui-hint-back = back
ui-action-back = To the screen before; from a card to the people found
ui-hint-ui-language = қаз/рус/eng
ui-action-ui-language = The console in the next language
ui-hint-theme = theme
ui-action-theme = Next theme: auto, light, dark, mono, plain
ui-hint-carriers = carriers
ui-action-carriers = Carriers: traffic, answer times, state
ui-hint-imports = imports
ui-action-imports = Imports: running and finished
ui-hint-pulse = pulse
ui-action-pulse = Pulse of the service: people, queries, store
ui-hint-palette = actions
ui-action-palette = All actions, to choose by name
ui-hint-next-field = field
ui-action-next-field = Next field of the form
ui-hint-previous-field = field before
ui-action-previous-field = Field before
ui-hint-mouse = mouse
ui-action-mouse = Use the mouse; again: leave it to the terminal
ui-hint-palette-submit = do it
ui-action-palette-submit = Do what is chosen
ui-hint-palette-back = close
ui-action-palette-back = Close the list
ui-hint-form-submit = go on
ui-action-form-submit = Next field; on a button: what it says
ui-hint-form-back = cancel
ui-action-form-back = Close the form, nothing is done
ui-hint-imports-submit = open
ui-action-imports-submit = Open what is chosen
ui-hint-redraw = redraw
ui-action-redraw = Redraw
ui-hint-quit = quit
ui-action-quit = Leave the console
