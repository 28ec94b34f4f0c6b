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
