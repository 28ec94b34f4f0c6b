# Answers by SMS and USSD, in Kazakh. A message of two Cyrillic parts has 134 characters, of three 201, a USSD screen 80.
# The program checks at start that every text fits with the longest things that it may be about.
# KEY-2 and KEY-3 are shorter forms of KEY, taken when it does not fit; USSD and Latin letters take the shortest.
# $until: say-until or say-no-end; $until-2: say-until-2 or say-no-end. $months: say-months. $sum: say-sum or say-sum-penalty; $total: say-sum or
# say-sum-penalty-2. $note: say-note.

## Phrases that texts are made of
say-months = { $n } ай
# $ends: the number by whose word the year ends (2027: 7, 2030: 30), for the ending of the case.
say-until = { $date }-{ $ends ->
    [6] ға
    [9] ға
    [10] ға
    [20] ға
    [30] ға
    [1000] ға
    [40] қа
    [60] қа
    [3] ке
    [4] ке
    [5] ке
    [70] ке
   *[other] ге
 } дейін
say-until-2 = { $date } дейін
say-no-end = мерзімсіз
say-sum = { $sum } тг
say-sum-penalty = { $sum } тг + өсімпұл
say-sum-penalty-2 = { $sum } тг + өсімпұл
say-debt = Қарыз: { $months }, { $sum }.
say-span = { $months }: { $first }-{ $last }
say-note = Дерек { $date }, төлем 2-3 жұмыс күнінде көрінеді.
say-note-2 = Дерек { $date }, төлем 2-3 жұмыс күнінде.
say-note-undated = Төлем 2-3 жұмыс күнінде көрінеді.
# How to get the other languages, for those who do not read this one.
say-hint = По-русски: RU. English: EN
say-hint-2 = RU, EN

## What a month is called in the list of payments
say-paid = төленген
say-partial = жартылай
say-state-paid = мемлекет
say-returned = қайтарылды
say-pending = мерзімі бар
say-unpaid = жоқ

## Status, to a phone bound to the person
sms-insured = { $label } { $until }. { $debt }
sms-insured-2 = { $label } { $until-2 }. { $debt }
sms-insured-state = { $label } { $until }, мемлекет төлейді. { $debt }
sms-insured-state-2 = { $label } { $until-2 }, мемлекет төлейді. { $debt }
sms-conditional = { $label } { $until }. Осы күнге дейін төлеңіз: { $periods }, { $sum }. Төлем 2-3 жұмыс күнінде көрінеді.
sms-conditional-2 = { $label } { $until-2 }. Төлеңіз: { $periods }, { $sum }.
sms-not-insured = { $label }. { $debt } Шұғыл көмек тегін (ТМККК). { $note }
sms-not-insured-2 = { $label }. { $debt } Шұғыл көмек тегін (ТМККК). { $note-2 }
sms-not-insured-3 = { $label }. { $debt } ТМККК тегін. { $note-2 }

## Debt, payments, clinic
sms-debt = ҚАРЫЗ: { $periods } - { $sum }. Әр айды бөлек төлеңіз, банк қосымшасында: ТТК { $knp }, кезең { $period }, БСН { $bin }, шот { $account }. ТМККК тегін. { $note-2 }
sms-debt-2 = ҚАРЫЗ: { $periods } - { $sum }. Әр айды бөлек төлеңіз, банк қосымшасында: ТТК { $knp }, кезең { $period }. Шұғыл көмек тегін (ТМККК). { $note }
sms-debt-3 = ҚАРЫЗ: { $periods } - { $sum }. Әр айды бөлек төлеңіз, банкте: ТТК { $knp }, кезең { $period }. ТМККК тегін. { $note-2 }
# One part of Latin letters.
sms-debt-4 = ҚАРЫЗ: { $periods } - { $total }. Әр ай бөлек, ТТК { $knp }. ТМККК тегін. { $note-2 }
sms-debt-5 = ҚАРЫЗ: { $periods } - { $total }. ТТК { $knp }. ТМККК тегін. { $note-2 }
sms-no-debt = ҚАРЫЗ ЖОҚ. Шұғыл көмек тегін (ТМККК). { $note }
sms-no-debt-2 = ҚАРЫЗ ЖОҚ. ТМККК тегін. { $note-2 }
sms-no-debt-3 = ҚАРЫЗ ЖОҚ. { $note-2 }
sms-payments = Соңғы { $months }: { $list }.
sms-payments-2 = Соңғы { $months }: { $states }.
sms-no-payments = Төлем туралы мәлімет жоқ.
sms-clinic = { $clinic }. { $date } тіркелген.
sms-no-clinic = Емханаға тіркелмеген. Тіркелу: egov.kz немесе емхананың өзінде.

