# Words that every front end needs, in Russian.

## Statuses, as the label that an answer begins with
status-insured = ЗАСТРАХОВАН
status-not-insured = НЕ ЗАСТРАХОВАН
status-conditionally-insured = УСЛОВНО ЗАСТРАХОВАН
status-temporarily-insured = ВРЕМЕННО ЗАСТРАХОВАН

## Months
month-1 = январь
month-2 = февраль
month-3 = март
month-4 = апрель
month-5 = май
month-6 = июнь
month-7 = июль
month-8 = август
month-9 = сентябрь
month-10 = октябрь
month-11 = ноябрь
month-12 = декабрь

## День в тексте: здесь всегда цифрами
day-until = { $digits }
day-on = { $digits }
day-of = { $digits }

## What a month is called
state-paid = оплачено
state-partial = оплачено частично
state-state-paid = платит государство
state-returned = возврат
state-pending = срок не наступил
state-unpaid = не оплачено

## How a person takes part
payer-kind-employee = работник
payer-kind-contract = договор ГПХ
payer-kind-entrepreneur = ИП
payer-kind-independent = самостоятельный плательщик
payer-kind-none = не указан

## Who made a payment
payer-employer = работодатель
payer-employee = работник
payer-contract = договор ГПХ
payer-entrepreneur = ИП
payer-independent = самостоятельный плательщик
payer-state = государство

## State-paid categories: for the operator's screen only, never for an SMS or a USSD page
category-children = дети
category-unemployed = безработные
category-pregnant = беременные
category-parent-under-3 = воспитывающие ребёнка до 3 лет
category-leave = декретный отпуск
category-carer-child = ухаживающие за ребёнком с инвалидностью
category-carer-group1 = ухаживающие за лицом с инвалидностью I группы
category-pensioner = пенсионеры
category-convict = осуждённые
category-detained = под стражей
category-kandas = кандасы
category-mother-of-many = многодетные матери
category-disability = лица с инвалидностью
category-student = студенты очной формы
category-social-aid = получатели АСП
category-crisis = уровни D и E
