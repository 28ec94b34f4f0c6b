# Words that every front end needs, in English. Plain GSM 7-bit letters only.

## Statuses, as the label that an answer begins with
status-insured = INSURED
status-not-insured = NOT INSURED
status-conditionally-insured = CONDITIONALLY INSURED
status-temporarily-insured = TEMPORARILY INSURED

## Months
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

## A day in running text: here always in digits
day-until = { $digits }
day-on = { $digits }
day-of = { $digits }

## What a month is called
state-paid = paid
state-partial = paid in part
state-state-paid = the state pays
state-returned = returned
state-pending = not due yet
state-unpaid = not paid

## How a person takes part
payer-kind-employee = employee
payer-kind-contract = civil-law contract
payer-kind-entrepreneur = entrepreneur
payer-kind-independent = independent payer
payer-kind-none = not stated

## Who made a payment
payer-employer = employer
payer-employee = employee
payer-contract = civil-law contract
payer-entrepreneur = entrepreneur
payer-independent = independent payer
payer-state = the state

## State-paid categories: for the operator's screen only, never for an SMS or a USSD page
category-children = children
category-unemployed = registered unemployed
category-pregnant = pregnant
category-parent-under-3 = raising a child under 3
category-leave = maternity or child care leave
category-carer-child = carers of a child with disability
category-carer-group1 = carers of a person with group I disability
category-pensioner = pensioners
category-convict = convicts
category-detained = detained
category-kandas = kandas
category-mother-of-many = mothers of many children
category-disability = people with disability
category-student = full-time students
category-social-aid = recipients of social aid
category-crisis = levels D and E