## To any other phone
sms-unbound-insured = { $label }. Толығырақ: нөміріңізді тіркеңіз (egov.kz, 1414).
sms-unbound-insured-2 = { $label }. Нөміріңізді тіркеңіз: egov.kz, 1414.
sms-unbound-not-insured = { $label }. Нөміріңізді тіркеңіз: egov.kz, 1414. Шұғыл көмек тегін (ТМККК). { $note }
sms-unbound-not-insured-2 = { $label }. Нөмірді тіркеңіз: egov.kz, 1414. ТМККК тегін. { $note-2 }
# The same words whatever the reason: nobody may read out of them whether such a person exists.
sms-neutral = Мәлімет жоқ. ЖСН-ді тексеріңіз не нөміріңізді тіркеңіз: egov.kz, 1414.
sms-neutral-2 = Мәлімет жоқ. ЖСН-ді тексеріңіз. Нөмірді тіркеу: egov.kz, 1414.

## What was not understood
sms-which-person = Кім туралы? { $people } - санын жазыңыз.
sms-no-such-choice = Мұндай сан жоқ. Тізімдегі санды жазыңыз.
sms-one-iin = Бір хабарламаға бір ғана ЖСН жазыңыз.
sms-wrong-length = ЖСН 12 саннан тұруы керек, мұнда { $digits }.
sms-wrong-check-digit = ЖСН-де қате бар, сандарын тексеріңіз.
sms-looks-like-bin = Бұл БСН сияқты. Адамның ЖСН-ін жазыңыз.
sms-iin-needed = ЖСН-ді қоса жазыңыз: 12 сан.
sms-try-later = Қазір жауап бере алмаймыз. Кейінірек қайталаңыз.
sms-too-many = Бұл нөмірден хабарлама тым көп. Кейінірек жауап береміз.

## Commands
sms-help = ЖСН (12 сан) - мәртебе. ТӨЛЕМ, ҚАРЫЗ, ЕМХАНА + ЖСН. Тіл: KZ, RU, EN; LAT - латын әрпі. ҚҰЛЫП - ЖСН-ді жасыру, АШУ - ашу. ТОҚТАТУ, БАСТАУ. Шұғыл көмек тегін (ТМККК). Сұрақтар: 1414.
sms-help-2 = ЖСН - мәртебе. ТӨЛЕМ, ҚАРЫЗ, ЕМХАНА + ЖСН. Тіл: KZ RU EN LAT. ҚҰЛЫП, АШУ. ТОҚТАТУ, БАСТАУ. Шұғыл көмек тегін (ТМККК). 1414.
sms-stopped = ТОҚТАТЫЛДЫ. Қайта қосу: БАСТАУ.
sms-started = ҚОСЫЛДЫ. ЖСН жазыңыз. Көмек: КӨМЕК.
sms-language = Тіл: қазақша. ЖСН жазыңыз. Көмек: КӨМЕК.
sms-latin-on = Жауаптар латын әрпімен келеді. Қайтару: LAT.
sms-latin-off = Жауаптар кирилл әрпімен келеді. Латынша: LAT.
sms-locked = ...{ $last } бөтен телефондардан жасырылды. Ашу: АШУ.
sms-lock-needs-binding = Мұны тек ЖСН-ге тіркелген нөмірден жасауға болады: egov.kz, 1414.
sms-unlock-code = ...{ $last } ашу коды: { $code }. 10 минут ішінде осы кодты жіберіңіз.
sms-unlocked = ...{ $last } ашылды.
sms-not-locked = ...{ $last } жасырылмаған.
sms-wrong-code = Код қате не ескірген. Жаңа код: АШУ.

## USSD
ussd-languages = 1 Қазақша
    2 Русский
    3 English
ussd-item-my-status = Менің мәртебем
ussd-item-by-iin = ЖСН бойынша
ussd-item-language = Тіл / Язык
ussd-item-resume = Соңғы жауап
ussd-item-payments = төлем
ussd-item-debt = қарыз
ussd-item-clinic = емхана
ussd-item-sms = SMS
ussd-item-back = артқа
ussd-item-start = басы
ussd-item-more = әрі
ussd-type-iin = ЖСН-ді теріңіз (12 сан)
ussd-which-person = Кім туралы?
ussd-not-bound = Нөміріңіз ЖСН-ге тіркелмеген. Тіркеу: egov.kz, 1414.
ussd-sms-sent = SMS жіберілді.
ussd-answer-by-sms = Жүйе баяу. Жауап SMS арқылы келеді.
