# Answers by SMS and USSD, in English: plain GSM 7-bit letters only, 160 in one part, 306 in two, 459 in three, 182 on a
# USSD screen. The remarks of kk.ftl hold here too.

## Phrases that texts are made of
say-months = { $n } { $n ->
    [one] month
   *[other] months
 }
say-until = until { $date }
say-until-2 = until { $date }
say-no-end = with no end date
say-sum = { $sum } tenge
say-sum-penalty = { $sum } tenge and a penalty on top
say-sum-penalty-2 = { $sum } tenge + penalty
say-debt = Debt: { $months }, { $sum }.
say-span = { $months }: { $first }-{ $last }
say-note = Data of { $date }; a payment shows in 2-3 working days.
say-note-2 = As of { $date }; a payment shows in 2-3 working days.
say-note-undated = A payment shows in 2-3 working days.
# How to get the other languages, for those who do not read this one.
say-hint = Qazaqsha: KZ. Po-russki: RU
say-hint-2 = KZ, RU

## What a month is called in the list of payments
say-paid = paid
say-partial = in part
say-state-paid = state
say-returned = returned
say-pending = not due yet
say-unpaid = none

## Status, to a phone bound to the person
sms-insured = { $label } { $until }. { $debt }
sms-insured-2 = { $label } { $until-2 }. { $debt }
sms-insured-state = { $label } { $until }, the state pays. { $debt }
sms-insured-state-2 = { $label } { $until-2 }, the state pays. { $debt }
sms-conditional = { $label } { $until }. Pay by then: { $periods }, { $sum }. A payment shows in 2-3 working days.
sms-conditional-2 = { $label } { $until-2 }. Pay: { $periods }, { $sum }.
sms-not-insured = { $label }. { $debt } Emergency care is free (GOBMP). { $note }
sms-not-insured-2 = { $label }. { $debt } Emergency care is free (GOBMP). { $note-2 }
sms-not-insured-3 = { $label }. { $debt } Emergency care is free. { $note-2 }

## Debt, payments, clinic
sms-debt = DEBT: { $periods } - { $sum }. Pay each month separately, in any bank app: KNP { $knp }, period { $period }, BIN { $bin }, account { $account }, BIC { $bic }, KBe { $kbe }. Emergency care is free (GOBMP). { $note }
sms-debt-2 = DEBT: { $periods } - { $sum }. Pay each month separately, in any bank app: KNP { $knp }, period { $period }. Emergency care is free (GOBMP). { $note }
sms-debt-3 = DEBT: { $periods } - { $sum }. Pay each month separately: KNP { $knp }, period { $period }. Emergency care is free. { $note-2 }
sms-debt-4 = DEBT: { $periods } - { $total }. Each month separately, KNP { $knp }. Emergency care is free. { $note-2 }
sms-debt-5 = DEBT: { $periods } - { $total }. KNP { $knp }. GOBMP free. { $note-2 }
sms-no-debt = NO DEBT. Emergency care is free (GOBMP). { $note }
sms-no-debt-2 = NO DEBT. Emergency care is free. { $note-2 }
sms-no-debt-3 = NO DEBT. { $note-2 }
sms-payments = Last { $months }: { $list }.
sms-payments-2 = Last { $months }: { $states }.
sms-no-payments = No payments are known.
sms-clinic = { $clinic }. Attached since { $date }.
sms-no-clinic = No clinic attached. To attach: egov.kz or at the clinic.

## To any other phone
sms-unbound-insured = { $label }. To learn more, register your phone number: egov.kz, 1414.
sms-unbound-insured-2 = { $label }. Register your phone: egov.kz, 1414.
sms-unbound-not-insured = { $label }. To learn more, register your phone number: egov.kz, 1414. Emergency care is free (GOBMP). { $note }
sms-unbound-not-insured-2 = { $label }. Register your phone: egov.kz, 1414. Emergency care is free. { $note-2 }
# The same words whatever the reason: nobody may read out of them whether such a person exists.
sms-neutral = No information. Check the IIN or register your phone number: egov.kz, 1414.
sms-neutral-2 = No information. Check the IIN or register your phone: egov.kz, 1414.

## What was not understood
sms-which-person = About whom? { $people } - send the number.
sms-no-such-choice = There is no such number. Send a number from the list.
sms-one-iin = Send only one IIN in a message.
sms-wrong-length = An IIN has 12 digits, this one { $digits }.
sms-wrong-check-digit = There is a mistake in the IIN, check the digits.
sms-looks-like-bin = This looks like a BIN. Write the IIN of a person.
sms-iin-needed = Add the IIN: 12 digits.
sms-try-later = We cannot answer now. Try again later.
sms-too-many = Too many messages from this number. We answer again later.

## Commands
sms-help = IIN (12 digits) - status. PAY, DEBT, CLINIC + IIN. Language: KZ, RU, EN; LAT - Latin letters, one part. LOCK - hide the IIN, UNLOCK - show it. STOP, START. Emergency care is free (GOBMP). Questions: 1414.
sms-help-2 = IIN - status. PAY, DEBT, CLINIC + IIN. Language: KZ RU EN LAT. LOCK, UNLOCK. STOP, START. Emergency care is free (GOBMP). Questions: 1414.
sms-stopped = STOPPED. To restart: START.
sms-started = STARTED. Send an IIN. Help: HELP.
sms-language = Language: English. Send an IIN. Help: HELP.
sms-latin-on = Answers are short and in Latin letters. Back: LAT.
sms-latin-off = Latin letters are off. On: LAT.
sms-locked = ...{ $last } is hidden from other phones. To show it: UNLOCK.
sms-lock-needs-binding = Only from a phone registered to an IIN: egov.kz, 1414.
sms-unlock-code = Code { $code } to show ...{ $last }. Send it back within 10 minutes.
sms-unlocked = ...{ $last } is shown again.
sms-not-locked = ...{ $last } is not hidden.
sms-wrong-code = The code is wrong or too old. New code: UNLOCK.

## USSD
ussd-languages = 1 Qazaqsha
    2 Russkiy
    3 English
ussd-item-my-status = My status
ussd-item-by-iin = By IIN
ussd-item-language = Language
ussd-item-resume = Last answer
ussd-item-payments = payments
ussd-item-debt = debt
ussd-item-clinic = clinic
ussd-item-sms = SMS
ussd-item-back = back
ussd-item-start = start
ussd-item-more = more
ussd-type-iin = Type the IIN (12 digits)
ussd-which-person = About whom?
ussd-not-bound = Your number is not registered to an IIN. To register: egov.kz, 1414.
ussd-sms-sent = The SMS is sent.
ussd-answer-by-sms = Our system is slow just now. The answer comes by SMS.
