# Words that every front end needs, in Kazakh. Months and core terms are attested in official texts;
# a native reader corrects the rest here, without touching code.

## Statuses, as the label that an answer begins with
status-insured = САҚТАНДЫРЫЛҒАН
status-not-insured = САҚТАНДЫРЫЛМАҒАН
status-conditionally-insured = ШАРТТЫ ТҮРДЕ САҚТАНДЫРЫЛҒАН
status-temporarily-insured = УАҚЫТША САҚТАНДЫРЫЛҒАН

## Months
month-1 = қаңтар
month-2 = ақпан
month-3 = наурыз
month-4 = сәуір
month-5 = мамыр
month-6 = маусым
month-7 = шілде
month-8 = тамыз
month-9 = қыркүйек
month-10 = қазан
month-11 = қараша
month-12 = желтоқсан

## A day in running text, by what follows it: `дейін`, a verb, a noun
day-until = { $year } жылғы { $day } { $month ->
    [1] қаңтарға
    [2] ақпанға
    [3] наурызға
    [4] сәуірге
    [5] мамырға
    [6] маусымға
    [7] шілдеге
    [8] тамызға
    [9] қыркүйекке
    [10] қазанға
    [11] қарашаға
   *[12] желтоқсанға
 }
day-on = { $year } жылғы { $day } { $month ->
    [1] қаңтарда
    [2] ақпанда
    [3] наурызда
    [4] сәуірде
    [5] мамырда
    [6] маусымда
    [7] шілдеде
    [8] тамызда
    [9] қыркүйекте
    [10] қазанда
    [11] қарашада
   *[12] желтоқсанда
 }
day-of = { $year } жылғы { $day } { $month ->
    [1] қаңтардағы
    [2] ақпандағы
    [3] наурыздағы
    [4] сәуірдегі
    [5] мамырдағы
    [6] маусымдағы
    [7] шілдедегі
    [8] тамыздағы
    [9] қыркүйектегі
    [10] қазандағы
    [11] қарашадағы
   *[12] желтоқсандағы
 }

## What a month is called
state-paid = төленген
state-partial = жартылай төленген
state-state-paid = мемлекет төлейді
state-returned = қайтарылған
state-pending = мерзімі келген жоқ
state-unpaid = төленбеген

## How a person takes part
payer-kind-employee = қызметкер
payer-kind-contract = азаматтық-құқықтық шарт
payer-kind-entrepreneur = жеке кәсіпкер
payer-kind-independent = дербес төлеуші
payer-kind-none = көрсетілмеген

## Who made a payment
payer-employer = жұмыс беруші
payer-employee = қызметкер
payer-contract = азаматтық-құқықтық шарт
payer-entrepreneur = жеке кәсіпкер
payer-independent = дербес төлеуші
payer-state = мемлекет

## State-paid categories: for the operator's screen only, never for an SMS or a USSD page
category-children = балалар
category-unemployed = жұмыссыздар
category-pregnant = жүкті әйелдер
category-parent-under-3 = үш жасқа дейінгі бала тәрбиелеушілер
category-leave = жүктілік, босану және бала күтімі демалысы
category-carer-child = мүгедектігі бар балаға күтім жасаушылар
category-carer-group1 = І топтағы мүгедектігі бар адамға күтім жасаушылар
category-pensioner = зейнеткерлер
category-convict = сотталғандар
category-detained = қамаудағылар
category-kandas = қандастар
category-mother-of-many = көпбалалы аналар
category-disability = мүгедектігі бар адамдар
category-student = күндізгі бөлім студенттері
category-social-aid = атаулы әлеуметтік көмек алушылар
category-crisis = D және E деңгейлері
