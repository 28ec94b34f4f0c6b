# Answers by SMS and USSD, in Russian. The remarks of kk.ftl hold here too.

## Phrases that texts are made of
say-months = { $n } { $n ->
    [one] месяц
    [few] месяца
   *[many] месяцев
 }
say-until = по { $date }
say-until-2 = по { $date }
say-no-end = бессрочно
say-sum = { $sum } тг
say-sum-penalty = { $sum } тг + пеня
say-sum-penalty-2 = { $sum } тг + пеня
say-debt = Долг: { $months }, { $sum }.
say-span = { $months }: { $first }-{ $last }
say-note = Данные на { $date }, платёж виден через 2-3 рабочих дня.
say-note-2 = На { $date }; платёж виден через 2-3 рабочих дня.
say-note-undated = Платёж виден через 2-3 рабочих дня.
# How to get the other languages, for those who do not read this one.
say-hint = Қазақша: KZ. English: EN
say-hint-2 = KZ, EN

## What a month is called in the list of payments
say-paid = оплачено
say-partial = частично
say-state-paid = государство
say-returned = возврат
say-pending = ещё не срок
say-unpaid = нет

## Status, to a phone bound to the person
sms-insured = { $label } { $until }. { $debt }
sms-insured-2 = { $label } { $until-2 }. { $debt }
sms-insured-state = { $label } { $until }, платит государство. { $debt }
sms-insured-state-2 = { $label } { $until-2 }, платит государство. { $debt }
sms-conditional = { $label } { $until }. До этого дня оплатите: { $periods }, { $sum }. Платёж виден через 2-3 рабочих дня.
sms-conditional-2 = { $label } { $until-2 }. Оплатите: { $periods }, { $sum }.
sms-not-insured = { $label }. { $debt } Экстренная помощь бесплатна (ГОБМП). { $note }
sms-not-insured-2 = { $label }. { $debt } Экстренная помощь бесплатна (ГОБМП). { $note-2 }
sms-not-insured-3 = { $label }. { $debt } ГОБМП бесплатно. { $note-2 }

## Debt, payments, clinic
sms-debt = ДОЛГ: { $periods } - { $sum }. Платите помесячно в любом банке: КНП { $knp }, период { $period }, БИН { $bin }, счёт { $account }. ГОБМП бесплатно. { $note-2 }
sms-debt-2 = ДОЛГ: { $periods } - { $sum }. Каждый месяц отдельно, в приложении банка: КНП { $knp }, период { $period }. Экстренная помощь бесплатна (ГОБМП). { $note-2 }
sms-debt-3 = ДОЛГ: { $periods } - { $sum }. Каждый месяц отдельно: КНП { $knp }, период { $period }. ГОБМП бесплатно. { $note-2 }
sms-debt-4 = ДОЛГ: { $periods } - { $total }. Помесячно, КНП { $knp }. ГОБМП бесплатно. { $note-2 }
sms-debt-5 = ДОЛГ: { $periods } - { $total }. КНП { $knp }. ГОБМП бесплатно. { $note-2 }
sms-no-debt = ДОЛГА НЕТ. Экстренная помощь бесплатна (ГОБМП). { $note }
sms-no-debt-2 = ДОЛГА НЕТ. ГОБМП бесплатно. { $note-2 }
sms-no-debt-3 = ДОЛГА НЕТ. { $note-2 }
sms-payments = За { $months }: { $list }.
sms-payments-2 = За { $months }: { $states }.
sms-no-payments = Сведений о платежах нет.
sms-clinic = { $clinic }. Прикреплены с { $date }.
sms-no-clinic = Прикрепления нет. Прикрепиться: egov.kz или в поликлинике.

## To any other phone
sms-unbound-insured = { $label }. Чтобы узнать больше, привяжите номер: egov.kz, 1414.
sms-unbound-insured-2 = { $label }. Привяжите номер: egov.kz, 1414.
sms-unbound-not-insured = { $label }. Привяжите номер: egov.kz, 1414. Экстренная помощь бесплатна (ГОБМП). { $note }
sms-unbound-not-insured-2 = { $label }. Привяжите номер: egov.kz, 1414. ГОБМП бесплатно. { $note-2 }
# The same words whatever the reason: nobody may read out of them whether such a person exists.
sms-neutral = Сведений нет. Проверьте ИИН или привяжите номер: egov.kz, 1414.
sms-neutral-2 = Сведений нет. Проверьте ИИН. Привязать номер: egov.kz, 1414.

## What was not understood
sms-which-person = О ком? { $people } - пришлите цифру.
sms-no-such-choice = Такой цифры нет. Пришлите цифру из списка.
sms-one-iin = Пришлите только один ИИН в сообщении.
sms-wrong-length = ИИН состоит из 12 цифр, а здесь { $digits }.
sms-wrong-check-digit = В ИИН ошибка, проверьте цифры.
sms-looks-like-bin = Похоже на БИН. Напишите ИИН человека.
sms-iin-needed = Допишите ИИН: 12 цифр.
sms-try-later = Сейчас ответить не можем. Попробуйте позже.
sms-too-many = Слишком много сообщений с этого номера. Ответим позже.

## Commands
sms-help = ИИН (12 цифр) - статус. ПЛАТЕЖИ, ДОЛГ, ПОЛИКЛИНИКА + ИИН. Язык: KZ, RU, EN; LAT - латиница. ЗАМОК - скрыть ИИН, ОТКРЫТЬ - показать. СТОП, СТАРТ. Экстренная помощь бесплатна (ГОБМП). Вопросы: 1414.
sms-help-2 = ИИН - статус. ПЛАТЕЖИ, ДОЛГ, ПОЛИКЛИНИКА + ИИН. Язык: KZ RU EN LAT. ЗАМОК, ОТКРЫТЬ. СТОП, СТАРТ. Экстренная помощь бесплатна (ГОБМП). 1414.
sms-stopped = ОСТАНОВЛЕНО. Включить снова: СТАРТ.
sms-started = ВКЛЮЧЕНО. Пришлите ИИН. Помощь: ПОМОЩЬ.
sms-language = Язык: русский. Пришлите ИИН. Помощь: ПОМОЩЬ.
sms-latin-on = Ответы будут латиницей. Вернуть: LAT.
sms-latin-off = Ответы будут кириллицей. Латиницей: LAT.
sms-locked = ...{ $last } скрыт от чужих телефонов. Открыть: ОТКРЫТЬ.
sms-lock-needs-binding = Это можно только с номера, привязанного к ИИН: egov.kz, 1414.
sms-unlock-code = Код { $code }, чтобы открыть ...{ $last }. Пришлите его за 10 минут.
sms-unlocked = ...{ $last } открыт.
sms-not-locked = ...{ $last } не скрыт.
sms-wrong-code = Код неверный или устарел. Новый код: ОТКРЫТЬ.

## USSD
ussd-languages = 1 Қазақша
    2 Русский
    3 English
ussd-item-my-status = Мой статус
ussd-item-by-iin = По ИИН
ussd-item-language = Язык / Тіл
ussd-item-resume = Последний ответ
ussd-item-payments = платежи
ussd-item-debt = долг
ussd-item-clinic = клиника
ussd-item-sms = SMS
ussd-item-back = назад
ussd-item-start = меню
ussd-item-more = ещё
ussd-type-iin = Наберите ИИН (12 цифр)
ussd-which-person = О ком?
ussd-not-bound = Ваш номер не привязан к ИИН. Привязать: egov.kz, 1414.
ussd-sms-sent = SMS отправлено.
ussd-answer-by-sms = Система медлит. Ответ придёт по SMS.
